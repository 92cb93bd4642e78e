from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from mdm.hub.audit import StreamSurvey, audit, begin_survey
from publishers import Stored
from tests.support.hubs import HubUnderTest

EVENT = UUID(int=7)


def head(hub: HubUnderTest, *, version: int, sequence: int) -> str:
    """Give the one master a head, as if its events had been published."""
    hub.send("erp", "1", version=1, attributes={"name": "Acme"})
    hub.process()
    ((subject, event_id),) = hub.rows("SELECT subject, id FROM publishers.outbox")
    with hub.hub.begin() as work:
        work.connection.execute("UPDATE publishers.outbox SET published_at = now()")
        work.connection.execute(
            "INSERT INTO publishers.head"
            " SELECT subject, %s, id, digest, %s, headers, data, now() FROM publishers.outbox",
            (version, sequence),
        )
    hub.event_id = event_id  # type: ignore[attr-defined]
    return str(subject)


def broken(hub: HubUnderTest, survey: StreamSurvey) -> list[str]:
    with hub.hub.begin() as work:
        report = audit(work, survey=survey)
    return [finding for b in report.broken for finding in b.findings]


def surveyed(*messages: tuple[str, int, UUID, int]) -> StreamSurvey:
    survey = StreamSurvey()
    for subject, version, event_id, sequence in messages:
        survey.note(message(subject, version, event_id, sequence))
    return survey


def message(subject: str, version: int, event_id: UUID, sequence: int, *, message_id: str | None = None) -> Stored:
    headers = {"ce-id": str(event_id), "ce-version": str(version), "Nats-Msg-Id": message_id or str(event_id)}
    return Stored(subject, headers, b"", sequence, datetime.now(UTC))


def test_stream_that_ends_with_the_heads_is_sound(hub: HubUnderTest) -> None:
    subject = head(hub, version=1, sequence=5)
    assert broken(hub, surveyed((subject, 1, hub.event_id, 5))) == []  # type: ignore[attr-defined]


def test_stream_that_lost_an_event_is_found(hub: HubUnderTest) -> None:
    subject = head(hub, version=1, sequence=5)
    assert broken(hub, StreamSurvey()) == [f"{subject}: the head is version 1 (#5), the stream ends with 0 (#0)"]


def test_other_event_under_the_same_version_is_found(hub: HubUnderTest) -> None:
    subject = head(hub, version=1, sequence=5)
    assert "the head is version 1 (#5)" in broken(hub, surveyed((subject, 1, uuid4(), 5)))[0]


def test_subject_without_a_head_is_found(hub: HubUnderTest) -> None:
    subject = head(hub, version=1, sequence=1)
    stray = f"{subject}x"
    found = broken(hub, surveyed((subject, 1, hub.event_id, 1), (stray, 1, EVENT, 2)))  # type: ignore[attr-defined]
    assert found == [f"{stray}: in the stream, but no head knows it"]


@pytest.mark.parametrize("versions", [(2, 1), (1, 1)])
def test_versions_that_do_not_increase_are_found(versions: tuple[int, int]) -> None:
    survey = surveyed(*(("s", version, EVENT, n) for n, version in enumerate(versions)))
    assert len(survey.disorders) == 1


def test_event_that_a_repair_has_stored_again_is_in_order() -> None:
    survey = surveyed(("s", 2, EVENT, 1))
    survey.note(message("s", 2, EVENT, 2, message_id=f"{EVENT}:repair:1"))
    survey.note(message("s", 2, UUID(int=8), 3, message_id="other:repair:1"))
    assert survey.disorders == ["s: version 2 (#3) comes after 2 (#2)"]


def test_message_that_is_no_event_is_found() -> None:
    survey = StreamSurvey()
    survey.note(Stored("s", {}, b"noise", 4, datetime.now(UTC)))
    assert survey.disorders == ["s: message #4 is no event"]


def test_only_what_was_published_since_the_survey_began_may_be_absent(hub: HubUnderTest) -> None:
    head(hub, version=1, sequence=5)
    with hub.hub.begin() as work:
        survey = begin_survey(work)
    survey.note(message("mdm.golden.v1.supplier.x", 1, EVENT, 2))
    assert len(broken(hub, survey)) == 2
    assert survey.begun_at is not None
    survey.begun_at -= timedelta(minutes=1)
    assert broken(hub, survey) == ["mdm.golden.v1.supplier.x: in the stream, but no head knows it"]

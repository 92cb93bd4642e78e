from uuid import UUID, uuid4

import pytest

from mdm.hub.audit import StreamSurvey, audit
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
    for message in messages:
        survey.note(*message)
    return survey


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

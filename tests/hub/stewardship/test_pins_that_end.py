"""Pinned values end when a source says the same, for good, and stewards are asked whether others are still right."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core.security import Actor
from mdm.errors import InvalidInput
from mdm.hub.golden import due
from mdm.hub.stewardship import values
from mdm.hub.stewardship.decisions import decide
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest, StandingClock
from tests.support.servers import ForgetfulPostgres

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEWARD = Actor("stella", frozenset({"steward"}))
ACME = {"name": "Acme GmbH", "country": "DE", "incoterms": "FCA"}
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(START)


@pytest.fixture
def acme(postgres_server: ForgetfulPostgres, prepared_template: str, clock: StandingClock) -> Iterator[HubUnderTest]:
    """A supplier whose incoterms the ERP has wrong."""
    dsn = postgres_server.create(template=prepared_template)
    with bootstrap.open_hub(Settings(), dsn, clock=clock) as opened:
        hub = HubUnderTest(opened, dsn)
        hub.send("erp", "1", version=1, attributes=ACME)
        hub.process()
        yield hub
    postgres_server.drop(dsn)


def pin(hub: HubUnderTest, **terms: Any) -> None:
    with hub.hub.begin_as(STEWARD) as work:
        given = values.Terms(**terms)
        values.pin(work, "supplier", hub.master("erp", "1"), {"incoterms": "DAP"}, reason="Asked them", terms=given)


def say(hub: HubUnderTest, clock: StandingClock, incoterms: str, *, version: int, **dated: Any) -> None:
    clock.now += timedelta(minutes=1)
    hub.send("erp", "1", version=version, operation="partial", attributes={"incoterms": incoterms}, **dated)
    hub.process()


def shown(hub: HubUnderTest, **times: Any) -> Any:
    return hub.golden("erp", "1", **times).attributes["incoterms"]


def ends(hub: HubUnderTest) -> list[tuple[Any, ...]]:
    return hub.rows("SELECT ended_by, upper(valid) FROM override ORDER BY ended_at NULLS LAST")


def test_pin_ends_for_good_when_the_source_says_the_same(acme: HubUnderTest, clock: StandingClock) -> None:
    pin(acme, until_agreed_by=["erp"])
    assert shown(acme) == "DAP"
    say(acme, clock, "DAP", version=2)
    said_at = START + timedelta(minutes=1)
    assert ends(acme) == [("agreement: erp/1", None), (None, said_at)]  # what is past stays as it was pinned
    assert acme.golden("erp", "1").provenance["incoterms"]["record"] == "erp/1"
    say(acme, clock, "CIP", version=3)
    assert shown(acme) == "CIP"
    assert acme.broken() == []


def test_pin_lasts_until_the_day_from_which_the_source_agrees(acme: HubUnderTest, clock: StandingClock) -> None:
    pin(acme, until_agreed_by=[])
    later = START + 30 * DAY
    say(acme, clock, "DAP", version=2, effective_from=later.isoformat())
    assert ends(acme) == [("agreement: erp/1", None), (None, later)]
    say(acme, clock, "CIP", version=3, effective_from=(later + DAY).isoformat())
    assert [shown(acme, valid_at=later + n * DAY) for n in (-1, 0, 1)] == ["DAP", "DAP", "CIP"]
    assert acme.broken() == []


def test_pin_outlasts_what_the_source_corrects_in_the_past(acme: HubUnderTest, clock: StandingClock) -> None:
    acme.send("erp", "1", version=2, attributes=ACME, effective_from=(START - 30 * DAY).isoformat())
    acme.process()
    pin(acme, until_agreed_by=["erp"])
    say(acme, clock, "DAP", version=3, effective_from=(START - 60 * DAY).isoformat())
    assert [shown(acme, valid_at=START - 40 * DAY), shown(acme)] == ["DAP", "DAP"]
    assert ends(acme) == [(None, None)]


def test_only_a_source_that_was_named_ends_a_pin_and_the_version_says_so(
    acme: HubUnderTest, clock: StandingClock
) -> None:
    pin(acme, until_agreed_by=["portal"], valid_from=START + DAY)
    say(acme, clock, "DAP", version=2)
    assert ends(acme) == [(None, None)]
    pin(acme, until_agreed_by=["erp"], valid_from=START + DAY)
    say(acme, clock, "CIP", version=3)
    clock.now += timedelta(minutes=1)
    acme.send("erp", "1", version=4, attributes=ACME | {"incoterms": "DAP"})
    acme.process()
    told = "SELECT cause ->> 'reason' FROM golden_version ORDER BY version DESC LIMIT 1"
    assert acme.rows(told) == [("erp/1 says what was pinned on incoterms",)]
    assert ends(acme) == [("stella", None), ("agreement: erp/1", None)]


def test_sources_that_are_not_known_and_reviews_of_the_past_are_refused(acme: HubUnderTest) -> None:
    for wrong in ({"until_agreed_by": ["fax"]}, {"review_at": START}):
        with pytest.raises(InvalidInput):
            pin(acme, **wrong)


def test_pinned_value_is_asked_about_on_its_day_kept_and_released(acme: HubUnderTest, clock: StandingClock) -> None:
    pin(acme, review_at=START + DAY)
    assert asked(acme) == []
    clock.now = START + DAY
    assert due.advance(acme.hub.begin) == 1
    (task,) = asked(acme)
    with acme.hub.begin_as(STEWARD) as work:
        decide(work, task, "keep", review_at=clock.now + 10 * DAY)
    assert asked(acme) == []
    clock.now += 10 * DAY
    say(acme, clock, "EXW", version=2)  # whoever rebuilds the master first asks
    assert due.advance(acme.hub.begin) == 0
    (again,) = asked(acme)
    assert shown(acme) == "DAP"
    with acme.hub.begin_as(STEWARD) as work:
        decide(work, again, "release", reason_code="source_corrected")
    assert shown(acme) == "EXW"
    assert acme.broken() == []


def test_nobody_is_asked_about_a_pin_that_has_ended(acme: HubUnderTest, clock: StandingClock) -> None:
    pin(acme, review_at=START + DAY)
    clock.now = START + DAY
    due.advance(acme.hub.begin)
    assert len(asked(acme)) == 1
    with acme.hub.begin_as(STEWARD) as work:
        values.unpin(work, "supplier", acme.master("erp", "1"), ["incoterms"], reason="The ERP is right")
    assert asked(acme) == []


def test_nobody_is_asked_about_a_pin_that_a_source_has_ended_whole(acme: HubUnderTest, clock: StandingClock) -> None:
    pin(acme, until_agreed_by=[], valid_from=START, review_at=START + DAY)
    clock.now = START + DAY
    due.advance(acme.hub.begin)
    assert len(asked(acme)) == 1
    say(acme, clock, "DAP", version=2, effective_from=START.isoformat())
    assert ends(acme) == [("agreement: erp/1", None)]
    assert asked(acme) == []


def asked(hub: HubUnderTest) -> list[Any]:
    open_ones = "SELECT id FROM task WHERE kind = 'pin_review' AND closed_at IS NULL"
    return [row[0] for row in hub.rows(open_ones)]

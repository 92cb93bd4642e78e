"""Boundaries of valid time are announced when they are reached."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mdm import bootstrap
from mdm.hub.golden import due, rebuild
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest, StandingClock

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
A = {"name": "Acme GmbH", "country": "DE"}


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(START)


@pytest.fixture
def dated(database: str, clock: StandingClock) -> Iterator[HubUnderTest]:
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database, clock=clock) as hub:
        yield HubUnderTest(hub, database)


def events(hub: HubUnderTest) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in hub.rows("SELECT version, event_type FROM golden_version ORDER BY recorded_at")]


def send_dated(hub: HubUnderTest, days: int, phone: str, *, version: int) -> None:
    hub.process()
    effective = (START + timedelta(days=days)).isoformat()
    hub.send("erp", "1", version=version, operation="partial", effective_from=effective, attributes={"phone": phone})
    hub.process()


def test_boundary_is_announced_once_on_its_day(dated: HubUnderTest, clock: StandingClock) -> None:
    dated.send("erp", "1", version=1, attributes=A)
    send_dated(dated, 2, "+49 89 1234567", version=2)
    assert due.advance(dated.hub.begin) == 0
    clock.now += timedelta(days=2)
    assert due.advance(dated.hub.begin) == 1
    assert due.advance(dated.hub.begin) == 0
    assert [kind for _, kind in events(dated)][-1] == "golden.effective"
    assert [version for version, _ in events(dated)] == [1, 2, 3]
    assert dated.golden("erp", "1").attributes["phone"] == "+49891234567"
    assert dated.broken() == []


def test_boundaries_missed_while_nobody_worked_are_announced_in_order(
    dated: HubUnderTest, clock: StandingClock
) -> None:
    dated.send("erp", "1", version=1, attributes=A)
    send_dated(dated, 1, "+49 89 1111111", version=2)
    send_dated(dated, 2, "+49 89 2222222", version=3)
    clock.now += timedelta(days=5)
    due.advance(dated.hub.begin)
    (before, one, two) = dated.rows(
        "SELECT convert_from(data, 'UTF8')::jsonb ->> 'effective_at' FROM publishers.outbox"
        " ORDER BY version DESC LIMIT 3"
    )[::-1]
    assert one[0].startswith("2026-03-02")
    assert two[0].startswith("2026-03-03")
    assert [kind for _, kind in events(dated)][-2:] == ["golden.effective", "golden.effective"]
    assert before != one


def test_fact_that_arrives_after_a_missed_boundary_is_announced_after_it(
    dated: HubUnderTest, clock: StandingClock
) -> None:
    dated.send("erp", "1", version=1, attributes=A)
    send_dated(dated, 1, "+49 89 1111111", version=2)
    clock.now += timedelta(days=3)
    dated.send("erp", "1", version=3, operation="partial", attributes={"email": "a@acme.example"})
    dated.process()
    kinds = [
        row[0]
        for row in dated.rows("SELECT event_type FROM golden_version v JOIN master m ON m.id = master_id"
                              " WHERE domain = 'supplier' ORDER BY v.version")
    ]  # fmt: skip
    assert kinds == ["golden.changed", "golden.changed", "golden.effective", "golden.changed"]
    assert due.advance(dated.hub.begin) == 0
    assert dated.broken() == []


def test_record_that_joins_after_a_missed_boundary_is_linked_from_its_own_version(
    dated: HubUnderTest, clock: StandingClock
) -> None:
    same = A | {"vat_id": "DE136695976", "email": "info@acme-werke.de", "phone": "+49 89 5550123"}
    dated.send("erp", "1", version=1, attributes=same)
    send_dated(dated, 1, "+49 89 1111111", version=2)
    clock.now += timedelta(days=3)
    dated.send("portal", "7", attributes=same)
    dated.process()
    assert dated.master("erp", "1") == dated.master("portal", "7")
    links = dated.rows("SELECT from_version FROM crosswalk ORDER BY record_id")
    assert links == [(1,), (4,)]
    assert dated.broken() == []


def test_deletion_in_the_future_orphans_on_its_day(dated: HubUnderTest, clock: StandingClock) -> None:
    dated.send("erp", "1", version=1, attributes=A)
    leaving = (START + timedelta(days=4)).isoformat()
    dated.send("erp", "1", version=2, operation="delete", effective_from=leaving)
    dated.process()
    assert dated.golden("erp", "1").status == "active"
    clock.now += timedelta(days=4)
    due.advance(dated.hub.begin)
    assert dated.golden("erp", "1").status == "orphaned"
    assert dated.rows("SELECT count(*) FROM task WHERE kind = 'orphaned' AND closed_at IS NULL") == [(1,)]


def test_master_that_cannot_be_rebuilt_keeps_no_other_waiting(
    dated: HubUnderTest, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("1", "2"):
        dated.send("erp", key, version=1, attributes={"name": f"Company {key} AG", "country": "AT"})
        dated.process()
        leaving = (START + timedelta(days=1)).isoformat()
        dated.send("erp", key, version=2, operation="delete", effective_from=leaving)
        dated.process()
    broken = dated.master("erp", "1")

    def failing(work: Any, domain: Any, touched: Any, **how: Any) -> Any:
        if broken in touched:
            raise ValueError("cannot be rebuilt")
        return rebuild(work, domain, touched, **how)

    monkeypatch.setattr(due, "rebuild", failing)
    clock.now += timedelta(days=1)
    assert due.advance(dated.hub.begin) == 2
    assert dated.golden("erp", "2").status == "orphaned"
    assert due.advance(dated.hub.begin) == 0
    monkeypatch.undo()
    clock.now += due.REST
    due.advance(dated.hub.begin)
    assert dated.golden("erp", "1").status == "orphaned"

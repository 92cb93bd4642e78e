"""An item's change for a day ahead: approved before, known to subscribers at once, announced on its day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mdm import bootstrap
from mdm.core.security import Actor
from mdm.hub.golden import due
from mdm.hub.stewardship import approvals
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest

SAFETY = Actor("sam", frozenset({"safety_data_owner", "approver"}))
ITEM = {"name": "Cleaner CX-40, 5 l", "base_unit": "PCE", "manufacturer": "Chemiewerk AG"}


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def items(database: str, clock: MovedClock) -> Iterator[HubUnderTest]:
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database, clock=clock) as hub:
        yield HubUnderTest(hub, database)


def hazard(items: HubUnderTest) -> str | None:
    """The hazard class as published."""
    return items.golden("plm", "C40", domain="item").attributes.get("hazard_class")


def test_future_dated_item_change_becomes_effective(items: HubUnderTest, clock: MovedClock) -> None:
    items.send("plm", "C40", domain="item", version=1, attributes=ITEM)
    items.process()
    day = clock.now + timedelta(days=10)
    change = {"hazard_class": "8"}
    items.send(
        "plm", "C40", domain="item", version=2, operation="partial", effective_from=day.isoformat(), attributes=change
    )
    items.process()
    with items.hub.begin_as(SAFETY) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest)
    assert hazard(items) is None
    assert items.golden("plm", "C40", domain="item", valid_at=day).attributes["hazard_class"] == "8"
    announced = "SELECT version, event_type FROM golden_version ORDER BY version"
    assert [kind for _, kind in items.rows(announced)] == ["golden.changed", "golden.changed"]

    clock.now = day
    assert due.advance(items.hub.begin) == 1
    assert hazard(items) == "8"
    assert items.rows(announced)[-1] == (3, "golden.effective")
    assert due.advance(items.hub.begin) == 0
    assert items.broken() == []

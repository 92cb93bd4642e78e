from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest

from mdm.core import domains
from mdm.hub import announce
from mdm.hub.announce import Cause, Change, Linked
from publishers.body import INLINE_MOST

NOW = datetime(2026, 5, 4, tzinfo=UTC)
MASTER = UUID(int=7)


def a_change(*, plants: int = 0, attributes: int = 20, slices: int = 3, links: int = 1) -> Change:
    """A change of an item with so many plants, each with so many attributes, in so many slices."""
    plant = {f"attribute_{number:02}": f"value of attribute {number:02}" for number in range(attributes)}
    values = {"description": "Bolt", "units": [plant | {"unit": f"P{number}"} for number in range(plants)]}
    origin = {name: {"record": "erp/1", "rule": "source_priority"} for name in values}
    stretch = SimpleNamespace(valid_from=NOW, valid_to=None, attributes=values, provenance=origin)
    return Change(
        event_id=UUID(int=8), type="golden.changed", master_id=MASTER, version=1, recorded_at=NOW, status="active",
        merged_into=None, absorbed=[], split_to=[],
        links=[Linked(number, "erp", str(number), 1, linked=True) for number in range(links)],
        timeline=[stretch] * slices, effective_at=NOW, before={}, after=values, cause=Cause("delivery", (1,), "c"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def item() -> domains.Domain:
    return domains.parse(domains.load_documents()["item"])


def content(data: bytes) -> Any:
    return orjson.loads(data)


def test_small_event_carries_everything(item: domains.Domain) -> None:
    event = announce.compose(item, a_change(plants=1))
    assert (event.dataref, event.full) == (None, None)
    assert "slices" in content(event.data)


def test_large_event_carries_everything_but_the_slices(item: domains.Domain) -> None:
    event = announce.compose(item, a_change(plants=200, slices=3))
    assert event.dataref == f"/v1/events/{event.id}/body"
    assert event.full is not None
    whole, part = content(event.full), content(event.data)
    assert whole.pop("slices")
    assert part == whole
    assert len(event.data) <= INLINE_MOST < len(event.full)


def test_body_may_be_larger_than_any_message(item: domains.Domain) -> None:
    event = announce.compose(item, a_change(plants=800))
    assert event.full is not None
    assert len(event.full) > 1_500_000
    assert "changes" not in content(event.data)
    assert "crosswalk" in content(event.data)


def test_not_even_a_large_crosswalk_makes_an_event_too_large_to_travel(item: domains.Domain) -> None:
    event = announce.compose(item, a_change(links=8_000))
    assert content(event.data).keys().isdisjoint(announce.HEAVIEST)
    assert content(event.data)["identity"]["status"] == "active"

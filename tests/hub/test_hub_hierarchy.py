"""What is above and below a golden record and where it is used: now, then, and as it was known then."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import SYSTEM, Actor, Grant
from mdm.errors import UnknownMaster
from mdm.hub.golden.times import Times
from mdm.hub.relations import hierarchy
from mdm.hub.relations.hierarchy import Tree, Uses
from mdm.hub.stewardship import identity
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest

ULM = {"name": "Werk Ulm", "location_type": "plant", "country": "DE", "plant_code": "1000"}
GRAZ = {"name": "Werk Graz", "location_type": "plant", "country": "AT", "plant_code": "2000"}
MAY, JULY = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
READER = Actor("rita", frozenset({"reader"}))


def center(hub: HubUnderTest, key: str, *, plant: str = "1000", **more: Any) -> None:
    dated = {name: more.pop(name) for name in ("effective_from", "version", "source_time") if name in more}
    attributes = {"code": key, "name": f"Center {key}", "plant": plant, **more}
    hub.send("erp", key, domain="work_center", attributes=attributes, **dated)


@pytest.fixture
def plants(hub: HubUnderTest) -> HubUnderTest:
    """Two plants, a line in one of them with two machines, and a machine beside it."""
    hub.send("erp", "1000", domain="location", attributes=ULM, source_time="2026-01-01T00:00:00Z")
    hub.send("erp", "2000", domain="location", attributes=GRAZ, source_time="2026-01-01T00:00:00Z")
    hub.process()
    center(hub, "LINE", version=1, source_time="2026-01-01T00:00:00Z")
    center(hub, "M1", parent="LINE", version=1, source_time="2026-01-01T00:00:00Z")
    center(hub, "M2", parent="LINE", version=1, source_time="2026-01-01T00:00:00Z")
    center(hub, "M3", version=1, source_time="2026-01-01T00:00:00Z")
    hub.process()
    return hub


def place(hub: HubUnderTest, key: str = "1000") -> UUID:
    return hub.master("erp", key, domain="location")


def tree(hub: HubUnderTest, master: UUID, *, actor: Actor = SYSTEM, **limits: Any) -> Tree:
    times = Times(limits.pop("valid_at", None), limits.pop("known_at", None))
    with hub.hub.begin_as(actor) as work:
        return hierarchy.tree(work, "location", master, times, **limits)


def codes(found: Tree) -> list[tuple[int, str]]:
    return [(node.depth, node.attributes["code"]) for node in found.below]


def uses(work: Work, master: UUID, domain: str = "location", **more: Any) -> list[tuple[str, str]]:
    found: Uses = hierarchy.where_used(work, domain, master, **more)
    return [(use.attributes["code"], use.attribute) for use in found.items]


def test_tree_goes_down_through_domains_each_thing_under_its_first_parent(plants: HubUnderTest) -> None:
    found = tree(plants, place(plants))
    assert codes(found) == [(1, "LINE"), (1, "M3"), (2, "M1"), (2, "M2")]
    assert (found.root.attributes["name"], found.root.domain, found.truncated) == ("Werk Ulm", "location", False)
    line = next(node for node in found.below if node.attributes["code"] == "LINE")
    assert {n.parent_id for n in found.below if n.depth == 2} == {line.master_id}
    assert (line.attribute, line.parent_id) == ("plant", found.root.master_id)


def test_tree_ends_at_a_depth_and_says_when_there_is_more_than_was_asked_for(plants: HubUnderTest) -> None:
    assert codes(tree(plants, place(plants), depth=1)) == [(1, "LINE"), (1, "M3")]
    short = tree(plants, place(plants), limit=3)
    assert (len(short.below), short.truncated) == (2, True)


def test_machine_that_moves_is_where_it_was_then(plants: HubUnderTest) -> None:
    center(plants, "M1", plant="2000", version=2, effective_from="2026-06-01T00:00:00Z")
    plants.process()
    assert (2, "M1") in codes(tree(plants, place(plants), valid_at=MAY))
    assert codes(tree(plants, place(plants, "2000"), valid_at=MAY)) == []
    assert codes(tree(plants, place(plants, "2000"), valid_at=JULY)) == [(1, "M1")]
    assert (2, "M1") not in codes(tree(plants, place(plants), valid_at=JULY))


def test_tree_is_shown_as_it_was_known(plants: HubUnderTest) -> None:
    with plants.hub.begin() as work:
        known = work.now
    center(plants, "M2", version=2, source_time="2026-01-02T00:00:00Z")
    plants.process()
    assert codes(tree(plants, place(plants))) == [(1, "LINE"), (1, "M2"), (1, "M3"), (2, "M1")]
    assert codes(tree(plants, place(plants), known_at=known, valid_at=MAY)) == [
        (1, "LINE"), (1, "M3"), (2, "M1"), (2, "M2"),
    ]  # fmt: skip
    with pytest.raises(UnknownMaster, match="not yet known"):
        tree(plants, place(plants), known_at=datetime(2020, 1, 1, tzinfo=UTC))


def test_ancestors_are_named_from_the_nearest_to_the_farthest(plants: HubUnderTest) -> None:
    with plants.hub.begin() as work:
        found = hierarchy.ancestors(work, "work_center", plants.master("erp", "M1", domain="work_center"))
    assert [(n.depth, n.domain, n.attribute, n.attributes["name"]) for n in found] == [
        (1, "work_center", "parent", "Center LINE"),
        (2, "location", "plant", "Werk Ulm"),
    ]
    assert [n.parent_id for n in found] == [found[1].master_id, None]


def test_where_used_names_every_reference_a_page_at_a_time(plants: HubUnderTest) -> None:
    master = place(plants)
    with plants.hub.begin() as work:
        everything = uses(work, master)
        assert sorted(everything) == [("LINE", "plant"), ("M1", "plant"), ("M2", "plant"), ("M3", "plant")]
        first = hierarchy.where_used(work, "location", master, limit=3)
        assert first.last is not None
        assert uses(work, master, after=first.last) == everything[3:]
        assert uses(work, master, by_domain="item_plant") == []
        line = plants.master("erp", "LINE", domain="work_center")
        assert sorted(uses(work, line, "work_center", attribute="parent")) == [("M1", "parent"), ("M2", "parent")]
        assert uses(work, line, "work_center", attribute="plant") == []


def test_survivor_is_used_where_the_merged_master_was(plants: HubUnderTest) -> None:
    kept, lost = place(plants), place(plants, "2000")
    center(plants, "G1", plant="2000")
    plants.process()
    with plants.hub.begin_as(SYSTEM) as work:
        identity.merge(work, "location", [kept, lost], reason="one plant")
    with plants.hub.begin() as work:  # before and after the references are followed again
        assert ("G1", "plant") in uses(work, lost)
    plants.process()
    assert (1, "G1") in codes(tree(plants, lost))
    assert plants.broken() == []


def test_branch_that_the_actor_may_not_see_is_left_out(plants: HubUnderTest) -> None:
    places = Actor.holding("paul", [Grant("reader", frozenset({"location"}))])
    assert codes(tree(plants, place(plants), actor=READER)) != []
    assert codes(tree(plants, place(plants), actor=places)) == []
    with plants.hub.begin_as(places) as work:
        assert uses(work, place(plants)) == []


def test_actor_of_one_site_sees_what_stands_there(plants: HubUnderTest) -> None:
    center(plants, "G1", plant="2000", parent="LINE")
    plants.process()
    at_graz = Actor.holding("gert", [Grant("reader", sites=frozenset({"erp/2000"}))])
    everything = codes(tree(plants, place(plants)))
    assert (2, "G1") in everything
    assert codes(tree(plants, place(plants), actor=at_graz)) == []
    with plants.hub.begin_as(at_graz) as work:
        assert uses(work, place(plants, "2000")) == [("G1", "plant")]
        assert hierarchy.ancestors(work, "work_center", plants.master("erp", "G1", domain="work_center")) == []


def test_lost_reference_is_found_by_the_audit(plants: HubUnderTest) -> None:
    assert plants.broken() == []
    with plants.hub.begin() as work:
        work.connection.execute("UPDATE golden_reference SET target_id = gen_random_uuid() WHERE attribute = 'parent'")
        work.connection.execute("UPDATE record_reference SET master_id = NULL WHERE attribute = 'parent'")
    found = plants.broken()
    assert any("is not that of its golden record" in finding for finding in found)
    assert any("does not lead to its master" in finding for finding in found)


def test_task_about_what_much_refers_to_comes_first(plants: HubUnderTest) -> None:
    for key in ("2000", "1000"):
        plants.send("erp", key, domain="location", operation="delete", source_time="2026-02-01T00:00:00Z")
    plants.process()
    asked = "SELECT master_id FROM task WHERE kind = 'orphaned' ORDER BY consequence DESC"
    assert [row[0] for row in plants.rows(asked)] == [place(plants), place(plants, "2000")]

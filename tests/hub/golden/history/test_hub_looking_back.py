"""Timelines, differences, histories and searches against reading every version at every day."""

from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import Actor, Grant
from mdm.errors import InvalidInput, UnknownMaster
from mdm.hub.golden import history, read
from mdm.hub.golden.times import Times
from mdm.hub.stewardship import approvals
from mdm.store.work import Work
from survivorship import intervals
from tests.hub.golden.test_masking import MACHINE, MATCH, PLANT
from tests.support.hubs import HubUnderTest, opened_hub

DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)
SAME = {"name": "Acme Werke GmbH", "country": "DE", "vat_id": "DE136695976"}
CHANGING = ("industry", "address")
OTHER_VAT = "DE129273398"
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))


def day(n: float) -> datetime:
    return DAY_0 + timedelta(days=n)


def recorded(work: Work, master: UUID) -> list[datetime]:
    return sorted(version.recorded_at for version in read.versions(work, "supplier", master))


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.chaos) for seed in range(1, 20))])
def test_all_ways_of_looking_back_agree(hub: HubUnderTest, seed: int) -> None:
    random = Random(seed)
    for version in range(5):
        source = random.choice(["erp", "portal"])
        dated = {} if version == 0 else {"effective_from": day(random.randrange(9)).isoformat()}
        attributes = {"industry": random.choice("ABC"), "address": {"city": random.choice(["Kiel", "Ulm"])}}
        hub.send(source, "1", version=version, attributes=SAME | attributes, **dated)
        hub.process()
    with hub.hub.begin() as work:
        master = read.find(work, "supplier", "erp", "1")
        points = [Times(day(n + 0.5), known) for known in recorded(work, master) for n in range(0, 10, 3)]
        views = {p: read.read(work, "supplier", master, valid_at=p.valid_at, known_at=p.known_at) for p in points}
        told_of = {name: history.attribute_history(work, "supplier", master, name).entries for name in CHANGING}
        for point, view in views.items():
            shown = history.timeline(work, "supplier", master, known_at=point.known_at)
            at_once = intervals.first_at(shown.slices, point.valid_at)
            assert (at_once.attributes if at_once else {}) == view.attributes
            for name, found in told_of.items():
                assert told(found, point) == [v for n, v in view.attributes.items() if n == name], (name, point)
            for city in ("kiel", "ulm"):
                there = city in str(view.attributes.get("address")).lower()
                found_then = history.search_at(work, "supplier", f"acme {city}", point).items
                assert [(f.master_id, f.version) for f in found_then] == [(master, view.version)] * there
        for before, after in random.sample(list(product(points, points)), 40):
            assert differences(work, master, before, after) == brute_force(views[before], views[after])


def told(entries: list[Any], point: Times) -> list[Any]:
    """What the history of an attribute says of a point."""
    known = [e for e in entries if intervals.covers(e.known_from, e.known_to, point.known_at)]
    return [entry.value for entry in intervals.at(known, point.valid_at)]


def differences(work: Work, master: UUID, before: Times, after: Times) -> tuple[Any, ...]:
    found = history.diff(work, "supplier", master, before, after)
    changed = {d.attribute: (d.before, d.after, d.before_from, d.after_from) for d in found.attributes}
    return changed, {link.source for link in found.linked}, {v.version for v in found.between.versions}


def brute_force(before: Any, after: Any) -> tuple[Any, ...]:
    names = before.attributes.keys() | after.attributes.keys()
    changed = {
        n: (*(v.attributes.get(n) for v in (before, after)), *(v.provenance.get(n) for v in (before, after)))
        for n in names
        if before.attributes.get(n) != after.attributes.get(n)
    }
    lower, upper = sorted((before.version, after.version))
    linked = {link.source for link in after.crosswalk} - {link.source for link in before.crosswalk}
    return changed, linked, set(range(lower + 1, upper + 1))


def test_merge_lies_between_two_points(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=SAME)
    hub.send("portal", "p", version=1, attributes={"name": "Rossi Srl", "country": "IT"})
    hub.process()
    survivor, merged = hub.master("erp", "1"), hub.master("portal", "p")
    with hub.hub.begin() as work:
        (apart,) = recorded(work, merged)
    hub.send("portal", "p", version=2, attributes=SAME)
    hub.process()
    with hub.hub.begin() as work:
        found = history.diff(work, "supplier", merged, Times(known_at=apart))
        assert (found.before.master_id, found.after.master_id) == (merged, survivor)
        assert [link.source for link in found.linked] == ["erp"]
        assert {(v.master_id, v.event_type) for v in found.between.versions} >= {(merged, "identity.merged")}
        assert read.find(work, "supplier", "portal", "p", known_at=apart) == merged
        assert read.find(work, "supplier", "portal", "p") == survivor
        with pytest.raises(UnknownMaster, match="was known then to be linked"):
            read.find(work, "supplier", "portal", "p", known_at=day(-1000))
        names = history.attribute_history(work, "supplier", merged, "name").entries
        assert [(entry.value, entry.known_to is None) for entry in names] == [("Rossi Srl", False)]
        assert history.search_at(work, "supplier", "rossi", Times(known_at=apart)).items[0].master_id == merged


def test_history_tells_who_approved_and_what_was_kept_back(hub: HubUnderTest) -> None:
    for version, vat in ((1, SAME["vat_id"]), (2, OTHER_VAT)):
        hub.send("erp", "1", version=version, attributes=SAME | {"vat_id": vat})
        hub.process()
    with hub.hub.begin_as(TAX) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest, note="Seen the letter")
    with hub.hub.begin_as(TAX) as work:
        found = history.attribute_history(work, "supplier", hub.master("erp", "1"), "vat_id")
    newest = found.entries[0]
    assert (newest.value, newest.approval.by, newest.cause["kind"]) == (OTHER_VAT, ["tom"], "approval")
    (behind,) = newest.approval.requests
    assert [(s.owner, s.decided_by, s.note) for s in behind.owners] == [("tax_data_owner", "tom", "Seen the letter")]
    (kept,) = found.kept_back
    assert (kept.value, kept.stood, kept.state, kept.request_id) == (OTHER_VAT, SAME["vat_id"], "pending", request.id)
    assert kept.since < kept.ended_at
    with pytest.raises(InvalidInput, match="Did you mean `vat_id`"), hub.hub.begin() as work:
        history.attribute_history(work, "supplier", hub.master("erp", "1"), "vat_i")


def test_stretches_at_other_sites_are_not_shown(database: str, tmp_path: Any) -> None:
    (tmp_path / "machine.yaml").write_text(MACHINE)
    (tmp_path / "machine.match.yaml").write_text(MATCH)
    there = Actor.holding("olga", [Grant(role, sites=PLANT) for role in ("reader", "finance_data_owner")])
    with opened_hub(database, domains_dir=tmp_path) as hub:
        for version, plant in ((1, "1000"), (2, "2000")):
            attributes = {"name": "Press", "plant": plant, "cost": str(version)}
            dated = day(version).isoformat()
            hub.send("mes", "P", domain="machine", version=version, effective_from=dated, attributes=attributes)
            hub.process()
        master = hub.master("mes", "P", domain="machine")
        with hub.hub.begin_as(there) as work:
            slices = history.timeline(work, "machine", master).slices
            assert [(s.valid_from, s.attributes["cost"]) for s in slices] == [(day(1), "1")]
            costs = history.attribute_history(work, "machine", master, "cost")
            assert ({e.value for e in costs.entries}, costs.masked) == ({"1"}, False)
            with pytest.raises(UnknownMaster):
                history.diff(work, "machine", master, Times(day(1)), Times(day(3)))
            found = history.search_at(work, "machine", None, Times(day(1.5))).items
            assert [f.master_id for f in found] == [master]
            assert history.search_at(work, "machine", None, Times(day(3))).items == []

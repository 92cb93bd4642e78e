"""Masters merged one into another and taken apart again: every old id comes back alone, and stays alone."""

from uuid import UUID

import pytest

from mdm.core.security import Actor
from mdm.errors import Contradiction
from mdm.hub.stewardship import identity, values
from mdm.hub.stewardship.approvals import list_requests
from mdm.store.records import RecordName
from tests.support.hubs import HubUnderTest

STEWARD = Actor("stella", frozenset({"steward"}))
SAME = {"name": "Acme GmbH", "country": "DE", "email": "info@acme-werke.de", "vat_id": "DE136695976"}
NAMES = ("erp", "portal", "procurement")


def merge(hub: HubUnderTest, *masters: UUID) -> None:
    with hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", masters, reason="one company")


def unmerge(hub: HubUnderTest, master: UUID) -> None:
    with hub.hub.begin_as(STEWARD) as work:
        identity.unmerge(work, "supplier", master, reason="two companies")


def split_apart(hub: HubUnderTest) -> list[UUID]:
    """Make three masters, oldest first, whose records match but were split by a steward."""
    for source in NAMES:
        hub.send(source, "1", version=1, attributes=SAME)
    hub.process()
    for source in NAMES[1:]:
        with hub.hub.begin_as(STEWARD) as work:
            name = RecordName("supplier", source, "1")
            identity.split(work, "supplier", hub.master(source, "1"), [name], reason="another")
    found = [hub.master(source, "1") for source in NAMES]
    assert len(set(found)) == 3
    return found


@pytest.fixture
def three(hub: HubUnderTest) -> list[UUID]:
    """Three masters whose records match but were split by a steward."""
    return split_apart(hub)


def where(hub: HubUnderTest) -> list[UUID]:
    return [hub.master(source, "1") for source in NAMES]


def test_middle_of_a_chain_comes_back_with_what_was_merged_into_it(hub: HubUnderTest, three: list[UUID]) -> None:
    a, b, c = three
    merge(hub, b, c)
    merge(hub, a, b)
    unmerge(hub, b)
    assert where(hub) == [a, b, b]
    unmerge(hub, c)
    assert where(hub) == [a, b, c]
    assert hub.broken() == []


def test_end_of_a_chain_comes_back_alone(hub: HubUnderTest, three: list[UUID]) -> None:
    a, b, c = three
    merge(hub, b, c)
    merge(hub, a, b)
    unmerge(hub, c)
    assert where(hub) == [a, a, c]
    for source in NAMES:
        hub.send(source, "1", version=2, attributes=SAME | {"duns": "123456789"})
    hub.process()
    assert where(hub) == [a, a, c]
    assert hub.broken() == []


def test_nothing_else_comes_along_when_the_survivor_lives_on_in_another(hub: HubUnderTest) -> None:
    hub.send("erp", "9", version=1, attributes={"name": "Zenith Handels KG", "country": "DE"})
    hub.process()
    a, b, _ = split_apart(hub)
    z = hub.master("erp", "9")
    merge(hub, a, b)
    merge(hub, z, a)
    unmerge(hub, b)
    assert where(hub)[:2] == [z, b]
    hub.send("portal", "1", version=2, attributes=SAME | {"duns": "123456789"})
    hub.process()
    assert where(hub)[:2] == [z, b]
    unmerge(hub, a)
    assert where(hub)[:2] == [a, b]
    assert hub.broken() == []


def test_survivor_of_which_nothing_would_be_left_is_not_emptied(hub: HubUnderTest, three: list[UUID]) -> None:
    a, b, c = three
    merge(hub, a, b)
    with hub.hub.begin_as(STEWARD) as work:
        identity.relink(work, "supplier", RecordName("supplier", "erp", "1"), c, reason="belongs there")
    with pytest.raises(Contradiction):
        unmerge(hub, b)
    assert hub.rows("SELECT count(*) FROM master WHERE status = 'orphaned'") == [(0,)]
    assert hub.broken() == []


def test_what_was_kept_back_on_a_master_goes_when_it_is_merged(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes={"name": "Acme GmbH", "country": "DE"})
    hub.process()
    hub.send("portal", "2", version=1, attributes={"name": "Zenith KG", "country": "DE", "vat_id": "DE129273398"})
    hub.process()
    hub.send("portal", "2", version=2, attributes={"name": "Zenith KG", "country": "DE"})
    hub.process()
    younger = hub.master("portal", "2")
    merge(hub, hub.master("erp", "1"), younger)
    assert hub.master("portal", "2") != younger
    with hub.hub.begin_as(STEWARD) as work:
        assert list_requests(work) == []
    assert hub.rows("SELECT count(*) FROM golden_slice WHERE master_id = %s AND until_version IS NULL", younger) == [
        (0,)
    ]
    assert hub.rows("SELECT count(*) FROM hold WHERE master_id = %s AND ended_at IS NULL", younger) == [(0,)]
    assert hub.broken() == []


def test_active_master_does_not_disappear_in_a_retired_one(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=SAME)
    hub.process()
    old = hub.master("erp", "1")
    with hub.hub.begin_as(STEWARD) as work:
        values.retire(work, "supplier", old, reason="gone")
    hub.send("portal", "1", version=1, attributes={"name": "Other", "country": "DE"})
    hub.process()
    new = hub.master("portal", "1")
    hub.send("portal", "1", version=2, attributes=SAME)
    hub.process()
    assert hub.master("portal", "1") == hub.master("erp", "1") == new
    assert hub.golden("erp", "1").aliases == [old]
    assert hub.golden("erp", "1").status == "active"
    assert hub.broken() == []


def test_records_that_others_hold_together_are_not_said_to_be_apart(hub: HubUnderTest, three: list[UUID]) -> None:
    a, b, c = three
    merge(hub, a, b)
    merge(hub, a, c)
    musts = hub.rows("SELECT left_id, right_id FROM record_constraint WHERE kind = 'must'")
    left, right = sorted(set(musts[0]) ^ set(musts[1]))
    with pytest.raises(Contradiction), hub.hub.begin_as(STEWARD) as work:
        identity.keep_records_apart(work, work.catalog.domain("supplier"), left, right, reason="two companies")
    assert hub.broken() == []

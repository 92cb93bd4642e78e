"""Merge, unmerge, split and relink: done as previewed, kept for ever, undone by one another."""

from collections.abc import Callable
from uuid import UUID

import pytest

from mdm.core.security import Actor
from mdm.errors import Contradiction, Forbidden, InvalidInput, OutdatedPreview, OutdatedVersion, UnknownMaster
from mdm.hub.golden import read
from mdm.hub.stewardship import identity
from mdm.hub.stewardship.effects import Effects, execute, preview
from mdm.store.records import RecordName
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest

STEWARD = Actor("stella", frozenset({"steward"}))
ACME = {"name": "Acme GmbH", "country": "DE", "email": "info@acme-werke.de", "phone": "+49 89 5550123"}
OTHER = {"name": "Zenith Handels KG", "country": "DE", "phone": "+49 30 4440999"}
SAME = ACME | {"vat_id": "DE136695976"}

Operation = Callable[[Work], Effects]


def do(hub: HubUnderTest, operation: Operation, *, digest: str | None = None, actor: Actor = STEWARD) -> Effects:
    with hub.hub.begin_as(actor) as work:
        return execute(lambda: operation(work), expected=digest)


def look(hub: HubUnderTest, operation: Operation) -> Effects:
    with hub.hub.begin_as(STEWARD) as work:
        return preview(work, lambda: operation(work))


def merging(*masters: UUID) -> Operation:
    return lambda work: identity.merge(work, "supplier", masters, reason="same company")


def unmerging(master: UUID) -> Operation:
    return lambda work: identity.unmerge(work, "supplier", master, reason="two companies after all")


def splitting(master: UUID, *names: tuple[str, str]) -> Operation:
    records = [RecordName("supplier", *name) for name in names]
    return lambda work: identity.split(work, "supplier", master, records, reason="another company")


@pytest.fixture
def two(hub: HubUnderTest) -> tuple[UUID, UUID]:
    """Two suppliers that nothing but a steward would take for one."""
    hub.send("erp", "1", version=1, attributes=ACME)
    hub.send("portal", "2", version=1, attributes=OTHER)
    hub.process()
    return hub.master("erp", "1"), hub.master("portal", "2")


@pytest.fixture
def matched(hub: HubUnderTest) -> UUID:
    """One supplier known to three systems."""
    for source, key in (("erp", "1"), ("portal", "2"), ("procurement", "3")):
        hub.send(source, key, version=1, attributes=SAME)
    hub.process()
    assert hub.master("erp", "1") == hub.master("portal", "2") == hub.master("procurement", "3")
    return hub.master("erp", "1")


def test_merged_ids_lead_to_the_older_master(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    older, younger = sorted(two)
    do(hub, merging(younger, older))
    assert hub.master("erp", "1") == hub.master("portal", "2") == older
    with hub.hub.begin() as work:
        view = read.read(work, "supplier", younger)
    assert view.master_id == older
    assert view.aliases == [younger]
    assert hub.rows("SELECT event_type FROM golden_version WHERE master_id = %s AND version = 2", younger) == [
        ("identity.merged",)
    ]
    assert hub.broken() == []


def test_preview_changes_nothing_and_promises_what_is_done(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    before = hub.rows("SELECT id, version, revision FROM master ORDER BY id")
    shown = look(hub, merging(*two))
    assert hub.rows("SELECT id, version, revision FROM master ORDER BY id") == before
    assert hub.rows("SELECT count(*) FROM record_constraint") == [(0,)]
    (survivor,) = [m for m in shown.masters if m.status == "active"]
    assert survivor.records == ["erp/1", "portal/2"]
    assert survivor.attributes["name"] == "Acme GmbH"
    assert survivor.events == ["golden.changed"]
    assert do(hub, merging(*two), digest=shown.digest).digest == shown.digest


def test_preview_names_the_losers_of_a_value(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    shown = look(hub, merging(*two))
    (survivor,) = [m for m in shown.masters if m.status == "active"]
    if survivor.master_id == hub.master("portal", "2"):
        (name,) = [c for c in survivor.changes if c.attribute == "name"]
        assert (name.before, name.after) == ("Zenith Handels KG", "Acme GmbH")
        assert [(loser.record, loser.reason) for loser in name.losers] == [("portal/2", "rule")]
    phones = [c for c in survivor.changes if c.attribute == "email"]
    assert phones or survivor.master_id == hub.master("erp", "1")


def test_what_would_no_longer_happen_as_shown_is_refused(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    shown = look(hub, merging(*two))
    hub.send("erp", "1", version=2, attributes=ACME | {"website": "acme.example"})
    hub.process()
    with pytest.raises(OutdatedPreview):
        do(hub, merging(*two), digest=shown.digest)
    assert hub.master("erp", "1") != hub.master("portal", "2")


def test_other_version_than_the_one_looked_at_is_refused(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    with pytest.raises(OutdatedVersion):
        do(hub, lambda work: identity.merge(work, "supplier", two, reason="x", expected={two[0]: 7}))


def test_unmerge_restores_the_old_id_and_nothing_merges_it_again(hub: HubUnderTest, matched: UUID) -> None:
    shown = do(hub, splitting(matched, ("portal", "2")))
    young = hub.master("portal", "2")
    assert young != matched
    assert len(shown.masters) == 2
    do(hub, merging(matched, young))
    assert hub.master("portal", "2") == matched
    do(hub, unmerging(young))
    assert hub.master("portal", "2") == young
    for version in (2, 3):
        hub.send("portal", "2", version=version, attributes=SAME | {"website": f"acme{version}.example"})
        hub.send("erp", "1", version=version, attributes=SAME | {"website": f"acme{version}.example"})
        hub.process()
    assert hub.master("portal", "2") == young
    assert hub.master("erp", "1") == matched
    assert hub.broken() == []


def test_unmerge_after_new_facts_leaves_newcomers_where_they_match(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    older, younger = sorted(two)
    do(hub, merging(*two))
    hub.send("procurement", "3", attributes=OTHER | {"email": "z@zenith-handel.de"})
    hub.send("portal", "2", version=2, attributes=OTHER | {"email": "z@zenith-handel.de", "vat_id": "DE129273398"})
    hub.send("procurement", "3", attributes=OTHER | {"email": "z@zenith-handel.de", "vat_id": "DE129273398"})
    hub.process()
    assert hub.master("procurement", "3") == older
    do(hub, unmerging(younger))
    zenith = hub.master("portal", "2")
    assert {hub.master("erp", "1"), zenith} == {older, younger}
    assert hub.master("procurement", "3") == zenith
    assert hub.golden("portal", "2").attributes["name"] == "Zenith Handels KG"
    assert hub.broken() == []


def test_restored_master_goes_on_counting_its_versions(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    younger = max(two)
    do(hub, merging(*two))
    do(hub, unmerging(younger))
    assert hub.rows("SELECT version, status FROM golden_version WHERE master_id = %s ORDER BY version", younger) == [
        (1, "active"),
        (2, "merged"),
        (3, "active"),
    ]
    links = hub.rows("SELECT link_no FROM crosswalk WHERE until_version IS NULL ORDER BY link_no")
    assert links[-1] == (3,)


def test_split_records_keep_together_and_never_rejoin(hub: HubUnderTest, matched: UUID) -> None:
    do(hub, splitting(matched, ("portal", "2"), ("procurement", "3")))
    assert hub.master("portal", "2") == hub.master("procurement", "3") != matched
    hub.send("portal", "2", version=2, attributes=SAME | {"website": "acme.example"})
    hub.process()
    assert hub.master("portal", "2") != matched
    assert hub.rows("SELECT count(*) FROM task WHERE kind = 'match_review' AND closed_at IS NULL") == [(0,)]
    assert hub.broken() == []


def test_relinked_record_moves_and_stays(hub: HubUnderTest, matched: UUID) -> None:
    hub.send("procurement", "9", version=1, attributes=OTHER)
    hub.process()
    target = hub.master("procurement", "9")
    name = RecordName("supplier", "portal", "2")
    do(hub, lambda work: identity.relink(work, "supplier", name, target, reason="their branch"))
    assert hub.master("portal", "2") == target
    hub.send("portal", "2", version=2, attributes=SAME | {"website": "acme.example"})
    hub.process()
    assert hub.master("portal", "2") == target
    assert hub.master("erp", "1") == hub.master("procurement", "3") == matched
    assert hub.broken() == []


def test_merge_after_a_split_takes_the_split_back(hub: HubUnderTest, matched: UUID) -> None:
    do(hub, splitting(matched, ("portal", "2")))
    do(hub, merging(matched, hub.master("portal", "2")))
    assert hub.master("portal", "2") == matched
    assert hub.rows("SELECT count(*) FROM record_constraint WHERE kind = 'cannot'") == [(0,)]
    assert hub.broken() == []


def test_records_that_conflict_are_merged_whole_if_a_steward_says_so(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=SAME)
    hub.send("portal", "2", attributes=SAME)
    hub.send("erp", "3", attributes=OTHER | {"vat_id": "DE129273398"})
    hub.send("portal", "4", attributes=OTHER | {"vat_id": "DE129273398", "email": "z@zenith-handel.de"})
    hub.process()
    left, right = hub.master("erp", "1"), hub.master("erp", "3")
    assert hub.master("portal", "2") == left != right == hub.master("portal", "4")
    do(hub, merging(left, right))
    assert (
        len({hub.master("erp", "1"), hub.master("portal", "2"), hub.master("erp", "3"), hub.master("portal", "4")}) == 1
    )
    assert hub.broken() == []


def test_what_stewards_do_is_logged_with_its_reason(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    do(hub, merging(*two))
    (row,) = hub.rows("SELECT actor, action, reason FROM action_log")
    assert row == ("stella", "master.merged", "same company")


def test_wrong_requests_say_what_is_wrong(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    with pytest.raises(InvalidInput, match="two different"):
        do(hub, merging(two[0], two[0]))
    with pytest.raises(UnknownMaster):
        do(hub, merging(two[0], UUID(int=7)))
    with pytest.raises(Contradiction, match="not merged"):
        do(hub, unmerging(two[0]))
    with pytest.raises(InvalidInput, match="leave a record behind"):
        do(
            hub,
            splitting(two[0], ("erp", "1")) if two[0] == hub.master("erp", "1") else splitting(two[0], ("portal", "2")),
        )
    with pytest.raises(Forbidden):
        do(hub, merging(*two), actor=Actor("rita", frozenset({"reader"})))

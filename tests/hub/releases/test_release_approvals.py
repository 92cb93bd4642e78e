"""Rules wait for the owners of what they change; nobody puts rules in force alone, through no path."""

from datetime import timedelta
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.core.security import Actor, Grant
from mdm.errors import (
    AlreadyDecided,
    BreakingContract,
    Forbidden,
    InvalidInput,
    NotApproved,
    NotSimulated,
    OutdatedRequest,
    OwnChange,
)
from mdm.hub import releases
from mdm.hub.releases import ReleaseView
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on

OWNER = Actor("olga", frozenset({"procurement_data_owner", "approver"}))
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
OTHER_TAX = Actor("tara", frozenset({"tax_data_owner", "approver"}))
ADMIN = Actor("ada", frozenset({"admin"}))
READER = Actor("rita", frozenset({"reader"}))

PHONE = {"declaration": {"attributes": {"phone": {"survivorship": {"rule": "most_frequent"}}}}}
TAX_NUMBER = {"declaration": {"attributes": {"tax_number": {"critical": True}}}}
BOTH = {
    "declaration": {"attributes": {**PHONE["declaration"]["attributes"], **TAX_NUMBER["declaration"]["attributes"]}}
}
HOUR = timedelta(hours=1)


def proposed(hub: HubUnderTest, patch: dict[str, Any], by: Actor = ADMIN, **how: Any) -> int:
    with hub.hub.begin_as(by) as work:
        return releases.propose_change(
            work, "supplier", patch, registry=hub.hub.registry, reason="A test", **how
        ).number


def seen(hub: HubUnderTest, number: int, by: Actor = READER) -> ReleaseView:
    with hub.hub.begin_as(by) as work:
        return releases.show(work, "supplier", number)


def approved(hub: HubUnderTest, number: int, *by: Actor) -> ReleaseView:
    for actor in by:
        digest = seen(hub, number).digest or ""
        with hub.hub.begin_as(actor) as work:
            releases.approve(work, "supplier", number, digest=digest)
    return seen(hub, number)


def refused(hub: HubUnderTest, number: int, by: Actor, error: type[Exception]) -> None:
    assert not seen(hub, number, by).may_approve
    with pytest.raises(error):
        approved(hub, number, by)


def switched_on(hub: HubUnderTest, number: int, by: Actor = ADMIN) -> None:
    with hub.hub.begin_as(by) as work:
        releases.switch_on_approved(work, "supplier", number)


@pytest.fixture
def untried(hub: HubUnderTest) -> HubUnderTest:
    """A hub whose rules of suppliers need no simulation: release 2."""
    document = document_in_force(hub)
    document["declaration"]["releases"] = {"simulated": False}
    switch_on(hub, document)
    return hub


def test_draft_is_approved_when_all_owners_of_what_it_changes_have_approved(hub: HubUnderTest) -> None:
    number = proposed(hub, BOTH)
    view = seen(hub, number)
    assert [(one.owner, one.concerns) for one in view.asked] == [
        ("procurement_data_owner", ["phone"]), ("tax_data_owner", ["tax_number"]),
    ]  # fmt: skip
    assert (view.authors, view.approved, view.reason) == (["ada"], False, "A test")
    assert not approved(hub, number, TAX).approved
    for actor in (READER, ADMIN):
        refused(hub, number, actor, Forbidden)
    view = approved(hub, number, OWNER)
    assert view.approved
    assert {(one.owner, one.decided_by) for one in view.approvals} == {
        ("procurement_data_owner", "olga"), ("tax_data_owner", "tom"),
    }  # fmt: skip
    with pytest.raises(Forbidden, match="may not propose"):
        proposed(hub, PHONE, by=READER)


def test_nobody_puts_rules_in_force_alone_through_no_path(hub: HubUnderTest) -> None:
    own = proposed(hub, TAX_NUMBER, by=TAX)
    lent = Grant("tax_data_owner", delegated_by="tom"), Grant("approver", delegated_by="tom")
    dora = Actor.holding("dora", lent)
    for actor in (TAX, dora):
        refused(hub, own, actor, OwnChange)
    of_a_plant = Actor.holding("paul", [Grant("tax_data_owner", sites=frozenset({"P1"})), Grant("reader")])
    refused(hub, own, of_a_plant, Forbidden)
    assert approved(hub, own, OTHER_TAX).approved

    on_behalf = proposed(hub, {"declaration": {"attributes": {"tax_number": {"title": "Tax"}}}}, by=dora)
    assert seen(hub, on_behalf).authors == ["dora", "tom"]
    refused(hub, on_behalf, TAX, OwnChange)

    with hub.hub.begin() as work:
        patch = {"declaration": {"attributes": {"tax_number": {"title": "Tax no."}}}}
        of_nobody = releases.propose_change(work, "supplier", patch, registry=hub.hub.registry, reason="A file").number
    view = approved(hub, of_nobody, TAX)
    assert (view.approved, view.awaits_another) == (False, True)
    refused(hub, of_nobody, TAX, AlreadyDecided)
    assert approved(hub, of_nobody, OTHER_TAX).approved


def test_approval_ends_when_other_rules_come_into_force(untried: HubUnderTest) -> None:
    first, second = proposed(untried, TAX_NUMBER), proposed(untried, PHONE)
    approved(untried, first, TAX)
    approved(untried, second, OWNER)
    stale = seen(untried, first).digest or ""
    switched_on(untried, second)
    view = seen(untried, first)
    assert (view.approved, [one.counts for one in view.approvals]) == (False, [False])
    assert [one.owner for one in view.asked] == ["procurement_data_owner", "tax_data_owner"]  # it takes phone back too
    with pytest.raises(OutdatedRequest), untried.hub.begin_as(OTHER_TAX) as work:
        releases.approve(work, "supplier", first, digest=stale)
    assert approved(untried, first, TAX, OWNER).approved


def test_draft_is_rejected_by_an_owner_or_gives_way_to_another_of_its_author(hub: HubUnderTest) -> None:
    first = proposed(hub, TAX_NUMBER, by=TAX)
    second = proposed(hub, PHONE, by=TAX, replaces=first)
    assert [seen(hub, number).state for number in (first, second)] == ["withdrawn", "draft"]
    with pytest.raises(Forbidden, match="not by ada"):
        proposed(hub, BOTH, by=ADMIN, replaces=second)
    with hub.hub.begin_as(OWNER) as work:
        releases.reject(work, "supplier", second, reason="Not now")
    view = seen(hub, second)
    assert (view.state, view.ended_by, view.note) == ("rejected", "olga", "Not now")
    with pytest.raises(AlreadyDecided):
        approved(hub, second, OWNER)


def test_rules_are_switched_on_only_when_approved_tried_and_kept_to_the_contract(hub: HubUnderTest) -> None:
    tried, broken = (
        proposed(hub, TAX_NUMBER),
        proposed(hub, {"declaration": {"attributes": {"industry": {"type": "code"}}}}),
    )
    with pytest.raises(NotApproved, match="not approved"):
        switched_on(hub, tried)
    approved(hub, tried, TAX)
    with pytest.raises(NotSimulated, match="not tried"):
        switched_on(hub, tried)
    approved(hub, broken, OWNER)
    with pytest.raises(BreakingContract, match="industry: retyped"):
        switched_on(hub, broken)
    assert [seen(hub, number).state for number in (1, tried, broken)] == ["active", "draft", "draft"]


def test_scheduled_rules_are_switched_on_when_their_time_has_come(untried: HubUnderTest) -> None:
    first, second = proposed(untried, PHONE), proposed(untried, TAX_NUMBER)
    approved(untried, first, OWNER)
    approved(untried, second, TAX)
    with untried.hub.begin_as(ADMIN) as work:
        releases.schedule(work, "supplier", first, at=work.now + HOUR)
        releases.schedule(work, "supplier", second, at=work.now + 2 * HOUR)
        with pytest.raises(InvalidInput, match="not ahead"):
            releases.schedule(work, "supplier", second, at=work.now)
    assert releases.switch_on_due(untried.hub.begin) == 0
    later = utc_now() + 3 * HOUR
    with bootstrap.open_hub(Settings(), untried.dsn, clock=lambda: later) as tomorrow:
        assert releases.switch_on_due(tomorrow.begin) == 2
        assert releases.switch_on_due(tomorrow.begin) == 0
    assert (seen(untried, first).state, seen(untried, first).note) == ("active", None)
    left = seen(untried, second)
    assert (left.state, left.scheduled_at) == ("draft", None)
    assert (left.note or "").startswith("Not switched on: Release 4 of supplier is not approved.")


def test_every_step_is_logged_and_audited(untried: HubUnderTest) -> None:
    number = proposed(untried, PHONE)
    approved(untried, number, OWNER)
    switched_on(untried, number)
    with untried.hub.begin_as(OWNER) as work:
        releases.roll_back(work, "supplier", number, reason="Wrong")
    assert untried.rows("SELECT action, actor, subject FROM action_log ORDER BY id") == [
        ("release.proposed", "ada", "release/supplier/3"),
        ("release.approved", "olga", "release/supplier/3"),
        ("release.switched_on", "ada", "release/supplier/3"),
        ("release.proposed", "olga", "release/supplier/4"),
        ("release.rolled_back", "olga", "release/supplier/4"),
    ]
    back = seen(untried, 4)
    assert (back.state, back.rolls_back, back.hash) == ("active", 3, seen(untried, 2).hash)
    assert untried.broken() == []
    untried.rows("UPDATE release_approval SET decided_by = 'ada' RETURNING 1")
    assert untried.broken() == ["release 3 of supplier was approved by its author ada"]
    untried.rows("DELETE FROM release_approval RETURNING 1")
    assert untried.broken() == ["release 3 of supplier was switched on, but nobody has approved it"]

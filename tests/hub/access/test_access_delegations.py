from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from mdm.core.security import Actor, Permission
from mdm.errors import AlreadyDecided, Deactivated, Forbidden, InvalidInput, NotFound, UnknownPrincipal
from mdm.hub.access.delegations import ShownDelegation, delegate, end_delegation, list_delegations
from mdm.hub.access.principals import deactivate
from tests.support.hubs import HubUnderTest
from tests.support.people import People

OWNER = "procurement_data_owner"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
FAR = datetime.max.replace(tzinfo=timezone(-timedelta(hours=23))) - DAY
LONG_AGO = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))


def lent(hub: HubUnderTest, giver: str = "anna", taker: str = "ben", **given: Any) -> ShownDelegation:
    given = {"roles": [OWNER], "ends_at": NOW + DAY, "reason": "Holiday"} | given
    with hub.hub.begin_as(Actor(giver, frozenset({"reader"}))) as work:
        return delegate(work, taker=taker, **given)


@pytest.fixture(autouse=True)
def _some(people: People) -> None:
    people.make("anna", OWNER, "steward", domains=["supplier"])
    people.make("ben", "reader", domains=["customer"])


def test_lent_role_counts_as_it_does_for_the_lender(hub: HubUnderTest, people: People) -> None:
    lent(hub)
    ben = people.actor("ben")
    assert ben.may(Permission.APPROVE, domain="supplier")
    assert not ben.may(Permission.STEWARD)
    assert not ben.may(Permission.APPROVE, domain="customer")
    assert ben.delegated == {OWNER: {"anna"}, "approver": {"anna"}}


def test_decision_on_behalf_of_the_author_is_the_authors_own(hub: HubUnderTest, people: People) -> None:
    lent(hub)
    ben = people.actor("ben")
    assert not ben.may_decide(OWNER, authors={"anna"})
    assert ben.may_decide(OWNER, authors={"carl"})
    assert ben.behind(Permission.APPROVE) == ("anna", "ben")


def test_delegation_begins_and_ends_by_itself(hub: HubUnderTest, people: People) -> None:
    lent(hub, begins_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    assert not people.actor("ben").may(Permission.APPROVE)
    hub.rows("UPDATE delegation SET begins_at = now() - interval '2 days', ends_at = now() RETURNING 1")
    assert not people.actor("ben", "later").may(Permission.APPROVE)
    hub.rows("UPDATE delegation SET ends_at = now() + interval '1 hour' RETURNING 1")
    assert people.actor("ben", "while").may(Permission.APPROVE)


def test_lent_role_is_not_lent_on(hub: HubUnderTest, people: People) -> None:
    people.make("carl")
    lent(hub)
    with pytest.raises(InvalidInput, match="ben may lend: reader"):
        lent(hub, giver="ben", taker="carl")


def test_what_the_lender_no_longer_holds_is_not_lent_any_more(hub: HubUnderTest, people: People) -> None:
    lent(hub)
    hub.rows("DELETE FROM role_grant WHERE role = %s RETURNING 1", OWNER)
    assert people.actor("ben").roles == {"reader"}


def test_deactivated_lender_lends_nothing(hub: HubUnderTest, people: People) -> None:
    lent(hub)
    anna = people.id("anna")
    with hub.hub.begin() as work:
        deactivate(work, anna)
    assert people.actor("ben").roles == {"reader"}
    with pytest.raises(Deactivated):
        lent(hub)


@pytest.mark.parametrize("role", ["admin", "king", "approver"])
def test_only_own_roles_without_administration_are_lent(hub: HubUnderTest, people: People, role: str) -> None:
    people.make("root", "admin")
    for giver in ("anna", "root"):
        with pytest.raises(InvalidInput) as refused:
            lent(hub, giver=giver, roles=[role])
        assert refused.value.details["path"] == "roles"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"ends_at": NOW - DAY}, "ends_at"), ({"begins_at": NOW + 2 * DAY}, "ends_at"),
        ({"ends_at": NOW + 400 * DAY}, "ends_at"), ({"begins_at": FAR, "ends_at": FAR + DAY / 48}, "begins_at"),
        ({"begins_at": LONG_AGO}, "ends_at"), ({"reason": " "}, "reason"), ({"roles": []}, "roles"),
        ({"taker": "anna"}, "taker"),
    ],
)  # fmt: skip
def test_delegation_that_makes_no_sense_is_refused(hub: HubUnderTest, given: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        lent(hub, **given)
    assert refused.value.details["path"] == path


def test_nobody_lends_what_is_anothers(hub: HubUnderTest) -> None:
    with pytest.raises(Forbidden), hub.hub.begin_as(Actor("ben", frozenset({"reader"}))) as work:
        delegate(work, giver="anna", taker="ben", roles=[OWNER], ends_at=NOW + DAY, reason="Greed")


def test_administrator_lends_for_who_is_absent_already(hub: HubUnderTest, people: People) -> None:
    with hub.hub.begin() as work:
        delegate(work, giver="anna", taker="ben", roles=[OWNER], ends_at=NOW + DAY, reason="Ill")
    assert people.actor("ben").delegated[OWNER] == {"anna"}
    assert people.logged()[-1] == ("delegation.created", "Ill")


def test_delegation_to_nobody_is_refused(hub: HubUnderTest) -> None:
    with pytest.raises(UnknownPrincipal):
        lent(hub, taker="zoe")


@pytest.mark.parametrize("by", ["anna", "ben", "hub"])
def test_delegation_is_ended_early_by_either_side_or_an_administrator(
    hub: HubUnderTest, people: People, by: str
) -> None:
    made = lent(hub)
    with hub.hub.begin_as(Actor(by, frozenset({"admin"} if by == "hub" else {"reader"}))) as work:
        assert end_delegation(work, made.id, reason="Back").ended_by == by
    assert people.actor("ben").roles == {"reader"}
    with pytest.raises(AlreadyDecided), hub.hub.begin() as work:
        end_delegation(work, made.id)


def test_delegations_of_others_are_not_seen(hub: HubUnderTest, people: People) -> None:
    made = lent(hub)
    with hub.hub.begin_as(Actor("carl", frozenset({"reader"}))) as work:
        assert list_delegations(work) == []
        with pytest.raises(NotFound):
            end_delegation(work, made.id)
    with hub.hub.begin_as(Actor("ben", frozenset({"reader"}))) as work:
        assert [d.giver for d in list_delegations(work)] == ["anna"]

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mdm.core.security import Actor, Permission
from mdm.core.security.claims import Identity
from mdm.errors import Deactivated, NameTaken, NotProvisioned
from mdm.hub.access import authenticate_identity
from mdm.hub.access.delegations import delegate
from mdm.hub.access.directory import find_principal, show_principal
from mdm.hub.access.groups import create_group, grant_group_role
from mdm.hub.access.principals import deactivate, link_identity
from tests.support.hubs import HubUnderTest
from tests.support.people import People

NOW = datetime.now(UTC)
ISSUER = "https://login.example"


def arrived(hub: HubUnderTest, *, provision: bool = True, minutes: int = 0, **given: Any) -> Actor:
    """Authenticate anna by a token issued some minutes from now."""
    said = {"issuer": ISSUER, "subject": "7", "name": "anna", "display_name": "Anna", "roles": (), "groups": ()}
    identity = Identity(**{**said, "issued_at": NOW + timedelta(minutes=minutes), **given})
    with hub.hub.begin() as work:
        return authenticate_identity(work, identity, provision=provision)


def test_person_is_made_at_first_sight_and_known_from_then_on(hub: HubUnderTest, people: People) -> None:
    assert arrived(hub).name == "anna"
    assert arrived(hub, name="Anna Berg", minutes=1).name == "anna"
    assert hub.rows("SELECT name, kind, issuer, subject FROM principal") == [("anna", "person", ISSUER, "7")]
    assert people.logged() == [("principal.created", "First request with a token of the identity provider")]


def test_unknown_person_is_refused_where_they_are_not_made(hub: HubUnderTest) -> None:
    with pytest.raises(NotProvisioned, match="no access to this hub"):
        arrived(hub, provision=False)
    assert hub.rows("SELECT count(*) FROM principal") == [(0,)]


def test_name_of_another_account_lends_nobody_its_rights(hub: HubUnderTest, people: People) -> None:
    people.make("anna", "admin")
    with pytest.raises(NotProvisioned, match="belongs to another account"):
        arrived(hub)
    for name in ("hub", "Hub", "ANNA"):
        with pytest.raises(NotProvisioned, match="another account"):
            arrived(hub, name=name)


def test_linked_person_is_one_actor_with_key_and_token(hub: HubUnderTest, people: People) -> None:
    people.make("anna", "procurement_data_owner")
    anna = people.id("anna")
    with hub.hub.begin() as work:
        link_identity(work, anna, issuer=ISSUER, subject="7")
    by_token, by_key = arrived(hub, name="a.berg", provision=False), people.actor("anna")
    assert by_token.name == by_key.name == "anna"
    assert not by_token.may_decide("procurement_data_owner", authors={by_key.name})


def test_roles_of_the_token_count_with_the_token_and_not_with_a_key(hub: HubUnderTest, people: People) -> None:
    assert arrived(hub, roles=("supplier_steward", "king")).may(Permission.STEWARD, domain="supplier")
    assert not people.actor("anna").may(Permission.STEWARD)
    assert not arrived(hub, minutes=1).may(Permission.STEWARD)


def test_groups_of_the_token_are_those_known_here_by_that_name(hub: HubUnderTest) -> None:
    with hub.hub.begin() as work:
        group = create_group(work, name="Planners", external_name="grp-planners")
        grant_group_role(work, group.id, role="reader", domains=["customer"])
    anna = arrived(hub, groups=("grp-planners", "grp-unknown"))
    assert (anna.roles, anna.domains) == ({"reader"}, {"customer"})
    assert arrived(hub, minutes=1, groups=("Planners",)).roles == frozenset()
    with hub.hub.begin() as work:
        arrived(hub, minutes=2, groups=("grp-planners",))
        shown = show_principal(work, find_principal(work, "anna").id)
    assert [g.name for g in shown.groups] == ["Planners"]


def test_who_stands_in_holds_what_the_newest_token_said(hub: HubUnderTest, people: People) -> None:
    people.make("ben")
    arrived(hub, roles=("supplier_steward",))
    with hub.hub.begin() as work:
        ends_at = NOW + timedelta(days=1)
        delegate(work, giver="anna", taker="ben", roles=["supplier_steward"], ends_at=ends_at, reason="Ill")
    assert people.actor("ben").delegated["steward"] == {"anna"}
    arrived(hub, minutes=-5, roles=())
    assert people.actor("ben", "still").may(Permission.STEWARD)
    arrived(hub, minutes=5, roles=())
    assert not people.actor("ben", "no longer").may(Permission.STEWARD)


def test_deactivated_person_has_no_use_of_a_token(hub: HubUnderTest) -> None:
    arrived(hub)
    with hub.hub.begin() as work:
        deactivate(work, find_principal(work, "anna").id)
    with pytest.raises(Deactivated, match="anna is deactivated"):
        arrived(hub)


def test_person_who_arrives_several_times_at_once_is_made_once(hub: HubUnderTest) -> None:
    with ThreadPoolExecutor(4) as threads:
        names = {actor.name for actor in threads.map(lambda _: arrived(hub), range(4))}
    assert names == {"anna"}
    assert hub.rows("SELECT count(*) FROM principal") == [(1,)]


def test_identity_of_a_deactivated_person_goes_to_the_one_it_is_linked_to(hub: HubUnderTest, people: People) -> None:
    people.make("anna")
    anna = people.id("anna")
    arrived(hub, name="a.berg")
    with pytest.raises(NameTaken), hub.hub.begin() as work:
        link_identity(work, anna, issuer=ISSUER, subject="7")
    with hub.hub.begin() as work:
        deactivate(work, find_principal(work, "a.berg").id)
        link_identity(work, anna, issuer=ISSUER, subject="7", reason="One person")
    assert arrived(hub, name="a.berg", minutes=1).name == "anna"
    assert people.logged()[-2:] == [("principal.unlinked", "One person"), ("principal.linked", "One person")]

from uuid import uuid4

import pytest

from mdm.core.security import Actor, Permission
from mdm.errors import (
    AlreadyDecided,
    Deactivated,
    Forbidden,
    InvalidInput,
    NameTaken,
    NotFound,
    Unauthenticated,
    UnknownPrincipal,
)
from mdm.hub.access import authenticate, create_key
from mdm.hub.access.directory import find_principal, list_principals, show_principal
from mdm.hub.access.principals import (
    activate,
    create_principal,
    deactivate,
    grant_role,
    link_identity,
    withdraw_role,
)
from tests.support.hubs import HubUnderTest
from tests.support.people import People


def test_role_counts_for_its_domains_and_sites_alone(people: People) -> None:
    people.make("anna", "steward", domains=["supplier"], sites=["1000"])
    anna = people.actor("anna")
    assert anna.may(Permission.STEWARD, domain="supplier")
    assert not anna.may(Permission.READ, domain="customer")
    assert anna.sites_in("supplier", Permission.READ) == {"1000"}


def test_declared_owner_role_approves_and_reads_where_it_owns(people: People) -> None:
    people.make("olga", "procurement_data_owner")
    olga = people.actor("olga")
    assert olga.may(Permission.APPROVE, domain="supplier")
    assert olga.may(Permission.READ, domain="supplier")
    assert not olga.may(Permission.READ, domain="customer")
    assert not olga.may(Permission.STEWARD)
    assert olga.holds("procurement_data_owner", domain="supplier")


def test_declared_steward_role_does_what_a_steward_does_in_its_domain(people: People) -> None:
    people.make("sam", "supplier_steward")
    sam = people.actor("sam")
    assert sam.scope(Permission.STEWARD) == {"supplier"}
    assert sam.may(Permission.CHECK, domain="supplier")


def test_owner_role_granted_for_another_domain_implies_nothing(people: People) -> None:
    people.make("olga", "procurement_data_owner", domains=["customer"])
    olga = people.actor("olga")
    assert not any(olga.may(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"role": "king"}, "roles"), ({"role": "reader", "domains": []}, "domains"),
        ({"role": "reader", "domains": ["nowhere"]}, "domains"), ({"role": "reader", "sites": []}, "sites"),
        ({"role": "reader", "sites": ["a\nb"]}, "sites"),
    ],
)  # fmt: skip
def test_role_for_nothing_or_nowhere_is_not_granted(
    hub: HubUnderTest, people: People, given: dict[str, object], path: str
) -> None:
    people.make("anna")
    anna = people.id("anna")
    with pytest.raises(InvalidInput) as refused, hub.hub.begin() as work:
        grant_role(work, anna, **given)  # type: ignore[arg-type]
    assert refused.value.details["path"] == path


def test_withdrawn_role_is_gone_at_the_next_request(hub: HubUnderTest, people: People) -> None:
    people.make("anna", "reader", "steward")
    with hub.hub.begin() as work:
        shown = show_principal(work, find_principal(work, "anna").id)
        steward = next(grant for grant in shown.grants if grant.role == "steward")
        withdraw_role(work, shown.principal.id, steward.id)
    assert people.actor("anna").roles == {"reader"}
    with pytest.raises(NotFound), hub.hub.begin() as work:
        withdraw_role(work, shown.principal.id, steward.id)


def test_keys_of_the_deactivated_end_at_once_and_begin_again(hub: HubUnderTest, people: People) -> None:
    people.make("anna", "reader")
    with hub.hub.begin() as work:
        text = create_key(work, name="anna")[1]
        anna = deactivate(work, find_principal(work, "anna").id)
    with pytest.raises(Unauthenticated, match="not valid"), hub.hub.begin() as work:
        authenticate(work, text)
    with pytest.raises(Deactivated), hub.hub.begin() as work:
        create_key(work, name="anna")
    with pytest.raises(AlreadyDecided), hub.hub.begin() as work:
        deactivate(work, anna.id)
    with hub.hub.begin() as work:
        activate(work, anna.id)
        assert authenticate(work, text).name == "anna"
    with pytest.raises(AlreadyDecided), hub.hub.begin() as work:
        activate(work, anna.id)


@pytest.mark.parametrize("name", ["anna", "hub"])
def test_name_belongs_to_one_for_ever(hub: HubUnderTest, people: People, name: str) -> None:
    people.make("anna")
    with hub.hub.begin() as work:
        deactivate(work, find_principal(work, "anna").id)
    with pytest.raises(NameTaken), hub.hub.begin() as work:
        create_principal(work, name=name)


def test_subject_of_a_provider_is_one_person(hub: HubUnderTest, people: People) -> None:
    people.make("anna")
    people.make("ben")
    anna, ben = people.id("anna"), people.id("ben")
    with hub.hub.begin() as work:
        link_identity(work, anna, issuer="https://login.example", subject="7")
    with pytest.raises(NameTaken, match="anna is known"), hub.hub.begin() as work:
        link_identity(work, ben, issuer="https://login.example", subject="7")
    with pytest.raises(InvalidInput, match="together"), hub.hub.begin() as work:
        create_principal(work, name="carl", subject="8")


def test_principals_are_listed_by_kind_and_activity(hub: HubUnderTest, people: People) -> None:
    people.make("anna")
    people.make("ben")
    with hub.hub.begin() as work:
        create_principal(work, name="feed", kind="service")
        deactivate(work, find_principal(work, "ben").id)
        assert [p.name for p in list_principals(work, kind="person", active=True)] == ["anna"]
        assert [p.name for p in list_principals(work, kind="service")] == ["feed"]
        first = list_principals(work, limit=1)[0]
        assert [p.name for p in list_principals(work, after=first.id)] == ["ben", "feed"]


def test_what_administrators_do_is_logged_with_the_reason(hub: HubUnderTest, people: People) -> None:
    with hub.hub.begin() as work:
        anna = create_principal(work, name="anna", reason="Joined").id
        grant = grant_role(work, anna, role="reader", reason="Needs to look")
        withdraw_role(work, anna, grant.id, reason="Looked")
        deactivate(work, anna, reason="Left")
    assert people.logged() == [
        ("principal.created", "Joined"), ("role.granted", "Needs to look"),
        ("role.withdrawn", "Looked"), ("principal.deactivated", "Left"),
    ]  # fmt: skip


def test_people_are_for_administrators_of_everything_alone(hub: HubUnderTest, people: People) -> None:
    people.make("anna")
    anna = people.id("anna")
    some = [
        Actor("sam", frozenset({"steward", "operator"})),
        Actor("al", frozenset({"admin"}), frozenset({"supplier"})),
    ]
    for someone in some:
        for act in (
            lambda work: create_principal(work, name="x"),
            lambda work: grant_role(work, anna, role="admin"),
            lambda work: deactivate(work, anna),
            lambda work: link_identity(work, anna, issuer="https://x", subject="1"),
            lambda work: show_principal(work, anna),
            list_principals,
        ):
            with pytest.raises(Forbidden), hub.hub.begin_as(someone) as work:
                act(work)


def test_who_is_not_there_cannot_be_changed(hub: HubUnderTest) -> None:
    with pytest.raises(UnknownPrincipal), hub.hub.begin() as work:
        grant_role(work, uuid4(), role="reader")

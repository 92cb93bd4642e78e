from uuid import UUID

import pytest

from mdm.core.security import Actor, Permission
from mdm.errors import AlreadyDecided, Forbidden, NameTaken, NotFound, UnknownGroup
from mdm.hub.access.groups import (
    add_member,
    create_group,
    dissolve_group,
    grant_group_role,
    list_groups,
    remove_member,
    show_group,
    withdraw_group_role,
)
from tests.support.hubs import HubUnderTest
from tests.support.people import People


@pytest.fixture
def buyers(hub: HubUnderTest, people: People) -> UUID:
    """A group that owns suppliers' data; anna belongs to it."""
    people.make("anna", "reader")
    anna = people.id("anna")
    with hub.hub.begin() as work:
        group = create_group(work, name="Buyers", reason="Ordered by procurement")
        grant_group_role(work, group.id, role="procurement_data_owner")
        add_member(work, group.id, anna)
    return group.id


def test_members_hold_the_roles_of_their_group(buyers: UUID, people: People) -> None:
    assert people.actor("anna").roles == {"reader", "procurement_data_owner", "approver"}


def test_nobody_decides_what_they_made_by_the_role_of_their_group_and_another_key(buyers: UUID, people: People) -> None:
    keys = [people.actor("anna", purpose) for purpose in ("laptop", "script")]
    assert not any(key.may_decide("procurement_data_owner", authors={keys[0].name}) for key in keys)
    assert all(key.may_decide("procurement_data_owner", authors={"ben"}) for key in keys)


def test_who_leaves_a_group_loses_its_roles(hub: HubUnderTest, people: People, buyers: UUID) -> None:
    anna = people.id("anna")
    with hub.hub.begin() as work:
        remove_member(work, buyers, anna)
    assert people.actor("anna").roles == {"reader"}
    with pytest.raises(NotFound), hub.hub.begin() as work:
        remove_member(work, buyers, anna)


def test_roles_of_a_group_can_be_withdrawn(hub: HubUnderTest, people: People, buyers: UUID) -> None:
    with hub.hub.begin() as work:
        (granted,) = show_group(work, buyers).grants
        withdraw_group_role(work, buyers, granted.id)
    assert not people.actor("anna").may(Permission.APPROVE)
    with pytest.raises(NotFound), hub.hub.begin() as work:
        withdraw_group_role(work, buyers, granted.id)


def test_dissolved_group_leaves_its_members_without_its_roles(hub: HubUnderTest, people: People, buyers: UUID) -> None:
    with hub.hub.begin() as work:
        dissolve_group(work, buyers, reason="Reorganized")
        assert list_groups(work) == []
    assert people.actor("anna").roles == {"reader"}
    assert people.logged()[-1] == ("group.dissolved", "Reorganized")
    with pytest.raises(UnknownGroup), hub.hub.begin() as work:
        show_group(work, buyers)


def test_group_shows_members_and_roles(hub: HubUnderTest, buyers: UUID) -> None:
    with hub.hub.begin() as work:
        shown = show_group(work, buyers)
    assert [member.name for member in shown.members] == ["anna"]
    assert [grant.role for grant in shown.grants] == ["procurement_data_owner"]


def test_member_is_added_once(hub: HubUnderTest, people: People, buyers: UUID) -> None:
    anna = people.id("anna")
    with pytest.raises(AlreadyDecided), hub.hub.begin() as work:
        add_member(work, buyers, anna)


def test_names_of_groups_are_taken_once(hub: HubUnderTest, buyers: UUID) -> None:
    with hub.hub.begin() as work:
        create_group(work, name="Planners", external_name="grp-planners")
    for taken in ({"name": "Buyers"}, {"name": "Others", "external_name": "grp-planners"}):
        with pytest.raises(NameTaken), hub.hub.begin() as work:
            create_group(work, **taken)


def test_groups_are_for_administrators_alone(hub: HubUnderTest, people: People, buyers: UUID) -> None:
    anna = people.id("anna")
    for act in (
        lambda work: create_group(work, name="x"),
        lambda work: add_member(work, buyers, anna),
        lambda work: grant_group_role(work, buyers, role="admin"),
        lambda work: dissolve_group(work, buyers),
        list_groups,
    ):
        with pytest.raises(Forbidden), hub.hub.begin_as(Actor("sam", frozenset({"steward"}))) as work:
            act(work)

"""`/v1/groups`: groups, their members and the roles these hold by them."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body, Granted, Line, NewGrant, Reasoned
from mdm.hub.access import groups


class NewGroup(Reasoned):
    """A group to be made."""

    name: Line
    display_name: Line | None = None
    external_name: Line | None = Field(default=None, description="What the identity provider calls it in its tokens.")


class NewMember(Reasoned):
    """Who is to belong to a group."""

    person: UUID


class Group(Body):
    """A group."""

    id: UUID
    name: str
    display_name: str
    external_name: str | None
    created_by: str
    created_at: datetime


class Member(Body):
    """Who belongs to a group."""

    id: UUID
    name: str
    display_name: str


class GroupWithMembers(Group):
    """A group, its roles and members."""

    grants: list[Granted]
    members: list[Member] = Field(description="Who was added here; not those whom a token makes members.")


class Groups(Controller):
    """Groups of persons and services."""

    path = "/v1/groups"
    tags = ("People",)
    opt = allow(Permission.ADMINISTER)

    @get(sync_to_thread=True, summary="List groups")
    def list_all(self, request: ApiRequest) -> list[Group]:
        """Return all groups by name."""
        with begin_of(request)() as work:
            return [Group.model_validate(group) for group in groups.list_groups(work)]

    @post(sync_to_thread=True, summary="Make a group")
    def create(self, request: ApiRequest, data: JSONBody[NewGroup]) -> Group:
        """Make a group without members or roles."""
        with begin_of(request)() as work:
            return Group.model_validate(groups.create_group(work, **data.model_dump()))

    @get("/{group_id:uuid}", sync_to_thread=True, summary="Show a group")
    def read(self, request: ApiRequest, group_id: FromPath[UUID]) -> GroupWithMembers:
        """Return a group with its roles and members."""
        with begin_of(request)() as work:
            shown = groups.show_group(work, group_id)
        return GroupWithMembers(
            **Group.model_validate(shown.group).model_dump(),
            grants=[Granted.model_validate(grant) for grant in shown.grants],
            members=[Member.model_validate(member) for member in shown.members],
        )

    @post(
        "/{group_id:uuid}/dissolve",
        sync_to_thread=True,
        status_code=HTTP_204_NO_CONTENT,
        summary="Dissolve a group",
    )
    def dissolve(self, request: ApiRequest, group_id: FromPath[UUID], data: JSONBody[Reasoned]) -> None:
        """Remove a group; its members lose the roles they held by it."""
        with begin_of(request)() as work:
            groups.dissolve_group(work, group_id, reason=data.reason)

    @post("/{group_id:uuid}/members", sync_to_thread=True, status_code=HTTP_204_NO_CONTENT, summary="Add a member")
    def add(self, request: ApiRequest, group_id: FromPath[UUID], data: JSONBody[NewMember]) -> None:
        """Let a person or service belong to the group."""
        with begin_of(request)() as work:
            groups.add_member(work, group_id, data.person, reason=data.reason)

    @post(
        "/{group_id:uuid}/members/{person_id:uuid}/remove",
        sync_to_thread=True,
        status_code=HTTP_204_NO_CONTENT,
        summary="Remove a member",
    )
    def remove(
        self, request: ApiRequest, group_id: FromPath[UUID], person_id: FromPath[UUID], data: JSONBody[Reasoned]
    ) -> None:
        """Take a person or service out of the group."""
        with begin_of(request)() as work:
            groups.remove_member(work, group_id, person_id, reason=data.reason)

    @post("/{group_id:uuid}/roles", sync_to_thread=True, summary="Give a group a role")
    def grant(self, request: ApiRequest, group_id: FromPath[UUID], data: JSONBody[NewGrant]) -> Granted:
        """Give the members one of the hub's roles, or one that a domain declares."""
        with begin_of(request)() as work:
            return Granted.model_validate(groups.grant_group_role(work, group_id, **data.model_dump()))

    @post(
        "/{group_id:uuid}/roles/{grant_id:uuid}/withdraw",
        sync_to_thread=True,
        status_code=HTTP_204_NO_CONTENT,
        summary="Take a role from a group",
    )
    def withdraw(
        self, request: ApiRequest, group_id: FromPath[UUID], grant_id: FromPath[UUID], data: JSONBody[Reasoned]
    ) -> None:
        """Take a role from the members."""
        with begin_of(request)() as work:
            groups.withdraw_group_role(work, group_id, grant_id, reason=data.reason)

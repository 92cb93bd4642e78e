"""`/v1/people`: persons and services, what they hold, and whether they may act."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import (
    Body,
    Granted,
    Held,
    Line,
    NewGrant,
    Reasoned,
    held,
)
from mdm.hub.access import directory, principals

Kind: TypeAlias = Literal["person", "service"]


class NewPerson(Reasoned):
    """A person or service to be made."""

    name: Line
    kind: Kind = "person"
    display_name: Line | None = None
    issuer: Line | None = Field(default=None, description="The identity provider; goes with `subject`.")
    subject: Line | None = Field(default=None, description="How the identity provider names them (`sub`).")


class NewIdentity(Reasoned):
    """How an identity provider knows a person."""

    issuer: Line
    subject: Line


class Person(Body):
    """A person or service."""

    id: UUID
    name: str
    kind: Kind
    display_name: str
    issuer: str | None
    subject: str | None
    created_by: str
    created_at: datetime
    deactivated_by: str | None
    deactivated_at: datetime | None


class PersonWithRoles(Person):
    """A person or service, and what they hold."""

    grants: list[Granted] = Field(description="Roles given to them directly.")
    groups: list[str] = Field(description="Groups they belong to, also by the identity provider's newest token.")
    holds: list[Held] = Field(description="What all of that, tokens and delegations amount to now.")


class People(Controller):
    """Persons and services; they are deactivated, never deleted."""

    path = "/v1/people"
    tags = ("People",)
    opt = allow(Permission.ADMINISTER)

    @get(sync_to_thread=True, summary="List persons and services")
    def list_all(
        self,
        request: ApiRequest,
        kind: FromQuery[Kind | None] = None,
        active: Annotated[bool | None, QueryParameter(description="Only those who may act, or may not.")] = None,
        name: FromQuery[str | None] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[Person]:
        """Return persons and services in the order of their creation."""
        after = begins_at(cursor, UUID)
        with begin_of(request)() as work:
            found = directory.list_principals(work, kind=kind, active=active, name=name, after=after, limit=limit + 1)
        return Page[Person](
            items=[Person.model_validate(one) for one in found[:limit]],
            next=next_link(request, found, limit, lambda one: one.id),
        )

    @post(sync_to_thread=True, summary="Make a person or service")
    def create(self, request: ApiRequest, data: JSONBody[NewPerson]) -> Person:
        """Make a person or service that holds nothing yet; a name is never given to another one."""
        with begin_of(request)() as work:
            return Person.model_validate(principals.create_principal(work, **data.model_dump()))

    @get("/{person_id:uuid}", sync_to_thread=True, summary="Show a person or service")
    def read(self, request: ApiRequest, person_id: FromPath[UUID]) -> PersonWithRoles:
        """Return a person or service with all they hold."""
        with begin_of(request)() as work:
            shown = directory.show_principal(work, person_id)
        return PersonWithRoles(
            **Person.model_validate(shown.principal).model_dump(),
            grants=[Granted.model_validate(grant) for grant in shown.grants],
            groups=[group.name for group in shown.groups],
            holds=[held(grant) for grant in shown.actor.grants],
        )

    @post("/{person_id:uuid}/identity", sync_to_thread=True, status_code=HTTP_200_OK, summary="Link an identity")
    def link(self, request: ApiRequest, person_id: FromPath[UUID], data: JSONBody[NewIdentity]) -> Person:
        """Say by which subject the identity provider knows them, instead of what was said before."""
        with begin_of(request)() as work:
            return Person.model_validate(principals.link_identity(work, person_id, **data.model_dump()))

    @post("/{person_id:uuid}/deactivate", sync_to_thread=True, status_code=HTTP_200_OK, summary="End all they may do")
    def deactivate(self, request: ApiRequest, person_id: FromPath[UUID], data: JSONBody[Reasoned]) -> Person:
        """End their keys, tokens and the roles they lent, from the next request on."""
        with begin_of(request)() as work:
            return Person.model_validate(principals.deactivate(work, person_id, reason=data.reason))

    @post("/{person_id:uuid}/activate", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let them act again")
    def activate(self, request: ApiRequest, person_id: FromPath[UUID], data: JSONBody[Reasoned]) -> Person:
        """Let a deactivated person or service act again."""
        with begin_of(request)() as work:
            return Person.model_validate(principals.activate(work, person_id, reason=data.reason))

    @post("/{person_id:uuid}/roles", sync_to_thread=True, summary="Give them a role")
    def grant(self, request: ApiRequest, person_id: FromPath[UUID], data: JSONBody[NewGrant]) -> Granted:
        """Give them one of the hub's roles, or one that a domain declares, on some or all domains and sites."""
        with begin_of(request)() as work:
            return Granted.model_validate(principals.grant_role(work, person_id, **data.model_dump()))

    @post(
        "/{person_id:uuid}/roles/{grant_id:uuid}/withdraw",
        sync_to_thread=True,
        status_code=HTTP_204_NO_CONTENT,
        summary="Take a role from them",
    )
    def withdraw(
        self, request: ApiRequest, person_id: FromPath[UUID], grant_id: FromPath[UUID], data: JSONBody[Reasoned]
    ) -> None:
        """Take a role that was given to them directly."""
        with begin_of(request)() as work:
            principals.withdraw_role(work, person_id, grant_id, reason=data.reason)

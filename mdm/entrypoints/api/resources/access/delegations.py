"""`/v1/delegations`: roles lent to another for the time of an absence."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.entrypoints.api.authentication import ANYONE, ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Instant, Line, Names, Reasoned
from mdm.hub.access import delegations


class NewDelegation(Reasoned):
    """Roles to be lent."""

    giver: Line | None = Field(default=None, description="Who lends; default: who calls.")
    taker: Line
    roles: Names
    begins_at: Instant | None = Field(default=None, description="Default: now.")
    ends_at: Instant


class Delegation(Body):
    """Roles that are lent."""

    id: UUID
    giver: str
    taker: str
    roles: list[str]
    begins_at: datetime
    ends_at: datetime
    reason: str
    created_by: str
    created_at: datetime
    ended_by: str | None = Field(description="Who ended it before its time.")


class Delegations(Controller):
    """Delegations from and to the caller; an administrator sees and makes all."""

    path = "/v1/delegations"
    tags = ("People",)
    opt = allow(*ANYONE)

    @get(sync_to_thread=True, summary="List delegations")
    def list_all(self, request: ApiRequest, cursor: Cursor = None, limit: Limit = 100) -> Page[Delegation]:
        """Return delegations in the order of their creation, ended ones too."""
        after = begins_at(cursor, UUID)
        with begin_of(request)() as work:
            found = delegations.list_delegations(work, after=after, limit=limit + 1)
        return Page[Delegation](
            items=[Delegation.model_validate(one) for one in found[:limit]],
            next=next_link(request, found, limit, lambda one: one.id),
        )

    @post(sync_to_thread=True, summary="Lend roles")
    def create(self, request: ApiRequest, data: JSONBody[NewDelegation]) -> Delegation:
        """Lend roles for a time: one's own, or anyone's for an administrator; borrowed ones are not lent on."""
        with begin_of(request)() as work:
            return Delegation.model_validate(delegations.delegate(work, **data.model_dump()))

    @post("/{delegation_id:uuid}/end", sync_to_thread=True, status_code=HTTP_200_OK, summary="End a delegation early")
    def end(self, request: ApiRequest, delegation_id: FromPath[UUID], data: JSONBody[Reasoned]) -> Delegation:
        """End a delegation before its time."""
        with begin_of(request)() as work:
            return Delegation.model_validate(delegations.end_delegation(work, delegation_id, reason=data.reason))

"""`/v1/change-requests`: values that wait for their owners, and what the owners decide."""

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Reason, Reasoned
from mdm.entrypoints.api.resources.stewardship.bodies import ChangedSlice, changed
from mdm.entrypoints.api.resources.stewardship.carrying_out import settled
from mdm.hub.stewardship import approvals
from mdm.hub.stewardship.approvals import Choice, Effective, RequestView

State: TypeAlias = Literal["open", "approved", "rejected", "withdrawn", "obsolete"]
InState = Annotated[State | None, QueryParameter(name="state", description="Default: whatever their state.")]
InDomain = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]
InEffect = Annotated[
    Effective, QueryParameter(description="How it would be approved: as dated, or from the approval on.")
]
Asked = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Of the change request as it was looked at.")]


class Approval(Body):
    """An approval of exactly what was looked at."""

    digest: Asked
    note: Reason | None = None
    effective: Effective = Field(
        default="as_dated", description="From when the values count: as they are dated, or from the approval on."
    )


class Rejection(Body):
    """A rejection of exactly what was looked at, and why."""

    digest: Asked
    note: Reason


class AskedChange(Body):
    """A value that waits; current and proposed one are left out where the caller may not see them."""

    attribute: str = Field(description="An attribute or a coupled group.")
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    expires_at: datetime | None = None
    until_agreed_by: list[str] | None = Field(default=None, description="Sources that end the pin; empty: any.")
    review_at: datetime | None = None
    current: Any = None
    proposed: Any = None


class OwnersWord(Body):
    """What one owner says."""

    owner: str = Field(description="The role.")
    state: str
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class ChangeRequest(Body):
    """A change that waits for its owners, or has been decided."""

    id: UUID
    domain: str
    master_id: UUID
    kind: str = Field(description="source: what a source sent; person: what a steward proposes.")
    state: State
    authors: list[str] = Field(description="Who brought the change about: none of them may approve it.")
    reason: str | None
    changes: list[AskedChange]
    masked: list[str] = Field(description="Of these, whose values are not shown.")
    digest: str = Field(description="Names what is asked now; a decision quotes it.")
    created_at: datetime
    closed_at: datetime | None
    owners: list[OwnersWord]
    may_decide: bool = Field(description="Whether the caller may decide for one of the owners.")
    slices: list[ChangedSlice] | None = Field(
        description="Every interval in which values change if it is approved, and what else changes by that; "
        "null where it is not open, and in lists."
    )
    more_slices: int | None = Field(description="How many more there are.")


class ChangeRequests(Controller):
    """Changes that wait for the owners of what they change."""

    path = "/v1/change-requests"
    tags = ("Change requests",)

    @get(sync_to_thread=True, opt=allow(Permission.READ), summary="List change requests")
    def list_all(
        self,
        request: ApiRequest,
        domain: InDomain = None,
        in_state: InState = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[ChangeRequest]:
        """Return change requests of the caller's domains, oldest first."""
        after = begins_at(cursor, UUID)
        with begin_of(request)() as work:
            if domain is not None:
                work.catalog.domain(domain)
            found = approvals.list_requests(work, domain=domain, state=in_state, after=after, limit=limit + 1)
        return Page[ChangeRequest](
            items=[_shown(view) for view in found[:limit]],
            next=next_link(request, found, limit, lambda view: view.id),
        )

    @get("/{request_id:uuid}", sync_to_thread=True, opt=allow(Permission.READ), summary="Show a change request")
    def read(self, request: ApiRequest, request_id: FromPath[UUID], effective: InEffect = "as_dated") -> ChangeRequest:
        """Return a change request with what stands now beside what is asked, and every slice its approval changes."""
        with begin_of(request)() as work:
            return _shown(approvals.read_request(work, request_id, effective=effective))

    @post(
        "/{request_id:uuid}/approve",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.APPROVE),
        summary="Approve a change",
    )
    def approve(self, request: ApiRequest, request_id: FromPath[UUID], data: JSONBody[Approval]) -> ChangeRequest:
        """Approve for every owner the caller stands for; the last approval publishes the change."""
        return _decide(request, request_id, "approve", **data.model_dump())

    @post(
        "/{request_id:uuid}/reject",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.APPROVE),
        summary="Reject a change",
    )
    def reject(self, request: ApiRequest, request_id: FromPath[UUID], data: JSONBody[Rejection]) -> ChangeRequest:
        """Reject the whole change; a source's value stays rejected until the source says something else."""
        return _decide(request, request_id, "reject", **data.model_dump())

    @post(
        "/{request_id:uuid}/withdraw",
        sync_to_thread=True,
        status_code=HTTP_200_OK,
        opt=allow(Permission.STEWARD),
        summary="Withdraw a change",
    )
    def withdraw(self, request: ApiRequest, request_id: FromPath[UUID], data: JSONBody[Reasoned]) -> ChangeRequest:
        """Take back a change that the caller has proposed."""
        return _shown(
            settled(begin_of(request), lambda work: approvals.withdraw_request(work, request_id, note=data.reason))
        )


def _decide(request: ApiRequest, request_id: UUID, choice: Choice, **how: Any) -> ChangeRequest:
    return _shown(settled(begin_of(request), lambda work: approvals.decide_request(work, request_id, choice, **how)))


def _shown(view: RequestView) -> ChangeRequest:
    """Return a change request as an answer shows it: values as they would be published."""
    whole = {each.name: getattr(view, each.name) for each in fields(view)}
    whole["changes"] = [{name: value for name, value in change.items() if name != "std"} for change in view.changes]
    whole["slices"] = None if view.slices is None else changed(view.slices)
    return ChangeRequest.model_validate({**whole, "more_slices": None if view.slices is None else view.slices.more})

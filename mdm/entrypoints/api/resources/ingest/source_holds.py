"""`/v1/source-holds`: sources of which single messages are held, because they deleted or blanked too much."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Reasoned
from mdm.entrypoints.api.resources.ingest.loads import HoldReason
from mdm.hub.ingest.holding import deciding

State = Literal["held", "released", "discarded", "all"]


class SourceHoldStatus(Body):
    """A hold of what a source sends singly about a domain."""

    id: UUID
    source: str
    domain: str
    state: str
    reasons: list[HoldReason]
    since: datetime
    deliveries: dict[str, int] = Field(description="What it kept back, by what has become of it.")
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class SourceHolds(Controller):
    """Holds of sources, newest first."""

    path = "/v1/source-holds"
    tags = ("Loads",)
    opt = allow(Permission.OPERATE, Permission.STEWARD)

    @get(sync_to_thread=True, summary="List the sources of which messages are held")
    def list_all(
        self,
        request: ApiRequest,
        standing: Annotated[
            State, QueryParameter(name="state", description="What was decided; held: nothing yet.")
        ] = "held",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[SourceHoldStatus]:
        """Return holds in the domains that the key is for, newest first."""
        before = begins_at(cursor, UUID)
        wanted = None if standing == "all" else standing
        with begin_of(request)() as work:
            found = deciding.source_holds_page(work, state=wanted, before=before, limit=limit + 1)
        return Page[SourceHoldStatus](
            items=[SourceHoldStatus.model_validate(hold) for hold in found[:limit]],
            next=next_link(request, found, limit, lambda hold: hold.id),
        )

    @get("/{hold_id:uuid}", sync_to_thread=True, summary="Show a hold of a source")
    def read(self, request: ApiRequest, hold_id: FromPath[UUID]) -> SourceHoldStatus:
        """Return one hold, and what became of the deliveries it kept back."""
        with begin_of(request)() as work:
            return SourceHoldStatus.model_validate(deciding.show_source_hold(work, hold_id))

    @post("/{hold_id:uuid}/release", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let a source go on")
    def release(self, request: ApiRequest, hold_id: FromPath[UUID], data: JSONBody[Reasoned]) -> SourceHoldStatus:
        """Have what was held processed, and what the source sends from now on watched anew; not by who delivered it."""
        with begin_of(request)() as work:
            return SourceHoldStatus.model_validate(deciding.release_source(work, hold_id, reason=data.reason))

    @post("/{hold_id:uuid}/discard", sync_to_thread=True, status_code=HTTP_200_OK, summary="Discard what is held")
    def discard(self, request: ApiRequest, hold_id: FromPath[UUID], data: JSONBody[Reasoned]) -> SourceHoldStatus:
        """End what was held without processing it; its bytes stay. Not by who delivered it."""
        with begin_of(request)() as work:
            return SourceHoldStatus.model_validate(deciding.discard_source(work, hold_id, reason=data.reason))

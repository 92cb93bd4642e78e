"""`/v1/replays`: events copied once more for who asks, approved where they are many, and how far they have come."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Instant, Line, Reason, Reasoned
from mdm.hub.publishing import replays
from mdm.hub.publishing.replays import Selection

StateOrAll = Literal["waiting", "queued", "running", "done", "failed", "cancelled", "all"]


class Replay(Body):
    """A replay: what was asked, who decided, how far it has come and what came of it."""

    id: UUID
    state: str = Field(description="waiting for approval, queued, running, done, failed or cancelled.")
    subscriber: str | None = Field(description="The durable consumer it is for; null: whoever reads it.")
    events: str = Field(description="newest: of each master; all: those of the time that the stream still holds.")
    selection: dict[str, Any] = Field(description="What was given to select masters by.")
    domains: list[str] = Field(description="The domains it keeps to.")
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    masters: int = Field(description="How many masters it is for.")
    copied: int = Field(description="Events copied so far.")
    missing: int = Field(description="Masters whose first event has not been published yet.")
    remaining: int | None = Field(description="Events still to look at; null: it has not begun.")
    first_sequence: int | None = Field(description="Where its first copy is in the replay stream.")
    last_sequence: int | None = Field(description="Where its last copy is in the replay stream.")
    started_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    outcome: str | None = Field(description="Why it failed or was cancelled.")


class Asked(Body):
    """Which events are to be copied for whom, and why; masters must meet everything that is given."""

    subscriber: Line | None = Field(default=None, description="Its durable consumer.")
    domain: Line | None = None
    masters: list[UUID] = Field(default=[], max_length=1_000)
    load: UUID | None = Field(default=None, description="Masters that a record of this load is or was part of.")
    since: Instant | None = Field(default=None, description="Masters with a version recorded from this time on.")
    until: Instant | None = Field(default=None, description="Masters with a version recorded before this time.")
    events: Literal["newest", "all"] = "newest"
    reason: Reason


class Replays(Controller):
    """Replays of domains in which the caller may operate."""

    path = "/v1/replays"
    tags = ("Replays",)
    opt = allow(Permission.OPERATE)

    @get(sync_to_thread=True, summary="List the replays")
    def list_all(
        self,
        request: ApiRequest,
        standing: Annotated[StateOrAll, QueryParameter(name="state", description="waiting: for approval.")] = "all",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[Replay]:
        """Return replays, newest first."""
        before = begins_at(cursor, UUID)
        wanted = None if standing == "all" else standing
        with begin_of(request)() as work:
            found = replays.page(work, state=wanted, before=before, limit=limit + 1)
        return Page[Replay](
            items=[Replay.model_validate(view) for view in found[:limit]],
            next=next_link(request, found, limit, lambda view: view.id),
        )

    @post(sync_to_thread=True, status_code=HTTP_202_ACCEPTED, summary="Ask for a replay")
    def ask(self, request: ApiRequest, data: JSONBody[Asked]) -> Replay:
        """Have events copied to the replay stream: at once, or when another person has approved so many."""
        selection = Selection(
            domain=data.domain,
            masters=tuple(data.masters),
            load=data.load,
            since=data.since,
            until=data.until,
            events=data.events,
        )
        above = request.app.state.settings.replay_approval_above
        with begin_of(request)() as work:
            view = replays.request(
                work, selection=selection, subscriber=data.subscriber, reason=data.reason, approval_above=above
            )
        return Replay.model_validate(view)

    @get("/{replay_id:uuid}", sync_to_thread=True, summary="Show a replay")
    def read(self, request: ApiRequest, replay_id: FromPath[UUID]) -> Replay:
        """Return one replay with its progress."""
        with begin_of(request)() as work:
            return Replay.model_validate(replays.show(work, replay_id))

    @post("/{replay_id:uuid}/approve", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let a large replay run")
    def approve(self, request: ApiRequest, replay_id: FromPath[UUID], data: JSONBody[Reasoned | None] = None) -> Replay:
        """Approve what somebody else has asked for."""
        with begin_of(request)() as work:
            note = data.reason if data is not None else None
            return Replay.model_validate(replays.approve(work, replay_id, note=note))

    @post("/{replay_id:uuid}/cancel", sync_to_thread=True, status_code=HTTP_200_OK, summary="End a replay")
    def cancel(self, request: ApiRequest, replay_id: FromPath[UUID], data: JSONBody[Reasoned | None] = None) -> Replay:
        """End a replay before its time; what was copied stays copied."""
        with begin_of(request)() as work:
            note = data.reason if data is not None else None
            return Replay.model_validate(replays.cancel(work, replay_id, note=note))

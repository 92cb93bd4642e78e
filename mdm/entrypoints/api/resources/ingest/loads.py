"""`/v1/loads`: files that were loaded, how far their rows have come, and those that are held until someone decides."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of, hub_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Reasoned
from mdm.hub.ingest import loads
from mdm.hub.ingest.holding import deciding
from mdm.hub.ingest.holding.examples import examples

State = Literal["loading", "comparing", "accepted", "held", "released", "discarded"]


class HoldReason(Body):
    """Why something is held."""

    what: str = Field(
        description="`deleted`, `changed`, `blanked`, `unreadable`, or `failed`: it could not be compared."
    )
    text: str = Field(description="The same in words and figures.", examples=["62% of 400 known records change."])
    domain: str | None
    attribute: str | None
    count: int
    of: int
    limit: float = Field(description="The share above which it is held.")


class ComparedDomain(Body):
    """What a load would have changed in a domain when it was compared."""

    records: dict[str, int] = Field(
        description="Records that are `new`, `unchanged`, `changed` or `deleted`; `late` counts facts."
    )
    changed: dict[str, int] = Field(description="By attribute: records that get another value, or lose theirs.")
    blanked: dict[str, int] = Field(description="By attribute: records that lose their value.")


class LoadStatus(Body):
    """A load, and what became of its deliveries."""

    id: UUID
    source: str
    feed: str
    file_name: str
    state: str = Field(
        description="`comparing` and `held` ones wait, `accepted` and `released` ones are processed or done."
    )
    rows: int
    started_by: str
    started_at: datetime
    accepted_at: datetime | None
    deliveries: dict[str, int] = Field(description="Deliveries counted by state.")
    domains: list[str]
    comparison: dict[str, ComparedDomain] | None = Field(description="By domain; null: it was not, or is not compared.")
    unreadable: int | None = Field(description="Rows that cannot be used, as far as it is compared.")
    reasons: list[HoldReason] = Field(description="Why it was held, the worst first.")
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class ChangeExample(Body):
    """What becomes of one attribute."""

    attribute: str
    before: Any
    after: Any
    masked: bool = Field(description="Whether the values are left out because the key may not see them.")


class RowExample(Body):
    """A row of a held load."""

    delivery: int
    row: int | None = Field(description="Its line in the file.")
    domain: str | None
    key: str | None
    does: str = Field(description="What it does to its record: `changed`, `deleted`; or `unreadable`.")
    changes: list[ChangeExample]
    problem: str | None = Field(description="Why it cannot be used.")


class LoadInFull(LoadStatus):
    """A load with examples of what it would do."""

    examples: list[RowExample] = Field(default=[], description="Of a held load: rows behind its reasons.")


class Loads(Controller):
    """Loads, newest first: operators see all, stewards those that speak of their domains."""

    path = "/v1/loads"
    tags = ("Loads",)
    opt = allow(Permission.OPERATE, Permission.STEWARD)

    @get(sync_to_thread=True, summary="List the loads")
    def list_all(
        self,
        request: ApiRequest,
        standing: Annotated[State | None, QueryParameter(name="state", description="Only those in this state.")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[LoadStatus]:
        """Return loads, newest first; `?state=held` those that wait for a decision."""
        before = begins_at(cursor, UUID)
        with begin_of(request)() as work:
            found = loads.page(work, state=standing, before=before, limit=limit + 1)
        return Page[LoadStatus](
            items=[LoadStatus.model_validate(load) for load in found[:limit]],
            next=next_link(request, found, limit, lambda load: load.id),
        )

    @get("/{load_id:uuid}", sync_to_thread=True, summary="Show a load")
    def read(self, request: ApiRequest, load_id: FromPath[UUID]) -> LoadInFull:
        """Return one load with the states of its deliveries, and of a held one examples of what it would do."""
        with begin_of(request)() as work:
            shown = LoadStatus.model_validate(loads.show(work, load_id))
            rows = examples(work, load_id, registry=hub_of(request).registry)
        return LoadInFull(**shown.model_dump(), examples=[RowExample.model_validate(row) for row in rows])

    @post("/{load_id:uuid}/release", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let a held load go on")
    def release(self, request: ApiRequest, load_id: FromPath[UUID], data: JSONBody[Reasoned]) -> LoadStatus:
        """Have a held load processed, or one that was discarded; not by who started it."""
        with begin_of(request)() as work:
            return LoadStatus.model_validate(deciding.release_load(work, load_id, reason=data.reason))

    @post("/{load_id:uuid}/discard", sync_to_thread=True, status_code=HTTP_200_OK, summary="Discard a held load")
    def discard(self, request: ApiRequest, load_id: FromPath[UUID], data: JSONBody[Reasoned]) -> LoadStatus:
        """End every row of a held load without processing it; its bytes stay. Not by who started it."""
        with begin_of(request)() as work:
            return LoadStatus.model_validate(deciding.discard_load(work, load_id, reason=data.reason))

"""`/v1/loads`: files that were loaded, and how far their rows have come."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.hub.ingest import loads


class LoadStatus(BaseModel):
    """A load, and what became of its deliveries."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID
    source: str
    feed: str
    file_name: str
    state: str
    rows: int
    started_by: str
    started_at: datetime
    accepted_at: datetime | None
    deliveries: dict[str, int] = Field(description="Deliveries counted by state.")


class Loads(Controller):
    """Loads, newest first."""

    path = "/v1/loads"
    tags = ("Loads",)
    opt = allow(Permission.OPERATE)

    @get(sync_to_thread=True, summary="List the loads")
    def list_all(self, request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[LoadStatus]:
        """Return loads, newest first."""
        before = begins_at(cursor, UUID)
        with begin_of(request)() as work:
            found = loads.page(work, before=before, limit=limit + 1)
        return Page[LoadStatus](
            items=[LoadStatus.model_validate(load) for load in found[:limit]],
            next=next_link(request, found, limit, lambda load: load.id),
        )

    @get("/{load_id:uuid}", sync_to_thread=True, summary="Show a load")
    def read(self, request: ApiRequest, load_id: FromPath[UUID]) -> LoadStatus:
        """Return one load with the states of its deliveries."""
        with begin_of(request)() as work:
            return LoadStatus.model_validate(loads.show(work, load_id))

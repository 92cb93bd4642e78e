"""`/v1/quarantine`: input that was set aside, its bytes, and what people decide about it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.errors import NotFound
from mdm.hub.ingest import quarantine

State = Literal["open", "replayed", "discarded", "all"]


class Quarantined(BaseModel):
    """Input that was set aside, and why."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: int
    state: str
    delivery: int | None = Field(validation_alias="delivery_id", description="None: the message was not accepted.")
    source: str
    message_id: str
    domain: str | None
    source_key: str | None
    code: str
    message: str
    details: dict[str, Any]
    fingerprint: str = Field(description="The same for input that is set aside for the same reason in the same place.")
    severity: str
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class Decision(BaseModel):
    """What a person says about a decision."""

    model_config = ConfigDict(extra="forbid")

    note: str | None = Field(default=None, max_length=2_000)

    @field_validator("note")
    @classmethod
    def _is_text(cls, note: str | None) -> str | None:
        if note is not None and not note.replace("\n", " ").isprintable():
            raise ValueError("contains a control character")
        return note


class Quarantine(Controller):
    """Quarantined input, newest first."""

    path = "/v1/quarantine"
    tags = ("Quarantine",)
    opt = allow(Permission.QUARANTINE)

    @get(sync_to_thread=True, summary="List quarantined input")
    def list_all(
        self,
        request: ApiRequest,
        decided: Annotated[
            State, QueryParameter(name="state", description="What was decided; open: nothing.")
        ] = "open",
        domain: FromQuery[str | None] = None,
        source: FromQuery[str | None] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[Quarantined]:
        """Return quarantined input of the domains that the key is for, newest first."""
        before = begins_at(cursor, paging.number(paging.LARGEST_SERIAL))
        wanted = None if decided == "all" else decided
        with begin_of(request)() as work:
            found = quarantine.page(work, state=wanted, domain=domain, source=source, before=before, limit=limit + 1)
        return Page[Quarantined](
            items=[Quarantined.model_validate(row) for row in found[:limit]],
            next=next_link(request, found, limit, lambda row: row.id),
        )

    @get("/{quarantine_id:int}", sync_to_thread=True, summary="Show quarantined input")
    def read(self, request: ApiRequest, quarantine_id: FromPath[int]) -> Quarantined:
        """Return one quarantined input, without its bytes."""
        with begin_of(request)() as work:
            return Quarantined.model_validate(quarantine.show(work, _serial(quarantine_id)))

    @get(
        "/{quarantine_id:int}/raw",
        sync_to_thread=True,
        media_type="application/octet-stream",
        summary="Fetch the bytes as they were received",
    )
    def raw(
        self,
        request: ApiRequest,
        quarantine_id: FromPath[int],
        reason: Annotated[str | None, QueryParameter(max_length=2_000, description="Why, for the log.")] = None,
    ) -> Response[bytes]:
        """Return the bytes exactly as the source sent them: for who sees everything of the domain, or may reveal."""
        with begin_of(request)() as work:
            raw = quarantine.raw_bytes(work, _serial(quarantine_id), reason=reason)
        name = f"quarantine-{quarantine_id}.bin"
        return Response(
            content=raw,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @post("/{quarantine_id:int}/replay", sync_to_thread=True, status_code=HTTP_200_OK, summary="Process it again")
    def replay(
        self, request: ApiRequest, quarantine_id: FromPath[int], data: JSONBody[Decision | None] = None
    ) -> Quarantined:
        """Let a quarantined delivery be processed again, because a mapping, declaration or earlier message changed."""
        with begin_of(request)() as work:
            note = data.note if data is not None else None
            return Quarantined.model_validate(quarantine.replay(work, _serial(quarantine_id), note=note))

    @post("/{quarantine_id:int}/discard", sync_to_thread=True, status_code=HTTP_200_OK, summary="End it for good")
    def discard(
        self, request: ApiRequest, quarantine_id: FromPath[int], data: JSONBody[Decision | None] = None
    ) -> Quarantined:
        """End a quarantined delivery for good; its bytes stay."""
        with begin_of(request)() as work:
            note = data.note if data is not None else None
            return Quarantined.model_validate(quarantine.discard(work, _serial(quarantine_id), note=note))


def _serial(number: int) -> int:
    if not 0 < number <= paging.LARGEST_SERIAL:
        raise NotFound(f"There is no quarantined input {number}.")
    return number

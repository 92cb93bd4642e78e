"""`/v1/{domain}`: golden records, at any valid and recorded time, and how to find them."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import KnownAt, ValidAt, instant, times_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, link_after, next_link
from mdm.entrypoints.api.representation import tagged
from mdm.entrypoints.api.resources.stewardship.carrying_out import Preview
from mdm.entrypoints.api.resources.stewardship.creation import SHOWN, Create, CreatedMaster, create
from mdm.hub.golden import read as golden
from mdm.hub.golden.history import search_at
from mdm.hub.golden.read import GoldenView
from mdm.hub.golden.times import NOW, Times

LONGEST_SEARCH = 200

SearchText = Annotated[
    str | None,
    QueryParameter(max_length=LONGEST_SEARCH, description="Words that name, identifiers or place must contain."),
]


class Link(BaseModel):
    """A source record of a master."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    source: str
    key: str
    link_no: int
    reason: str
    deleted_at: datetime | None


class GoldenRecord(BaseModel):
    """A golden record at one valid and one recorded time."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    domain: str
    id: UUID = Field(validation_alias="master_id")
    version: int
    status: str
    recorded_at: datetime
    release: int
    valid_from: datetime | None = Field(description="From when these attributes hold; null: always have.")
    valid_to: datetime | None = Field(description="Until when these attributes hold; null: until further notice.")
    attributes: dict[str, Any]
    masked: list[str] = Field(description="Attributes that have a value which is not shown here.")
    provenance: dict[str, Any] | None
    crosswalk: list[Link]
    aliases: list[UUID] = Field(description="Ids that were merged into this one.")


class FoundMaster(BaseModel):
    """A search result."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID = Field(validation_alias="master_id")
    version: int
    status: str
    attributes: dict[str, Any]


class Version(BaseModel):
    """An announced state of a master."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    version: int
    recorded_at: datetime
    status: str
    merged_into: UUID | None
    event_id: UUID
    event_type: str
    release: int
    cause: dict[str, Any]


class GoldenRecords(Controller):
    """Golden records of one domain."""

    path = "/v1/{domain:str}"
    tags = ("Golden records",)
    opt = allow(Permission.READ)

    @get(sync_to_thread=True, summary="Search, or list all")
    def search(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        q: SearchText = None,
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[FoundMaster]:
        """Return live golden records, in id order; without `q` all of them.

        With a time, they are searched as they were then. No index knows that: a page ends after 20,000 golden records,
        even if few of them or none was found, and `next` goes on.
        """
        after = begins_at(cursor, UUID)
        times = times_of(valid_at, known_at)
        if times != NOW:
            return _search_then(request, domain, q, times, after=after, limit=limit)
        with begin_of(request)() as work:
            found = golden.search(work, domain, q, after=after, limit=limit + 1)
        return Page[FoundMaster](
            items=[FoundMaster.model_validate(master) for master in found[:limit]],
            next=next_link(request, found, limit, lambda master: master.master_id),
        )

    @post(sync_to_thread=True, opt=allow(Permission.STEWARD), responses=SHOWN, summary="Create a golden record")
    def create(
        self, request: ApiRequest, domain: FromPath[str], data: JSONBody[Create], *, preview: Preview = False
    ) -> Response[CreatedMaster]:
        """Create a golden record of the stewards' own source, matched and approved like what any source sends.

        Look for duplicates with `POST /v1/{domain}:check` first: one that matches joins the master that is there.
        """
        return create(request, domain, data, only_preview=preview)

    @get("/{master_id:uuid}", sync_to_thread=True, summary="Read a golden record")
    def read(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        *,
        provenance: FromQuery[bool] = True,
    ) -> Response[GoldenRecord]:
        """Return a golden record as it held at `valid_at`, as far as it was known at `known_at`.

        An id that was merged is answered with its survivor, whose address is in Content-Location.
        """
        at = {"valid_at": instant("valid_at", valid_at), "known_at": instant("known_at", known_at)}
        with begin_of(request)() as work:
            view = golden.read(work, domain, master_id, **at)
        return _answer(request, view, provenance=provenance, located=view.master_id == master_id)

    @get("/by-source/{source:str}/{key:path}", sync_to_thread=True, summary="Read the golden record of a source record")
    def by_source(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        source: FromPath[str],
        key: FromPath[str],
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        *,
        provenance: FromQuery[bool] = True,
    ) -> Response[GoldenRecord]:
        """Return the golden record a source record is linked to, or was as far as was known at `known_at`.

        Its address is in Content-Location.
        """
        at = {"valid_at": instant("valid_at", valid_at), "known_at": instant("known_at", known_at)}
        with begin_of(request)() as work:
            master_id = golden.find(work, domain, source, _key(request, key), known_at=at["known_at"])
            view = golden.read(work, domain, master_id, **at)
        return _answer(request, view, provenance=provenance, located=False)

    @get("/{master_id:uuid}/versions", sync_to_thread=True, summary="List the versions of a master")
    def versions(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        known_at: KnownAt = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[Version]:
        """Return the announced versions, newest first; an id that was merged keeps its own.

        A version is the whole of valid time: there is no `valid_at` to ask for.
        """
        before, by = begins_at(cursor, paging.number(paging.LARGEST_NUMBER)), instant("known_at", known_at)
        with begin_of(request)() as work:
            found = golden.versions(work, domain, master_id, known_at=by, before=before, limit=limit + 1)
        return Page[Version](
            items=[Version.model_validate(version) for version in found[:limit]],
            next=next_link(request, found, limit, lambda version: version.version),
        )


def _search_then(
    request: ApiRequest, domain: str, text: str | None, times: Times, *, after: UUID | None, limit: int
) -> Page[FoundMaster]:
    """Answer a search at another time than now."""
    with begin_of(request)() as work:
        found = search_at(work, domain, text, times, after=after, limit=limit)
    items = [FoundMaster.model_validate(master) for master in found.items]
    return Page[FoundMaster](items=items, next=link_after(request, found.last))


def _answer(request: ApiRequest, view: GoldenView, *, provenance: bool, located: bool) -> Response[GoldenRecord]:
    """Answer with a golden record, and with its address unless the request was `located` there."""
    record = GoldenRecord.model_validate(view)
    shown = record if provenance else record.model_copy(update={"provenance": None})
    headers = {} if located else {"Content-Location": f"/v1/{view.domain}/{view.master_id}"}
    return tagged(request, shown, headers=headers)


def _key(request: ApiRequest, normalized: str) -> str:
    """Return the key as it was sent: routing drops slashes that may be part of it."""
    raw: bytes = request.scope.get("raw_path") or b""
    _, found, rest = raw.split(b"?", 1)[0].partition(b"/by-source/")
    key = rest.partition(b"/")[2]
    return unquote(key.decode("latin-1")) if found and key else normalized.removeprefix("/")

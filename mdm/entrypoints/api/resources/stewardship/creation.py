"""`POST /v1/{domain}`: golden records that a steward creates."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.entrypoints.api.authentication import ApiRequest, begin_of, hub_of
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.entrypoints.api.resources.stewardship.bodies import Carried, ChangedSlice, Named, changed
from mdm.entrypoints.api.resources.stewardship.carrying_out import settled
from mdm.hub import Work
from mdm.hub.stewardship import creation
from mdm.hub.stewardship.creation import Created
from mdm.hub.stewardship.effects import execute, preview

MOST_ATTRIBUTES = 200
EXAMPLE: dict[str, Any] = {"name": "ACME Metallwerke GmbH", "country": "DE", "vat_id": "DE136695976"}


class Create(Carried):
    """What is known of the new one; see /v1/domains for its attributes."""

    attributes: Annotated[dict[str, Any], Field(min_length=1, max_length=MOST_ATTRIBUTES, examples=[EXAMPLE])]


class CreatedMaster(Body):
    """What came of a creation, or would."""

    domain: str
    preview: bool = Field(description="true: nothing was created.")
    digest: str = Field(description="Names what comes of it: sent with the creation, nothing else is done.")
    id: UUID | None = Field(description="null: it does not exist before it is created.")
    version: int
    joined: bool = Field(description="Whether it matches a master that was there before, and became part of it.")
    record: Named | None = Field(description="The stewards' own source record, under which it can be changed.")
    attributes: dict[str, Any] = Field(description="Of the golden record then, as far as the caller may see them.")
    masked: list[str]
    held: list[str] = Field(description="Attributes and coupled groups that wait for their owners.")
    slices: list[ChangedSlice] = Field(description="Every interval in which values change when they approve.")
    more_slices: int = Field(description="How many more there are.")


SHOWN = {HTTP_200_OK: ResponseSpec(CreatedMaster, generate_examples=False, description="What would come of it.")}


def create(request: ApiRequest, domain: str, data: Create, *, only_preview: bool) -> Response[CreatedMaster]:
    """Create a golden record, or tell what would come of it."""
    made = settled(begin_of(request), lambda work: _created(work, request, domain, data, only_preview=only_preview))
    answer = _answer(made, only_preview=only_preview)
    if only_preview:
        return Response(answer, status_code=HTTP_200_OK)
    return Response(answer, headers={"Location": f"/v1/{made.domain}/{made.master_id}"})


def _created(work: Work, request: ApiRequest, domain: str, data: Create, *, only_preview: bool) -> Created:
    def operation() -> Created:
        registry = hub_of(request).registry
        return creation.create(work, domain, data.attributes, reason=data.reason, registry=registry)

    return preview(work, operation) if only_preview else execute(operation, expected=data.digest)


def _answer(made: Created, *, only_preview: bool) -> CreatedMaster:
    return CreatedMaster(
        domain=made.domain,
        preview=only_preview,
        digest=made.digest,
        id=None if only_preview and not made.joined else made.master_id,
        version=made.version,
        joined=made.joined,
        record=None if only_preview else Named(source=made.source, key=made.key),
        attributes=made.attributes,
        masked=made.masked,
        held=made.held,
        slices=changed(made.slices),
        more_slices=made.slices.more,
    )

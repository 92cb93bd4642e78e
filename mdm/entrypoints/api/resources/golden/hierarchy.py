"""`/v1/{domain}/{id}/tree`, `/ancestors` and `/where-used`: how golden records hang together, now and then."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath, QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import KnownAt, ValidAt, times_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, link_after
from mdm.entrypoints.api.representation import tagged
from mdm.hub.relations import hierarchy

DEEPEST = 100
LARGEST_TREE = 5_000

Depth = Annotated[int, QueryParameter(ge=1, le=DEEPEST, description="Levels below the record.")]
MostNodes = Annotated[int, QueryParameter(ge=1, le=LARGEST_TREE, description="Records in the tree, level by level.")]
ByDomain = Annotated[
    str | None, QueryParameter(max_length=63, description="Only golden records of this domain; default: of every one.")
]
ByAttribute = Annotated[str | None, QueryParameter(max_length=63, description="Only references by this attribute.")]


class Node(BaseModel):
    """A golden record in a hierarchy, with the attributes by which people know it."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID = Field(validation_alias="master_id")
    domain: str
    version: int
    status: str
    parent: UUID | None = Field(validation_alias="parent_id", description="The golden record above it, if shown here.")
    attribute: str | None = Field(description="The reference that leads up here, or among ancestors up to it.")
    depth: int = Field(description="How many levels away it is.")
    attributes: dict[str, Any]


class Tree(BaseModel):
    """A golden record and what is below it."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    root: Node
    below: list[Node] = Field(description="Level by level; `parent` says under which one each stands.")
    truncated: bool = Field(description="Whether there is more than `limit` allows.")


class Ancestors(BaseModel):
    """What is above a golden record, the nearest first."""

    model_config = ConfigDict(extra="forbid")

    items: list[Node]


class Use(BaseModel):
    """A golden record that refers to another one."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID = Field(validation_alias="master_id")
    domain: str
    version: int
    status: str
    attribute: str = Field(description="The attribute by which it refers.")
    upward: bool = Field(description="Whether it stands below in the hierarchy.")
    attributes: dict[str, Any]


class Hierarchy(Controller):
    """How golden records hang together."""

    path = "/v1/{domain:str}/{master_id:uuid}"
    tags = ("Hierarchies",)
    opt = allow(Permission.READ)

    @get("/tree", sync_to_thread=True, summary="Show what is below a golden record")
    def tree(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        depth: Depth = DEEPEST,
        limit: MostNodes = 1_000,
    ) -> Response[Tree]:
        """Return the golden records below this one as they were at `valid_at`, as far as was known at `known_at`."""
        with begin_of(request)() as work:
            found = hierarchy.tree(work, domain, master_id, times_of(valid_at, known_at), depth=depth, limit=limit)
        return tagged(request, Tree.model_validate(found))

    @get("/ancestors", sync_to_thread=True, summary="Show what is above a golden record")
    def ancestors(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
    ) -> Response[Ancestors]:
        """Return the golden records above this one, the nearest first."""
        with begin_of(request)() as work:
            found = hierarchy.ancestors(work, domain, master_id, times_of(valid_at, known_at))
        return tagged(request, Ancestors(items=[Node.model_validate(node) for node in found]))

    @get("/where-used", sync_to_thread=True, summary="Find what refers to a golden record")
    def where_used(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        valid_at: ValidAt = None,
        known_at: KnownAt = None,
        by_domain: ByDomain = None,
        attribute: ByAttribute = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[Use]:
        """Return the golden records of any domain that refer to this one, or to one that was merged into it."""
        after = begins_at(cursor, paging.number(paging.LARGEST_SERIAL)) or 0
        with begin_of(request)() as work:
            found = hierarchy.where_used(
                work,
                domain,
                master_id,
                times_of(valid_at, known_at),
                by_domain=by_domain,
                attribute=attribute,
                after=after,
                limit=limit,
            )
        return Page[Use](items=[Use.model_validate(use) for use in found.items], next=link_after(request, found.last))

"""`/v1/asyncapi.json` and `/v1/schemas`: events describe themselves, in the domains that the key is for."""

from typing import Any

from litestar import Controller, Response, get
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, ConfigDict, Field

from mdm import __version__
from mdm.core.domains import Catalog
from mdm.entrypoints.api.authentication import ANYONE, ApiRequest, allow, hub_of
from mdm.entrypoints.api.fact_schema import FACT
from mdm.hub.publishing.contracts import Form, asyncapi, find_schema, schema_names

READABLE = allow(*ANYONE, browser=True)
JSON_SCHEMA = "application/schema+json"
CACHED = {"Cache-Control": "private, max-age=3600"}


class SchemaEntry(BaseModel):
    """A schema and where it is."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    release: int | None = Field(description="The release of the domain's rules that it follows; null: of no domain.")
    href: str


class Contracts(Controller):
    """What events look like; schemas come in the form for readers unless the writer's closed one is asked for."""

    path = "/v1"
    tags = ("Contracts",)

    @get("/asyncapi.json", sync_to_thread=False, opt=READABLE, summary="Describe events and their subjects")
    def describe(self, request: ApiRequest, form: FromQuery[Form] = Form.READER) -> Response[dict[str, Any]]:
        """Return the AsyncAPI 3.0 document."""
        settings = request.app.state.settings
        streams = {
            "golden": settings.stream,
            "audit": settings.audit_stream,
            "replay": settings.replay_stream,
            "deliveries": settings.delivery_stream,
        }
        domains = _catalog(request).domains.values()
        document = asyncapi(domains, version=__version__, fact=FACT, streams=streams, form=form)
        return Response(document, headers=CACHED)

    @get("/schemas", sync_to_thread=False, opt=READABLE, summary="List the schemas of events")
    def list_all(self, request: ApiRequest) -> list[SchemaEntry]:
        """Return the schemas of the envelope, of every type of event, and of every domain."""
        catalog = _catalog(request)
        return [_entry(catalog, name) for name in schema_names(catalog.domains)]

    @get(
        "/schemas/{name:str}",
        sync_to_thread=False,
        opt=READABLE,
        media_type=JSON_SCHEMA,
        summary="Get a schema of events",
    )
    def find(
        self, request: ApiRequest, name: FromPath[str], form: FromQuery[Form] = Form.READER
    ) -> Response[dict[str, Any]]:
        """Return a JSON Schema (2020-12): of the headers, of a type of event, or of a domain's golden data."""
        return Response(find_schema(_catalog(request), name, form=form), media_type=JSON_SCHEMA, headers=CACHED)


def _catalog(request: ApiRequest) -> Catalog:
    """Return the domains that the key is for."""
    domains = hub_of(request).catalog.domains
    return Catalog({name: domain for name, domain in domains.items() if request.user.sees(name)})


def _entry(catalog: Catalog, name: str) -> SchemaEntry:
    domain = catalog.domains.get(name)
    title = find_schema(catalog, name, form=Form.READER)["title"]
    return SchemaEntry(name=name, title=title, release=domain.release if domain else None, href=f"/v1/schemas/{name}")

"""`/openapi.json` and `/docs`: the API describes itself, with a page that loads nothing from elsewhere."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.enums import MediaType
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath
from litestar.serialization import encode_json

from mdm import __version__
from mdm.entrypoints.api.authentication import ANYONE, allow
from mdm.entrypoints.api.fact_schema import complete

FOLDER = Path(__file__).parent.parent / "swagger"
ASSETS = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon.png": "image/png",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
READABLE = allow(*ANYONE, browser=True)
CACHED = {"Cache-Control": "private, max-age=3600"}
DESCRIPTION = """\
Facts about customers and suppliers come in under **Deliveries**; what they amount to is under **Golden records**.

Every request needs an API key or an access token, `Authorization: Bearer …`; `mdm key create` makes a key. Errors are
problem documents (RFC 9457) whose `type` is explained at that path. Long lists are read by following `next`.
"""


class SwaggerPage(OpenAPIRenderPlugin):
    """The page that shows the document."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """Return the page; the document it shows is at /openapi.json."""
        return _file("index.html")


class DocumentPlugin(OpenAPIRenderPlugin):
    """The document beside the page."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """Return the OpenAPI 3.1 document."""
        return encode_json(complete(openapi_schema))


def refuse_unknown_page(response: Response[Any]) -> Response[Any]:
    """Turn the framework's own page for unknown paths into a problem, and let the page load its parts."""
    if response.status_code == NotFoundException.status_code:
        raise NotFoundException
    response.headers.update(CACHED | {"Content-Security-Policy": PAGE_POLICY})
    return response


@get("/assets/{name:str}", sync_to_thread=False, include_in_schema=False)
def asset(name: FromPath[str]) -> Response[bytes]:
    """Return a part of the page."""
    if name not in ASSETS:
        raise NotFoundException
    return Response(content=_file(name), media_type=ASSETS[name])


@get("/openapi.json", sync_to_thread=False, include_in_schema=False, opt=READABLE)
def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the OpenAPI 3.1 document."""
    document = complete(request.app.openapi_schema.to_schema())
    return Response(content=encode_json(document), media_type="application/json", headers=CACHED)


def documented() -> OpenAPIConfig:
    """Return what the framework needs to describe the API and to serve the page."""
    key = SecurityScheme(type="http", scheme="bearer", bearer_format="mdm_…", description="An API key of the hub.")
    return OpenAPIConfig(
        title="Golden-record hub",
        version=__version__,
        description=DESCRIPTION,
        components=Components(security_schemes={"key": key}),
        security=[{"key": []}],
        use_handler_docstrings=True,
        render_plugins=[SwaggerPage(path="/"), DocumentPlugin(path="/openapi.json", media_type=MediaType.JSON)],
        openapi_router=Router(
            "/docs",
            route_handlers=[asset],
            include_in_schema=False,
            opt=READABLE,
            after_request=refuse_unknown_page,
        ),
    )


@lru_cache(maxsize=8)
def _file(name: str) -> bytes:
    return (FOLDER / name).read_bytes()

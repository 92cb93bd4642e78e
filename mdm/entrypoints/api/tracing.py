"""What every exchange has: a correlation id that is handed on, a measured duration, and safe headers."""

import re
import time
from typing import cast

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram

from mdm.core.ids import new_id
from mdm.errors import InvalidInput
from mdm.hub.ingest.receive import Trace

CORRELATION = "X-Correlation-Id"
LONGEST_CORRELATION = 128
TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds
KEPT = "mdm_correlation_id"
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Tracing(ASGIMiddleware):
    """Refuses a malformed correlation id, binds it to the log, and measures how long the answer takes."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the histogram of request durations."""
        self._seconds = Histogram(
            "mdm_http_request_seconds",
            "Duration of requests by method, route and status.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=registry,
        )

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on and note when its answer begins."""
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                labels = (str(scope.get("method")), scope["path_template"], str(message["status"]))
                self._seconds.labels(*labels).observe(time.perf_counter() - began)
            await send(message)

        given = Headers.from_scope(scope).get(CORRELATION)
        if given is not None and not _usable(given):
            raise InvalidInput(
                f"The header {CORRELATION} is not 1 to {LONGEST_CORRELATION} printable ASCII characters.",
                path=CORRELATION,
            )
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_of(scope)):
            await next_app(scope, receive, noting)


async def finish_headers(message: Message, scope: Scope) -> None:
    """Add the headers that every answer has, also those of paths that do not exist."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in SAFE_HEADERS.items():
        headers.setdefault(name, value)
    headers[CORRELATION] = correlation_of(scope)
    if traceparent := traceparent_of(scope):
        headers["traceparent"] = traceparent


def correlation_of(scope: Scope) -> str:
    """Return the correlation id of a request: the caller's if it sent a usable one, else a new one."""
    kept = scope.setdefault("state", {})
    if KEPT not in kept:
        given = Headers.from_scope(scope).get(CORRELATION)
        kept[KEPT] = given if given is not None and _usable(given) else str(new_id())
    return cast("str", kept[KEPT])


def traceparent_of(scope: Scope) -> str | None:
    """Return the caller's W3C trace context; one that is malformed counts as none, as the standard says."""
    given = Headers.from_scope(scope).get("traceparent")
    return given if given is not None and TRACEPARENT.fullmatch(given) else None


def trace_of(scope: Scope) -> Trace:
    """Return what is handed on with whatever this request sets off."""
    return Trace(correlation_of(scope), traceparent_of(scope))


def _usable(text: str) -> bool:
    return 0 < len(text) <= LONGEST_CORRELATION and text.isascii() and text.isprintable()

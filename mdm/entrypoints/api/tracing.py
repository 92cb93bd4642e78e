"""What every exchange has: a correlation id that is handed on, a measured duration, and safe headers."""

import time
from typing import cast

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram

from mdm.core.ids import new_id
from mdm.core.trace import Trace, read_traceparent, read_tracestate
from mdm.errors import InvalidInput

CORRELATION = "X-Correlation-Id"
LONGEST_CORRELATION = 128
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
        with structlog.contextvars.bound_contextvars(**_bound(trace_of(scope))):
            await next_app(scope, receive, noting)


def _bound(trace: Trace) -> dict[str, str]:
    """Return what is bound to the log, and found there by whatever this request sets off."""
    known = {"traceparent": trace.traceparent, "tracestate": trace.tracestate}
    return {"correlation_id": trace.correlation_id, **{name: text for name, text in known.items() if text is not None}}


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
    """Return the caller's W3C trace context; one that is malformed, or sent twice, counts as none."""
    given = Headers.from_scope(scope).getall("traceparent", [])
    return read_traceparent(given[0]) if len(given) == 1 else None


def trace_of(scope: Scope) -> Trace:
    """Return what is handed on with whatever this request sets off."""
    traceparent = traceparent_of(scope)
    state = read_tracestate(Headers.from_scope(scope).getall("tracestate", [])) if traceparent else None
    return Trace(correlation_of(scope), traceparent, state)


def _usable(text: str) -> bool:
    return 0 < len(text) <= LONGEST_CORRELATION and text.isascii() and text.isprintable()

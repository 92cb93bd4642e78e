"""Who calls, and what they may: nothing is open unless it says so."""

import base64
import binascii
from typing import Any, Final, TypeAlias, cast

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, State
from litestar.enums import HttpMethod, ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from mdm.core.security import Actor, Permission, who_may
from mdm.entrypoints.api.oidc import TokenReader
from mdm.entrypoints.api.oidc.tokens import LONGEST
from mdm.errors import Forbidden, Unauthenticated
from mdm.hub import Hub
from mdm.hub.access import SCHEME, authenticate, authenticate_identity
from mdm.hub.ingest.conduct import Begin

ApiRequest: TypeAlias = Request[Actor, None, State]

OPEN: Final = {"open": True}
ANYONE: Final = tuple(Permission)  # with a key
BEARER = 'Bearer realm="mdm"'
BASIC = 'Basic realm="mdm: any user name, an API key as password", charset="UTF-8"'


def allow(*permissions: Permission, browser: bool = False) -> dict[str, Any]:
    """Say which permissions open a route, any of them; `browser` lets people give their key as a password."""
    return {"permissions": frozenset(permissions), "browser": browser}


class Authentication(ASGIMiddleware):
    """Finds out whose API key or access token came with the request, before anything of its body is read."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "open"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request pass as the actor its key or token stands for; raises Unauthenticated."""
        browser = bool(scope["route_handler"].opt.get("browser"))
        challenge = BASIC if browser else BEARER
        text = _credentials(Headers.from_scope(scope).getall("authorization", []), browser=browser)
        if text is None:
            hint = "Send the header `Authorization: Bearer mdm_…`; `mdm key create` makes a key."
            raise Unauthenticated("This needs an API key.", hint=hint, challenge=challenge)
        try:
            scope["user"] = await sync_to_thread(_actor, scope["litestar_app"].state, text)
        except Unauthenticated as error:
            invalid = challenge if browser else f'{challenge}, error="invalid_token"'
            raise Unauthenticated(error.message, hint=error.hint, challenge=invalid) from None
        await next_app(scope, receive, send)


def permit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a route to whom none of its permissions is granted, and to everybody if it names none."""
    if handler.opt.get("open"):
        return
    actor: Actor = connection.user
    if connection.scope.get("method") == HttpMethod.OPTIONS:
        return
    permissions: frozenset[Permission] = handler.opt.get("permissions", frozenset())
    if any(actor.may(permission) for permission in permissions):
        return
    if not any(actor.may(permission) for permission in Permission):
        raise Forbidden(f"{actor.name} holds no role here.", hint="An administrator gives roles.")
    if not permissions:
        raise Forbidden(f"{actor.name} may not do this.")
    asked = sorted(permissions)
    raise Forbidden(f"{actor.name} may not {' or '.join(asked)}.", hint=who_may(*asked))


def hub_of(request: ApiRequest) -> Hub:
    """Return the hub that answers a request."""
    return cast("Hub", request.app.state.hub)


def begin_of(request: ApiRequest) -> Begin:
    """Return how to begin a Work of the one who calls."""
    hub, actor = hub_of(request), request.user
    return lambda: hub.begin_as(actor)


def _actor(state: State, text: str) -> Actor:
    """Return the actor an API key, or an access token of the identity provider, stands for."""
    hub: Hub = state.hub
    tokens: TokenReader | None = state.tokens
    if tokens is None or text.startswith(f"{SCHEME}_"):
        with hub.begin() as work:
            return authenticate(work, text)
    identity = tokens.read(text)
    with hub.begin() as work:
        return authenticate_identity(work, identity, provision=state.settings.oidc_provision)


def _credentials(headers: list[str], *, browser: bool) -> str | None:
    """Return the key or token in an Authorization header, None if there is no usable one."""
    if len(headers) != 1:
        return None
    scheme, _, credentials = headers[0].strip().partition(" ")
    text: str | None = None
    if scheme.lower() == "bearer":
        text = credentials.strip()
    elif scheme.lower() == "basic" and browser:
        text = _password(credentials)
    return text if text and len(text) <= LONGEST and text.isascii() and text.isprintable() else None


def _password(credentials: str) -> str | None:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return None

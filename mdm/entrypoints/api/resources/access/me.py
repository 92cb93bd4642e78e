"""`/v1/me`: who calls, and what they may."""

from litestar import get
from pydantic import Field

from mdm.core.security import Permission
from mdm.core.security.actor import ALL
from mdm.entrypoints.api.authentication import ANYONE, ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body, Held, held
from mdm.hub.access.directory import own_entry


class Me(Body):
    """Who calls, and what they may."""

    name: str
    kind: str | None
    display_name: str | None
    roles: list[Held]
    permissions: dict[Permission, list[str]] = Field(description="What is permitted, and in which domains; `*`: all.")


@get("/v1/me", sync_to_thread=True, opt=allow(*ANYONE), tags=["People"], summary="Who calls")
def me(request: ApiRequest) -> Me:
    """Return the caller's name, roles and permissions."""
    with begin_of(request)() as work:
        entry, actor = own_entry(work), work.actor
    scopes = {permission: actor.scope(permission) for permission in Permission}
    return Me(
        name=actor.name,
        kind=None if entry is None else entry.kind,
        display_name=None if entry is None else entry.display_name,
        roles=[held(grant) for grant in actor.grants],
        permissions={p: sorted(ALL if scope is None else scope) for p, scope in scopes.items() if scope != frozenset()},
    )

"""`/v1/keys`: API keys, shown once when they are made."""

from datetime import datetime

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ANYONE, ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body, Instant, Line, Names, Reasoned
from mdm.hub import access


class NewKey(Reasoned):
    """A key to be made."""

    name: Line = Field(description="The person or service it belongs to; a new name with roles becomes a service.")
    purpose: Line = Field(default=access.PURPOSE, description="What it is for: two live keys at most for one purpose.")
    roles: Names | None = Field(default=None, description="Limit the key to these; default: all that its holder has.")
    domains: Names | None = Field(default=None, description="Limit the key to these; default: all of its holder's.")
    expires_at: Instant | None = None


class Rotation(Reasoned):
    """How a key is replaced."""

    overlap_days: int = Field(
        default=access.OVERLAP_DAYS, ge=0, le=access.LONGEST_OVERLAP, description="Days until the old key ends."
    )


class Key(Body):
    """A key as people may see it."""

    prefix: str
    name: str
    purpose: str
    roles: list[str] | None
    domains: list[str] | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class MadeKey(Key):
    """A new key with its text."""

    key: str = Field(description="Kept nowhere: it is shown this once.")


class Keys(Controller):
    """API keys; who does not administer sees, rotates and revokes their own."""

    path = "/v1/keys"
    tags = ("People",)
    opt = allow(*ANYONE)

    @get(sync_to_thread=True, summary="List keys")
    def list_all(self, request: ApiRequest) -> list[Key]:
        """Return keys without their secrets, oldest first, ended ones too."""
        with begin_of(request)() as work:
            return [Key.model_validate(key) for key in access.list_keys(work)]

    @post(sync_to_thread=True, opt=allow(Permission.ADMINISTER), summary="Make a key")
    def create(self, request: ApiRequest, data: JSONBody[NewKey]) -> MadeKey:
        """Make a key and show it, once."""
        with begin_of(request)() as work:
            return _made(*access.create_key(work, **data.model_dump()))

    @post("/{prefix:str}/rotate", sync_to_thread=True, summary="Replace a key")
    def rotate(self, request: ApiRequest, prefix: FromPath[str], data: JSONBody[Rotation]) -> MadeKey:
        """Make the key that takes the place of another one, which lives on until the overlap is over."""
        with begin_of(request)() as work:
            return _made(*access.rotate_key(work, prefix, overlap_days=data.overlap_days, reason=data.reason))

    @post("/{prefix:str}/revoke", sync_to_thread=True, status_code=HTTP_204_NO_CONTENT, summary="Revoke a key")
    def revoke(self, request: ApiRequest, prefix: FromPath[str], data: JSONBody[Reasoned]) -> None:
        """End a key at once."""
        with begin_of(request)() as work:
            access.revoke_key(work, prefix, reason=data.reason)


def _made(key: access.ShownKey, text: str) -> MadeKey:
    return MadeKey(**Key.model_validate(key).model_dump(), key=text)

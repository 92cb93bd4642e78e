"""API keys: made once, shown once, kept as hashes."""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from mdm.core.ids import new_id
from mdm.core.security import ROLES, Actor, Permission
from mdm.errors import AlreadyDecided, InvalidInput, NotFound, Unauthenticated
from mdm.store import api_keys
from mdm.store.tables import ApiKey
from mdm.store.work import Work

SCHEME = "mdm"
PREFIX_BYTES = 4
SECRET_BYTES = 32  # enough entropy that a plain SHA-256 is a safe hash


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as people may see it."""

    prefix: str
    name: str
    roles: list[str]
    domains: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def create_key(
    work: Work,
    *,
    name: str,
    roles: Collection[str],
    domains: Collection[str] = ("*",),
    expires_at: datetime | None = None,
) -> tuple[ShownKey, str]:
    """Make a key and return it with its secret text, which is nowhere kept."""
    work.actor.require(Permission.ADMINISTER)
    _check(work, name=name, roles=roles, domains=domains)
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(
        id=new_id(),
        prefix=prefix,
        hash=_hash(secret),
        name=name,
        roles=sorted(set(roles)),
        domains=sorted(set(domains)),
        created_by=work.actor.name,
        created_at=work.now,
        expires_at=expires_at,
    )
    api_keys.add(work.session, key)
    return _shown(key), f"{SCHEME}_{prefix}_{secret}"


def list_keys(work: Work) -> list[ShownKey]:
    """Return all keys, revoked ones too, oldest first."""
    work.actor.require(Permission.ADMINISTER)
    return [_shown(key) for key in api_keys.every(work.session)]


def revoke_key(work: Work, prefix: str) -> None:
    """End a key at once."""
    work.actor.require(Permission.ADMINISTER)
    if api_keys.find(work.session, prefix) is None:
        raise NotFound(f"There is no key {prefix}.", hint="`mdm key list` shows the keys.")
    if not api_keys.revoke(work.session, prefix, actor=work.actor.name, now=work.now):
        raise AlreadyDecided(f"Key {prefix} is revoked already.")


def authenticate(work: Work, text: str) -> Actor:
    """Return the actor a key stands for; raises Unauthenticated without saying which part was wrong."""
    scheme, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    findable = scheme == SCHEME and prefix.isascii() and prefix.isalnum()
    key = api_keys.find(work.session, prefix) if findable else None
    expected = key.hash if key is not None else bytes(32)
    genuine = hmac.compare_digest(expected, _hash(secret)) and key is not None
    if not genuine or key is None or key.revoked_at is not None:
        raise Unauthenticated("The API key is not valid.", hint="`mdm key create` makes one.")
    if key.expires_at is not None and key.expires_at <= work.now:
        raise Unauthenticated("The API key has expired.", hint="`mdm key create` makes a new one.")
    return Actor(key.name, frozenset(key.roles), frozenset(key.domains))


def _shown(key: ApiKey) -> ShownKey:
    return ShownKey(
        prefix=key.prefix,
        name=key.name,
        roles=key.roles,
        domains=key.domains,
        created_by=key.created_by,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


def _hash(secret: str) -> bytes:
    return sha256(secret.encode(errors="replace")).digest()


def _check(work: Work, *, name: str, roles: Collection[str], domains: Collection[str]) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise InvalidInput("A key needs a name of 1 to 100 printable characters.", path="name")
    if not roles or not set(roles) <= ROLES.keys():
        raise InvalidInput(f"Roles are {', '.join(ROLES)}; given: {', '.join(roles) or 'none'}.", path="roles")
    known = {*work.catalog.domains, "*"}
    if not domains or not set(domains) <= known:
        raise InvalidInput(f"Domains are {', '.join(sorted(known))}; given: {', '.join(domains)}.", path="domains")

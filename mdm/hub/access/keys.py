"""API keys: made once, shown once, kept as hashes; each belongs to a principal and may be limited further."""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from mdm.core.ids import new_id
from mdm.core.security import Actor, Permission
from mdm.errors import AlreadyDecided, Deactivated, InvalidInput, NotFound, TooManyKeys, Unauthenticated
from mdm.hub.access.holding import actor_of, check_roles, check_scope
from mdm.hub.access.principals import add_principal, check_name, grant_to
from mdm.hub.action_log import log_action
from mdm.store.people import keys, principals
from mdm.store.tables import ApiKey, Principal
from mdm.store.work import Work

SCHEME = "mdm"
PREFIX_BYTES = 4
SECRET_BYTES = 32  # enough entropy that a plain SHA-256 is a safe hash
MOST_LIVE = 2  # keys of a principal for one purpose: the one in use, and the one that takes its place
LONGEST = timedelta(days=3_650)
OVERLAP_DAYS, LONGEST_OVERLAP = 7, 90
PURPOSE = "main"


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as people may see it; no roles or domains mean all that its holder has."""

    prefix: str
    name: str
    purpose: str
    roles: list[str] | None
    domains: list[str] | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def create_key(
    work: Work,
    *,
    name: str,
    roles: Collection[str] | None = None,
    domains: Collection[str] | None = None,
    purpose: str = PURPOSE,
    expires_at: datetime | None = None,
    reason: str | None = None,
) -> tuple[ShownKey, str]:
    """Make a key of the principal of this name and return it with its secret text, which is nowhere kept.

    Roles and domains limit the key to a part of what its holder has. A name nobody has yet becomes a service which
    holds these roles.
    """
    work.actor.require_everywhere(Permission.ADMINISTER)
    check_name(name)
    check_name(purpose, path="purpose")
    if roles is not None:
        check_roles(work, roles)
    if domains is not None:
        check_scope(work, domains=domains)
    if expires_at is not None and abs(expires_at - work.now) > LONGEST:
        raise InvalidInput(f"A key lasts {LONGEST.days:,} days at most.", path="expires_at")
    holder = principals.find(work.session, name)
    if holder is None:
        holder = _service(work, name, roles=roles, domains=domains or ("*",), reason=reason)
        roles = domains = None
    principals.get(work.session, holder.id, lock=True)
    _check_holder(work, holder, roles=roles)
    if len(keys.live(work.session, holder.id, purpose, now=work.now)) >= MOST_LIVE:
        raise TooManyKeys(hint=f"Revoke one of {name}'s keys for `{purpose}`; `mdm key list` shows them.")
    return _made(work, holder, roles=roles, domains=domains, purpose=purpose, expires_at=expires_at, reason=reason)


def list_keys(work: Work) -> list[ShownKey]:
    """Return all keys, ended ones too, oldest first; who does not administer sees their own."""
    everyone = work.actor.may_everywhere(Permission.ADMINISTER)
    found = keys.every(work.session, holder=None if everyone else work.actor.name)
    return [_shown(key, holder) for key, holder in found]


def rotate_key(
    work: Work, prefix: str, *, overlap_days: int = OVERLAP_DAYS, reason: str | None = None
) -> tuple[ShownKey, str]:
    """Make a key that takes the place of another one, which ends when the overlap is over; for one's own keys too."""
    old, holder = _owned(work, prefix)
    if not 0 <= overlap_days <= LONGEST_OVERLAP:
        raise InvalidInput(f"Both keys live for 0 to {LONGEST_OVERLAP} days.", path="overlap_days")
    now = work.now
    live = keys.live(work.session, holder.id, old.purpose, now=now)
    if old.prefix not in {key.prefix for key in live}:
        raise AlreadyDecided(f"Key {prefix} has ended.", hint="`mdm key create` makes a new one.")
    if len(live) >= MOST_LIVE:
        raise TooManyKeys(hint=f"Revoke the other key of {holder.name} for `{old.purpose}` first.")
    _check_holder(work, holder, roles=None)
    lifetime = None if old.expires_at is None else old.expires_at - old.created_at
    ends = now + timedelta(days=overlap_days)
    old.expires_at = ends if old.expires_at is None else min(old.expires_at, ends)
    work.session.flush()
    return _made(
        work,
        holder,
        roles=old.roles,
        domains=old.domains,
        purpose=old.purpose,
        expires_at=None if lifetime is None else now + lifetime,
        reason=reason,
        takes_place_of=prefix,
    )


def revoke_key(work: Work, prefix: str, *, reason: str | None = None) -> None:
    """End a key at once; for one's own keys too."""
    _, holder = _owned(work, prefix)
    if not keys.revoke(work.session, prefix, actor=work.actor.name, now=work.now):
        raise AlreadyDecided(f"Key {prefix} is revoked already.")
    log_action(work, action="key.revoked", subject=f"key/{prefix}", reason=reason, details={"holder": holder.name})


def authenticate(work: Work, text: str) -> Actor:
    """Return the actor a key stands for; raises Unauthenticated without saying which part was wrong."""
    scheme, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    findable = scheme == SCHEME and prefix.isascii() and prefix.isalnum()
    found = keys.find(work.session, prefix) if findable else None
    expected = found[0].hash if found is not None else bytes(32)
    genuine = hmac.compare_digest(expected, _hash(secret)) and found is not None
    if not genuine or found is None or found[0].revoked_at is not None or found[1].deactivated_at is not None:
        raise Unauthenticated("The API key is not valid.", hint="`mdm key create` makes one.")
    key, holder = found
    if key.expires_at is not None and key.expires_at <= work.now:
        raise Unauthenticated("The API key has expired.", hint="`mdm key create` makes a new one.")
    return actor_of(work, holder, key=key)


def _service(
    work: Work, name: str, *, roles: Collection[str] | None, domains: Collection[str], reason: str | None
) -> Principal:
    if roles is None:
        hint = "Give it roles to make a service of that name, or create the person first."
        raise NotFound(f"There is no person or service {name}.", hint=hint)
    service = add_principal(work, name=name, kind="service", reason=reason)
    for role in sorted(set(roles)):
        grant_to(work, service, role=role, domains=domains, reason=reason)
    return service


def _check_holder(work: Work, holder: Principal, *, roles: Collection[str] | None) -> None:
    if holder.deactivated_at is not None:
        raise Deactivated(f"{holder.name} is deactivated.", hint="Activate them first.")
    held = actor_of(work, holder).roles if roles else frozenset[str]()
    if missing := sorted(set(roles or ()) - held):
        hint = "Grant them first, or leave them out."
        raise InvalidInput(f"{holder.name} does not hold {', '.join(missing)}.", hint=hint, path="roles")


def _owned(work: Work, prefix: str) -> tuple[ApiKey, Principal]:
    """Return a key, locked, that the actor may manage: their own, or any for an administrator."""
    found = keys.find(work.session, prefix, lock=True)
    if found is None or found[1].name != work.actor.name:
        work.actor.require_everywhere(Permission.ADMINISTER)
    if found is None:
        raise NotFound(f"There is no key {prefix}.", hint="`mdm key list` shows the keys.")
    return found


def _made(
    work: Work,
    holder: Principal,
    *,
    roles: Collection[str] | None,
    domains: Collection[str] | None,
    purpose: str,
    expires_at: datetime | None,
    reason: str | None,
    takes_place_of: str | None = None,
) -> tuple[ShownKey, str]:
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(
        id=new_id(),
        principal_id=holder.id,
        purpose=purpose,
        prefix=prefix,
        hash=_hash(secret),
        roles=None if roles is None else sorted(set(roles)),
        domains=None if domains is None else sorted(set(domains)),
        created_by=work.actor.name,
        created_at=work.now,
        expires_at=expires_at,
    )
    principals.add(work.session, key)
    log_action(
        work,
        action="key.created" if takes_place_of is None else "key.rotated",
        subject=f"key/{prefix}",
        reason=reason,
        details={"holder": holder.name, "purpose": purpose, "takes_place_of": takes_place_of},
    )
    return _shown(key, holder), f"{SCHEME}_{prefix}_{secret}"


def _shown(key: ApiKey, holder: Principal) -> ShownKey:
    return ShownKey(
        prefix=key.prefix,
        name=holder.name,
        purpose=key.purpose,
        roles=key.roles,
        domains=key.domains,
        created_by=key.created_by,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


def _hash(secret: str) -> bytes:
    return sha256(secret.encode(errors="replace")).digest()

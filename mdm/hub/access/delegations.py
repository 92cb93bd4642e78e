"""Delegation for absence: roles lent to another for a time, which end by themselves and are never lent on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mdm.core.ids import new_id
from mdm.core.security import ROLES, Permission
from mdm.errors import AlreadyDecided, Deactivated, InvalidInput, NotFound, UnknownPrincipal
from mdm.hub.action_log import log_action
from mdm.store.people import delegations, principals
from mdm.store.tables import Delegation, Principal
from mdm.store.work import Work

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ShownDelegation:
    """A delegation, with the names of who lends the roles and to whom."""

    id: UUID
    giver: str
    taker: str
    roles: list[str]
    begins_at: datetime
    ends_at: datetime
    reason: str
    created_by: str
    created_at: datetime
    ended_by: str | None


def delegate(
    work: Work,
    *,
    taker: str,
    roles: Collection[str],
    ends_at: datetime,
    reason: str,
    begins_at: datetime | None = None,
    giver: str | None = None,
) -> ShownDelegation:
    """Lend roles from `begins_at` (default: now) until `ends_at`: one's own, or anyone's for an administrator.

    They count for the taker as they do for the giver, as long as the giver holds them and both are active.
    """
    if giver is not None and giver != work.actor.name:
        work.actor.require_everywhere(Permission.ADMINISTER)
    lender, borrower = _active(work, giver or work.actor.name, "giver"), _active(work, taker, "taker")
    if lender.id == borrower.id:
        raise InvalidInput("Nobody delegates to themselves.", path="taker")
    begins_at = begins_at or work.now
    _check_time(begins_at, ends_at, now=work.now)
    if not reason.strip():
        raise InvalidInput("A delegation needs a reason.", path="reason")
    _check_roles(work, lender, roles)
    delegation = Delegation(
        id=new_id(),
        from_id=lender.id,
        to_id=borrower.id,
        roles=sorted(set(roles)),
        begins_at=begins_at,
        ends_at=ends_at,
        reason=reason,
        created_by=work.actor.name,
        created_at=work.now,
    )
    principals.add(work.session, delegation)
    details = {"from": lender.name, "to": borrower.name, "roles": delegation.roles, "ends_at": ends_at.isoformat()}
    _log(work, "delegation.created", delegation.id, reason=reason, details=details)
    return _shown(delegation, lender, borrower)


def list_delegations(work: Work, *, after: UUID | None = None, limit: int = 100) -> list[ShownDelegation]:
    """Return delegations in id order; who does not administer sees those from and to themselves."""
    of = None if work.actor.may_everywhere(Permission.ADMINISTER) else work.actor.name
    return [_shown(*named) for named in delegations.page(work.session, of=of, after=after, limit=limit)]


def end_delegation(work: Work, delegation_id: UUID, *, reason: str | None = None) -> ShownDelegation:
    """End a delegation before its time; for who lent or borrowed, and administrators."""
    named = delegations.get(work.session, delegation_id)
    everyone = work.actor.may_everywhere(Permission.ADMINISTER)
    if named is None or not (everyone or work.actor.name in {named[1].name, named[2].name}):
        raise NotFound(f"There is no delegation {delegation_id}.")
    delegation, now = named[0], work.now
    if delegation.ends_at <= now:
        raise AlreadyDecided("This delegation has ended.")
    delegation.ends_at, delegation.ended_by = now, work.actor.name
    work.session.flush()
    details = {"from": named[1].name, "to": named[2].name, "roles": delegation.roles}
    _log(work, "delegation.ended", delegation.id, reason=reason, details=details)
    return _shown(*named)


def _active(work: Work, name: str, path: str) -> Principal:
    found = principals.find(work.session, name)
    if found is None:
        raise UnknownPrincipal(f"There is no person or service {name}.", path=path)
    if found.deactivated_at is not None:
        raise Deactivated(f"{name} is deactivated.", path=path)
    return found


def _check_time(begins_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    if ends_at <= max(begins_at, now):
        raise InvalidInput("It ends before it begins, or has ended.", path="ends_at")
    if begins_at - now > LONGEST:
        raise InvalidInput(f"It begins within {LONGEST.days} days.", path="begins_at")
    if ends_at - begins_at > LONGEST:
        raise InvalidInput(
            f"A delegation lasts {LONGEST.days} days at most; for longer, grant the role.", path="ends_at"
        )


def _check_roles(work: Work, lender: Principal, roles: Collection[str]) -> None:
    """Raise InvalidInput unless the lender holds the roles himself and they may be lent."""
    held = principals.effective(
        work.session,
        lender.id,
        now=work.now,
        claimed_roles=lender.claimed_roles,
        claimed_groups=lender.claimed_groups,
    )
    own = {row.role for row in held if row.delegated_by is None}
    lendable = {role for role in own if Permission.ADMINISTER not in ROLES.get(role, ())}
    if not roles or not set(roles) <= lendable:
        hint = "Administration and roles lent by others are not lent on."
        message = f"{lender.name} may lend: {', '.join(sorted(lendable)) or 'nothing'}."
        raise InvalidInput(message, hint=hint, path="roles")


def _shown(delegation: Delegation, giver: Principal, taker: Principal) -> ShownDelegation:
    return ShownDelegation(
        id=delegation.id,
        giver=giver.name,
        taker=taker.name,
        roles=delegation.roles,
        begins_at=delegation.begins_at,
        ends_at=delegation.ends_at,
        reason=delegation.reason,
        created_by=delegation.created_by,
        created_at=delegation.created_at,
        ended_by=delegation.ended_by,
    )


def _log(work: Work, action: str, delegation_id: UUID, *, reason: str | None, details: Mapping[str, object]) -> None:
    log_action(work, action=action, subject=f"delegation/{delegation_id}", reason=reason, details=details)

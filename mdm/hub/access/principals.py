"""People and services: made, linked to an identity provider, deactivated, and given roles; never deleted."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from mdm.core.ids import new_id
from mdm.core.security import SYSTEM, Permission
from mdm.core.security.actor import EVERYTHING
from mdm.errors import AlreadyDecided, InvalidInput, NameTaken, NotFound, UnknownPrincipal
from mdm.hub.access.holding import check_roles, check_scope
from mdm.hub.action_log import log_action
from mdm.store.people import principals
from mdm.store.tables import Principal, RoleGrant
from mdm.store.work import Work

KINDS = ("person", "service")
LONGEST_NAME = 100


def create_principal(
    work: Work,
    *,
    name: str,
    kind: str = "person",
    display_name: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
    reason: str | None = None,
) -> Principal:
    """Make a person or service, known to an identity provider by `issuer` and `subject` if they are given."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    return add_principal(
        work, name=name, kind=kind, display_name=display_name, issuer=issuer, subject=subject, reason=reason
    )


def add_principal(
    work: Work,
    *,
    name: str,
    kind: str,
    display_name: str | None = None,
    issuer: str | None = None,
    subject: str | None = None,
    reason: str | None = None,
) -> Principal:
    """Keep a new principal; raises NameTaken if somebody has the name or the identity."""
    check_name(name)
    check_name(display_name or name, path="display_name")
    if kind not in KINDS:
        raise InvalidInput(f"A principal is a {' or a '.join(KINDS)}.", path="kind")
    principals.lock_names(work.session)
    _check_free(work, name=name)
    _check_identity(work, issuer, subject)
    principal = Principal(
        id=new_id(),
        name=name,
        kind=kind,
        display_name=display_name or name,
        issuer=issuer,
        subject=subject,
        created_by=work.actor.name,
        created_at=work.now,
    )
    principals.add(work.session, principal)
    details = {"name": name, "kind": kind}
    log_action(work, action="principal.created", subject=f"principal/{principal.id}", reason=reason, details=details)
    return principal


def link_identity(work: Work, principal_id: UUID, *, issuer: str, subject: str, reason: str | None = None) -> Principal:
    """Say by which subject an identity provider knows a principal, instead of what was said before.

    A deactivated principal gives its identity up for another one.
    """
    principal = administered(work, principal_id)
    before = [principal.issuer, principal.subject]
    principals.lock_names(work.session)
    holder = principals.find_of_provider(work.session, issuer, subject)
    if holder is not None and holder.deactivated_at is not None:
        holder.issuer = holder.subject = None
        work.session.flush()
        _log(work, "principal.unlinked", holder, reason=reason, before=[issuer, subject])
    _check_identity(work, issuer, subject)
    principal.issuer, principal.subject = issuer, subject
    principal.claimed_roles, principal.claimed_groups, principal.claimed_at = [], [], None
    work.session.flush()
    _log(work, "principal.linked", principal, reason=reason, before=before, after=[issuer, subject])
    return principal


def deactivate(work: Work, principal_id: UUID, *, reason: str | None = None) -> Principal:
    """End all a principal may do: its keys, tokens and the roles it has delegated, from the next request on."""
    principal = administered(work, principal_id)
    if principal.deactivated_at is not None:
        raise AlreadyDecided(f"{principal.name} is deactivated already.")
    principal.deactivated_by, principal.deactivated_at = work.actor.name, work.now
    work.session.flush()
    _log(work, "principal.deactivated", principal, reason=reason)
    return principal


def activate(work: Work, principal_id: UUID, *, reason: str | None = None) -> Principal:
    """Let a deactivated principal act again."""
    principal = administered(work, principal_id)
    if principal.deactivated_at is None:
        raise AlreadyDecided(f"{principal.name} is active.")
    principal.deactivated_by = principal.deactivated_at = None
    work.session.flush()
    _log(work, "principal.activated", principal, reason=reason)
    return principal


def grant_role(
    work: Work,
    principal_id: UUID,
    *,
    role: str,
    domains: Collection[str] = (EVERYTHING,),
    sites: Collection[str] = (EVERYTHING,),
    reason: str | None = None,
) -> RoleGrant:
    """Give a principal a role, on these domains and sites."""
    return grant_to(work, administered(work, principal_id), role=role, domains=domains, sites=sites, reason=reason)


def grant_to(
    work: Work,
    principal: Principal,
    *,
    role: str,
    domains: Collection[str],
    sites: Collection[str] = (EVERYTHING,),
    reason: str | None = None,
) -> RoleGrant:
    """Keep a role of a principal; for who has checked that the actor may."""
    grant = new_grant(work, role=role, domains=domains, sites=sites)
    grant.principal_id = principal.id
    principals.add(work.session, grant)
    _log(work, "role.granted", principal, reason=reason, details=grant_details(grant))
    return grant


def withdraw_role(work: Work, principal_id: UUID, grant_id: UUID, *, reason: str | None = None) -> None:
    """Take from a principal a role that was granted to it."""
    principal = administered(work, principal_id)
    granted = {g.id: g for g in principals.grants_of(work.session, principal=principal.id)}
    if grant_id not in granted or not principals.withdraw(work.session, grant_id, principal=principal.id):
        raise NotFound(f"{principal.name} has no role {grant_id}.", hint="Roles of a group are withdrawn there.")
    _log(work, "role.withdrawn", principal, reason=reason, details=grant_details(granted[grant_id]))


def new_grant(work: Work, *, role: str, domains: Collection[str], sites: Collection[str]) -> RoleGrant:
    """Return a checked grant that has no holder yet."""
    check_roles(work, [role])
    check_scope(work, domains=domains, sites=sites)
    return RoleGrant(
        id=new_id(),
        role=role,
        domains=sorted(set(domains)),
        sites=sorted(set(sites)),
        granted_by=work.actor.name,
        granted_at=work.now,
    )


def grant_details(grant: RoleGrant) -> dict[str, object]:
    """Return what the log says of a grant."""
    return {"role": grant.role, "domains": grant.domains, "sites": grant.sites}


def administered(work: Work, principal_id: UUID) -> Principal:
    """Return a principal, locked, to an administrator."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    principal = principals.get(work.session, principal_id, lock=True)
    if principal is None:
        raise UnknownPrincipal(f"There is no person or service {principal_id}.")
    return principal


def check_name(name: str, *, path: str = "name") -> None:
    """Raise InvalidInput unless the name can be written in a line."""
    if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"A {path} has 1 to {LONGEST_NAME} printable characters.", path=path)


def _check_free(work: Work, *, name: str) -> None:
    if name.lower() == SYSTEM.name or principals.is_taken(work.session, name):
        raise NameTaken(f"The name {name} is taken.", hint="Names of those who were deactivated stay theirs.")


def _check_identity(work: Work, issuer: str | None, subject: str | None) -> None:
    if (issuer is None) != (subject is None) or issuer == "" or subject == "":
        raise InvalidInput("Issuer and subject are given together.", path="subject")
    if issuer is None or subject is None:
        return
    known = principals.find_of_provider(work.session, issuer, subject)
    if known is not None:
        raise NameTaken(f"{known.name} is known to the identity provider as {subject} already.")


def _log(
    work: Work,
    action: str,
    principal: Principal,
    *,
    reason: str | None,
    before: Any = None,
    after: Any = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    subject, told = f"principal/{principal.id}", {"name": principal.name, **(details or {})}
    log_action(work, action=action, subject=subject, reason=reason, before=before, after=after, details=told)

"""Looking up people and services: who there is, what they hold and by which way."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mdm.core.security import Actor, Permission
from mdm.errors import UnknownPrincipal
from mdm.hub.access.holding import known_actor
from mdm.store.people import groups, principals
from mdm.store.tables import Principal, PrincipalGroup, RoleGrant
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class ShownPrincipal:
    """A principal with the roles granted to it, its groups, and what all of that amounts to now."""

    principal: Principal
    grants: Sequence[RoleGrant]
    groups: Sequence[PrincipalGroup]
    actor: Actor


def list_principals(
    work: Work,
    *,
    kind: str | None = None,
    active: bool | None = None,
    name: str | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> Sequence[Principal]:
    """Return people and services in id order."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    return principals.page(work.session, kind=kind, active=active, name=name, after=after, limit=limit)


def find_principal(work: Work, name: str) -> Principal:
    """Return the person or service of this name; raises UnknownPrincipal."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    found = principals.find(work.session, name)
    if found is None:
        raise UnknownPrincipal(f"There is no person or service {name}.", hint="`mdm person list` shows all.")
    return found


def show_principal(work: Work, principal_id: UUID) -> ShownPrincipal:
    """Return a principal with what it holds by its newest token, its groups and by itself."""
    work.actor.require_everywhere(Permission.ADMINISTER)
    principal = principals.get(work.session, principal_id)
    if principal is None:
        raise UnknownPrincipal(f"There is no person or service {principal_id}.")
    granted = principals.grants_of(work.session, principal=principal.id)
    return ShownPrincipal(principal, granted, groups.groups_of(work.session, principal), known_actor(work, principal))


def own_entry(work: Work) -> Principal | None:
    """Return the actor's own entry; None for the hub itself."""
    return principals.find(work.session, work.actor.name)

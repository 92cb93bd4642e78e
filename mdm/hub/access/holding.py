"""What a principal holds: the roles granted or claimed, and the ones that declared owner and steward roles imply."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from mdm.core.security import ROLES, Actor, Grant
from mdm.core.security.actor import EVERYTHING
from mdm.core.security.roles import APPROVER, STEWARD
from mdm.errors import InvalidInput
from mdm.store.people import principals
from mdm.store.tables import ApiKey, Principal
from mdm.store.work import Work


def actor_of(
    work: Work,
    principal: Principal,
    *,
    key: ApiKey | None = None,
    claimed_roles: Sequence[str] = (),
    claimed_groups: Sequence[str] = (),
) -> Actor:
    """Return a principal as an actor: with what it holds now, within the limits of the key if it came with one."""
    rows = principals.effective(
        work.session, principal.id, now=work.now, claimed_roles=claimed_roles, claimed_groups=claimed_groups
    )
    held = [Grant(row.role, frozenset(row.domains), frozenset(row.sites), row.delegated_by) for row in rows]
    limited = held if key is None else [g for grant in held for g in _within(grant, key)]
    declared = declared_roles(work)
    implied = [g for grant in limited for g in _implied(grant, declared.get(grant.role, {}))]
    return Actor.holding(principal.name, [*limited, *implied])


def known_actor(work: Work, principal: Principal) -> Actor:
    """Return a principal who is not calling as an actor: what the newest token claimed counts too."""
    return actor_of(work, principal, claimed_roles=principal.claimed_roles, claimed_groups=principal.claimed_groups)


def check_roles(work: Work, roles: Collection[str]) -> None:
    """Raise InvalidInput unless every role is one of the hub's or declared by a domain, and there is one."""
    known = {*ROLES, *declared_roles(work)}
    if not roles or not set(roles) <= known:
        given = ", ".join(roles) or "none"
        raise InvalidInput(f"Roles are {', '.join(sorted(known))}; given: {given}.", path="roles")


def check_scope(work: Work, *, domains: Collection[str], sites: Collection[str] = (EVERYTHING,)) -> None:
    """Raise InvalidInput unless the domains are declared ones or `*`, and the sites are named or `*`."""
    known = {*work.catalog.domains, EVERYTHING}
    if not domains or not set(domains) <= known:
        given = ", ".join(domains) or "none"
        raise InvalidInput(f"Domains are {', '.join(sorted(known))}; given: {given}.", path="domains")
    if not sites or not all(site.strip() and site.isprintable() and len(site) <= 100 for site in sites):
        raise InvalidInput("Sites are names of 1 to 100 printable characters, or `*` for all.", path="sites")


def declared_roles(work: Work) -> dict[str, dict[str, frozenset[str]]]:
    """Return the roles that domains declare: role → the hub's role it implies → the domains it implies it for."""
    declared: dict[str, dict[str, set[str]]] = {}
    for domain in work.catalog.domains.values():
        declared.setdefault(domain.steward, {}).setdefault(STEWARD, set()).add(domain.name)
        for owner in domain.owners:
            declared.setdefault(owner, {}).setdefault(APPROVER, set()).add(domain.name)
    return {role: {like: frozenset(names) for like, names in by.items()} for role, by in declared.items()}


def _implied(grant: Grant, declared: Mapping[str, frozenset[str]]) -> Iterator[Grant]:
    for like, declaring in declared.items():
        domains = declaring if EVERYTHING in grant.domains else declaring & grant.domains
        if like != grant.role and domains:
            yield Grant(like, domains, grant.sites, grant.delegated_by)


def _within(grant: Grant, key: ApiKey) -> Iterator[Grant]:
    """Yield what a key leaves of a grant."""
    if key.roles is not None and grant.role not in key.roles:
        return
    if key.domains is None or EVERYTHING in key.domains:
        yield grant
        return
    domains = frozenset(key.domains) if EVERYTHING in grant.domains else grant.domains & frozenset(key.domains)
    if domains:
        yield Grant(grant.role, domains, grant.sites, grant.delegated_by)

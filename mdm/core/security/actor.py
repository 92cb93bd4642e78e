"""Who acts: which roles an actor holds, on which domains and sites, and on whose behalf."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from mdm.core.security.roles import ROLES, Permission, who_may
from mdm.errors import Forbidden

EVERYTHING = "*"
ALL = frozenset({EVERYTHING})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, the domains and sites it counts for, and who delegated it (None: it is held by oneself)."""

    role: str
    domains: frozenset[str] = ALL
    sites: frozenset[str] = ALL
    delegated_by: str | None = None

    def covers(self, domain: str | None) -> bool:
        """Tell whether the domain is in scope; what belongs to none that is known (None) is for all-domain grants."""
        return EVERYTHING in self.domains or domain in self.domains

    def reaches(self, sites: frozenset[str]) -> bool:
        """Tell whether a record of these sites is in scope; one of no site is for all-site grants."""
        return EVERYTHING in self.sites or not self.sites.isdisjoint(sites)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, service or the hub itself; `domains` and `sites` hold names, or `*` for all.

    `roles` are held by oneself or through delegation; `delegated` tells for those held through delegation alone by
    whom. `grants` say which role counts where; without them every role counts for all of `domains` and `sites`.
    """

    name: str
    roles: frozenset[str]
    domains: frozenset[str] = ALL
    sites: frozenset[str] = ALL
    delegated: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    grants: tuple[Grant, ...] = ()

    @classmethod
    def holding(cls, name: str, grants: Iterable[Grant]) -> Self:
        """Return the actor who holds these grants."""
        given = tuple(grants)
        own = {grant.role for grant in given if grant.delegated_by is None}
        delegated: dict[str, frozenset[str]] = {}
        for grant in given:
            if grant.delegated_by is not None and grant.role not in own:
                delegated[grant.role] = delegated.get(grant.role, frozenset()) | {grant.delegated_by}
        return cls(
            name,
            roles=frozenset(grant.role for grant in given),
            domains=frozenset[str]().union(*(grant.domains for grant in given)),
            sites=frozenset[str]().union(*(grant.sites for grant in given)),
            delegated=delegated,
            grants=given,
        )

    def holds(self, role: str, *, domain: str | None = None, sites: frozenset[str] | None = None) -> bool:
        """Tell whether the actor holds a role, for the domain and at one of the sites if they are given."""
        return any(
            grant.role == role and (domain is None or grant.covers(domain)) and (sites is None or grant.reaches(sites))
            for grant in self._grants()
        )

    def may_decide(
        self,
        role: str,
        *,
        authors: Collection[str],
        domain: str | None = None,
        sites: frozenset[str] | None = None,
    ) -> bool:
        """Tell whether the actor may decide in a role what `authors` made: never one's own, nor on an author's behalf.

        A role delegated by an author is the author's; held by oneself or delegated by somebody else, it counts.
        """
        return self.name not in authors and any(
            grant.role == role
            and grant.delegated_by not in authors
            and (domain is None or grant.covers(domain))
            and (sites is None or grant.reaches(sites))
            for grant in self._grants()
        )

    def behind(self, permission: Permission, *, domain: str | None = None) -> tuple[str, ...]:
        """Return who is behind what the actor does by a permission: the actor, and who delegated it where all was."""
        by = [grant.delegated_by for grant in self._granting(permission, domain)]
        others = set() if None in by else {name for name in by if name is not None}
        return tuple(sorted({self.name} | others))

    def may(self, permission: Permission, *, domain: str | None = None) -> bool:
        """Tell whether one of the roles grants the permission, for the domain if one is given."""
        return any(True for _ in self._granting(permission, domain))

    @property
    def sees_all(self) -> bool:
        """Tell whether every domain is in scope of some role."""
        return EVERYTHING in self.domains

    def sees(self, domain: str | None) -> bool:
        """Tell whether the domain is in scope of some role; what belongs to none is for who sees all."""
        return self.sees_all or domain in self.domains

    def scope(self, permission: Permission) -> frozenset[str] | None:
        """Return the domains in which the permission is granted; None: in all, also for what belongs to none."""
        found = frozenset[str]().union(*(grant.domains for grant in self._granting(permission, None)))
        return None if EVERYTHING in found else found

    def sites_in(self, domain: str, permission: Permission) -> frozenset[str] | None:
        """Return the sites whose records of a domain the permission reaches; None: those of all sites."""
        found = frozenset[str]().union(*(grant.sites for grant in self._granting(permission, domain)))
        return None if EVERYTHING in found else found

    def require(self, permission: Permission, *, domain: str | None = None) -> None:
        """Raise Forbidden unless the permission is granted, for the domain if one is given."""
        if not self.may(permission):
            raise Forbidden(f"{self.name} may not {permission}.", hint=who_may(permission))
        if domain is not None and not self.may(permission, domain=domain):
            scope = ", ".join(sorted(self.scope(permission) or ())) or "none"
            raise Forbidden(f"{self.name} has no access to {domain}.", hint=f"Its domains are: {scope}.")

    def may_everywhere(self, permission: Permission) -> bool:
        """Tell whether one of the roles grants the permission for all domains and sites."""
        granting = self._granting(permission, None)
        return any(EVERYTHING in grant.domains and EVERYTHING in grant.sites for grant in granting)

    def require_everywhere(self, permission: Permission) -> None:
        """Raise Forbidden unless the permission is granted for all domains and sites."""
        self.require(permission)
        if not self.may_everywhere(permission):
            raise Forbidden(f"{self.name} may {permission} only within a scope.", hint="This needs it for all domains.")

    def _grants(self) -> Iterator[Grant]:
        if self.grants:
            yield from self.grants
            return
        for role in self.roles:
            yield from (Grant(role, self.domains, self.sites, by) for by in self.delegated.get(role, (None,)))

    def _granting(self, permission: Permission, domain: str | None) -> Iterator[Grant]:
        for grant in self._grants():
            if permission in ROLES.get(grant.role, ()) and (domain is None or grant.covers(domain)):
                yield grant


SYSTEM = Actor("hub", frozenset({"admin"}))

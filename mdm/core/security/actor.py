"""Actors, the permissions there are, and the roles that bundle them."""

from dataclasses import dataclass
from enum import StrEnum

from mdm.errors import Forbidden

ALL_DOMAINS = "*"


class Permission(StrEnum):
    """One thing an actor may be allowed to do."""

    DELIVER = "deliver"
    READ = "read"
    OPERATE = "operate"
    QUARANTINE = "quarantine"
    ADMINISTER = "administer"


ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "operator": frozenset({Permission.READ, Permission.OPERATE, Permission.QUARANTINE}),
    "steward": frozenset({Permission.READ, Permission.QUARANTINE}),
    "source": frozenset({Permission.DELIVER}),
    "reader": frozenset({Permission.READ}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, service or the hub itself; `domains` holds names, or `*` for all."""

    name: str
    roles: frozenset[str]
    domains: frozenset[str] = frozenset({ALL_DOMAINS})

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the roles grants the permission."""
        return any(permission in ROLES.get(role, ()) for role in self.roles)

    @property
    def sees_all(self) -> bool:
        """Tell whether every domain is in scope."""
        return ALL_DOMAINS in self.domains

    def sees(self, domain: str | None) -> bool:
        """Tell whether the domain is in scope; what belongs to none that is known (None) is for who sees all."""
        return self.sees_all or domain in self.domains

    def require(self, permission: Permission, *, domain: str | None = None) -> None:
        """Raise Forbidden unless permission and domain scope are granted."""
        if not self.may(permission):
            needed = ", ".join(sorted(role for role, granted in ROLES.items() if permission in granted))
            raise Forbidden(f"{self.name} may not {permission}.", hint=f"A key with one of these roles may: {needed}.")
        if domain is not None and not self.sees(domain):
            scope = ", ".join(sorted(self.domains)) or "none"
            raise Forbidden(f"{self.name} has no access to {domain}.", hint=f"The key's domains are: {scope}.")


SYSTEM = Actor("hub", frozenset({"admin"}))

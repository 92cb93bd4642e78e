"""The permissions there are, and the roles that bundle them."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing an actor may be allowed to do."""

    DELIVER = "deliver"
    READ = "read"
    CHECK = "check"
    OPERATE = "operate"
    QUARANTINE = "quarantine"
    STEWARD = "steward"
    APPROVE = "approve"
    REVEAL = "reveal"
    AUDIT = "audit"
    ADMINISTER = "administer"


APPROVER = "approver"
STEWARD = "steward"

ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "operator": frozenset({Permission.READ, Permission.OPERATE, Permission.QUARANTINE}),
    STEWARD: frozenset({Permission.READ, Permission.CHECK, Permission.QUARANTINE, Permission.STEWARD}),
    APPROVER: frozenset({Permission.READ, Permission.APPROVE}),
    "auditor": frozenset({Permission.READ, Permission.AUDIT}),
    "source": frozenset({Permission.DELIVER}),
    "reader": frozenset({Permission.READ, Permission.CHECK}),
}
DECLARED = {Permission.STEWARD: "a domain's steward role", Permission.APPROVE: "the role that owns an attribute"}


def who_may(*permissions: Permission) -> str:
    """Say which roles grant one of the permissions: those there are, and those that domains declare."""
    roles = sorted(role for role, granted in ROLES.items() if not granted.isdisjoint(permissions))
    declared = [role for permission, role in DECLARED.items() if permission in permissions]
    return f"One of these roles is needed: {', '.join(roles + declared)}."

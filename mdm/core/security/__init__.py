"""Who acts, and what their roles allow."""

from mdm.core.security.actor import ROLES, SYSTEM, Actor, Permission

__all__ = ["ROLES", "SYSTEM", "Actor", "Permission"]

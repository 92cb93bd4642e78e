"""Who acts, and what their roles allow."""

from mdm.core.security.actor import SYSTEM, Actor, Grant
from mdm.core.security.roles import ROLES, Permission, who_may

__all__ = ["ROLES", "SYSTEM", "Actor", "Grant", "Permission", "who_may"]

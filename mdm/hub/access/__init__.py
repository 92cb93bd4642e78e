"""Who may act: people and services with their keys and tokens, groups, roles and delegations."""

from mdm.hub.access.keys import (
    LONGEST_OVERLAP,
    OVERLAP_DAYS,
    PURPOSE,
    SCHEME,
    ShownKey,
    authenticate,
    create_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from mdm.hub.access.tokens import authenticate_identity

__all__ = [
    "LONGEST_OVERLAP",
    "OVERLAP_DAYS",
    "PURPOSE",
    "SCHEME",
    "ShownKey",
    "authenticate",
    "authenticate_identity",
    "create_key",
    "list_keys",
    "revoke_key",
    "rotate_key",
]

"""Addresses with a verb, `/v1/{domain}:check`, for a router to which a colon inside a part of a path means nothing."""

import re
from typing import Final

VERBS: Final = "check"  # separated by |
ADDRESS: Final = re.compile(rf"(/v1/[^/]+):({VERBS})")
ROUTED: Final = re.compile(rf"(/v1/[^/]+)/:({VERBS})")


def routed(path: str) -> str:
    """Return the path by which the router finds an address: a verb is a part of its own, `/v1/{domain}/:check`."""
    found = ADDRESS.fullmatch(path)
    return f"{found[1]}/:{found[2]}" if found else path


def address(path: str) -> str:
    """Return the address that callers use for what the router knows by this path."""
    found = ROUTED.fullmatch(path)
    return f"{found[1]}:{found[2]}" if found else path

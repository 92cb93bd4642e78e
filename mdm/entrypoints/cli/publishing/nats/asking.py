"""Asking a person before something is changed."""

import sys

from mdm.errors import InvalidInput


def agreed(question: str, *, sure: bool) -> bool:
    """Return whether it may be done; raise InvalidInput if nobody is there to ask."""
    if sure:
        return True
    if not sys.stdin.isatty():
        raise InvalidInput("Nobody is there to ask.", hint="Say --yes to do it without asking.")
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}

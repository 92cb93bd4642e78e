"""Who speaks when rules are decided at the command line: the holder of a key, else the hub itself."""

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from mdm.errors import InvalidInput
from mdm.hub import Hub, access
from mdm.store.work import Work

Add: TypeAlias = Callable[..., argparse.ArgumentParser]  # `add_parser` of a command's actions

KEY = "file with the API key of who does it, `-`: standard input"


def release_of(parser: argparse.ArgumentParser) -> None:
    """Declare which release is meant."""
    parser.add_argument("domain", help="its domain")
    parser.add_argument("number", type=int, help="its number")


def begin_of(hub: Hub, arguments: argparse.Namespace) -> Callable[[], AbstractContextManager[Work]]:
    """Return how to begin a Work of whose key was given, of the hub itself without one; raises Unauthenticated."""
    if arguments.key is None:
        return hub.begin
    text = _read(arguments.key).strip()
    with hub.begin() as work:
        actor = access.authenticate(work, text)
    return lambda: hub.begin_as(actor)


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.readline()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The key cannot be read from {name}: {error}.", path="key") from error

"""Who speaks when rules are decided at the command line: the holder of a key, else the hub itself."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from mdm.entrypoints.cli.connection import holder_of
from mdm.hub import Hub
from mdm.store.work import Work

Add: TypeAlias = Callable[..., argparse.ArgumentParser]  # `add_parser` of a command's actions


def release_of(parser: argparse.ArgumentParser) -> None:
    """Declare which release is meant."""
    parser.add_argument("domain", help="its domain")
    parser.add_argument("number", type=int, help="its number")


def key_of(parser: argparse.ArgumentParser, *, required: bool = False, without: str = "the hub") -> None:
    """Declare whose key is shown; `without` says what happens if none is."""
    told = "" if required else f" (default: {without})"
    parser.add_argument(
        "--key-file", required=required, type=Path, metavar="FILE", help=f"file with the API key of who does it{told}"
    )


def begin_of(hub: Hub, arguments: argparse.Namespace) -> Callable[[], AbstractContextManager[Work]]:
    """Return how to begin a Work of whose key was given, of the hub itself without one; raises Unauthenticated."""
    if arguments.key_file is None:
        return hub.begin
    actor = holder_of(hub, arguments.key_file)
    return lambda: hub.begin_as(actor)

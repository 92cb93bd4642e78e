"""`mdm rules`: look at rules, propose and approve them, switch them on, watch what they do, and roll them back."""

import argparse
from collections.abc import Callable, Mapping
from typing import TypeAlias

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.rules import carrying, deciding, exchanging, showing, trying
from mdm.hub import Hub
from mdm.settings import Settings

__all__ = ["configure", "run"]

ROOMS = (showing, deciding, trying, carrying, exchanging)
Action: TypeAlias = Callable[[Hub, argparse.Namespace, Settings], int]

ACTIONS: Mapping[str, Action] = {name: action for room in ROOMS for name, action in room.ACTIONS.items()}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for room in ROOMS:
        room.configure(actions.add_parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        return ACTIONS[arguments.action](hub, arguments, settings)

"""The commands of `mdm`: one module each, imported only when its command is typed."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from mdm import __version__
from mdm.settings import Settings

# command → what it does; its module has the same name, with _ for -
COMMANDS = {
    "up": "start the hub: servers if none are set, migrations, API, workers, intake, relay and clock",
    "migrate": "bring the database to the newest schema and switch on the first release of new domains",
    "serve": "run the HTTP API",
    "worker": "run one process that fetches or resolves deliveries, relays events, or does what becomes due by time",
    "load": "load files of a source: CSV or JSON lines",
    "held": "list what is held because it would change too much, and release or discard it",
    "deliver": "send facts of a source by NATS, as it would do itself: also where the hub cannot be reached",
    "demo": "start a hub with a manufacturer's exports in it, to look at or to verify",
    "watch": "print events as they are published",
    "key": "create, list, rotate and revoke API keys",
    "person": "make people and services, give them roles, and end what they may",
    "rules": "look at rules, propose and approve them, switch them on, watch what they do, and roll them back",
    "dead-letters": "list, replay and discard messages that subscribers gave up",
    "nats": "check NATS, and make its streams, consumers and accounts what they must be",
    "trace": "follow a delivery or decision step by step, or show how long the stages of events take",
    "explain": "say why values of a golden record won and others lost, at any time and under any release",
    "history": "show what became known of a golden record version by version, or all that an attribute ever was",
    "diff": "say what differs between a golden record at any two points of valid and recorded time",
    "replay": "have events copied once more for a subscriber, or whoever reads them",
    "repair": "compare the streams with what was published last, and publish again what they lack",
    "audit": "check the invariants of the hub, or the action log alone",
}

SERVING = frozenset({"up", "serve", "worker", "demo", "watch"})  # those that go on until they are told to stop

PUBLISHING = frozenset({"deliver", "watch", "dead-letters", "nats", "trace", "replay", "repair"})  # in a room of theirs

GOLDEN = frozenset({"explain", "history", "diff"})  # in another

EPILOG = "Settings are read from variables MDM_…, see docs/reference/settings.md."


class Command(Protocol):
    """What a command's module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, arguments: argparse.Namespace, settings: Settings) -> int:
        """Do it and return the exit code."""


def load(name: str) -> Command:
    """Import the module of a command."""
    room = ".publishing" if name in PUBLISHING else ".golden" if name in GOLDEN else ""
    return cast("Command", import_module(f"mdm.entrypoints.cli{room}.{name.replace('-', '_')}"))


def parser(typed: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that knows every command's name and the arguments of the one that was typed."""
    chosen = next((word for word in typed if word in COMMANDS), None)
    return _parser({chosen} if chosen else set())


def parser_of_everything() -> argparse.ArgumentParser:
    """Return a parser that knows the arguments of every command."""
    return _parser(set(COMMANDS))


def _parser(complete: set[str]) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="log everything and show tracebacks"
    )
    root = argparse.ArgumentParser(
        prog="mdm", description="The golden-record hub.", epilog=EPILOG, parents=[shared], allow_abbrev=False
    )
    root.add_argument("--version", action="version", version=f"mdm {__version__}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(
            name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.", parents=[shared], allow_abbrev=False
        )
        if name in complete:
            load(name).configure(command)
    return root

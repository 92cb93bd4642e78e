"""`mdm watch`: print events as they are published."""

import argparse
import asyncio
import re

from rich.console import Console

from mdm.core.domains.declaration import NAME
from mdm.entrypoints.cli.connection import connected
from mdm.errors import InvalidInput
from mdm.hub.announce import SUBJECT
from mdm.settings import Settings
from publishers import Event
from publishers.subscriber import watch

EVERY = "*"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("domain", nargs="?", default=EVERY, help="only this domain (default: all)")
    parser.add_argument("--newest", action="store_true", help="begin with the newest event of every master")
    parser.add_argument("--json", action="store_true", help="print the data of each event, one a line")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print events until Ctrl-C."""
    if arguments.domain != EVERY and not re.fullmatch(NAME, arguments.domain):
        raise InvalidInput(f"`{arguments.domain}` is no name of a domain.", hint="Leave it out to watch all domains.")
    asyncio.run(_print(arguments, connected(settings)))
    return 0


async def _print(arguments: argparse.Namespace, settings: Settings) -> None:
    console = Console(highlight=False)
    events = watch(
        settings.nats_url or "",
        stream=settings.stream,
        subjects=[f"{SUBJECT}.{arguments.domain}.*"],
        newest=arguments.newest,
        name="mdm-watch",
        credentials=settings.nats_credentials,
    )
    async for event in events:
        if arguments.json:
            print(event.data.decode(), flush=True)
        else:
            console.print(_line(event), markup=False, soft_wrap=True)


def _line(event: Event) -> str:
    body = event.json()
    changed = ", ".join(
        f"{name}: {change['before']!r} → {change['after']!r}" for name, change in body["changes"].items()
    )
    when = "" if body["effective"] else f" from {body['effective_at'][:10]} on"
    records = ", ".join(f"{link['source']}/{link['key']}" for link in body["crosswalk"] if link["linked"])
    told = changed or f"now {body['identity']['status']}, records: {records or 'none'}"
    return f"{event.time:%H:%M:%S} {event.type:<18} {body['domain']} {body['master']} v{event.version}{when}  {told}"

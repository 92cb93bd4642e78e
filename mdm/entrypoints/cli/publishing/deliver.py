"""`mdm deliver`: send facts of a source by NATS, to the hub or to the leaf node of a plant."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from mdm.entrypoints.cli.connection import nats_url_of
from mdm.errors import UnknownFile, UnreadableRow
from mdm.settings import Settings
from publishers.deliveries import Sender

AT_ONCE = 64


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("source", help="the source system the facts come from")
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines: one fact a line")
    parser.add_argument("--domain", help="the domain of all lines (default: what each line says in `domain`)")
    parser.add_argument("--feed", help="the mapping that reads the lines (default: they are in the hub's own shape)")
    parser.add_argument("--nats", metavar="URL", help="the nearest server (default: that of the hub)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Send every line, and return when the server has them all on disk."""
    lines = list(_lines(arguments.file, arguments.domain))
    url = arguments.nats or nats_url_of(settings)
    asyncio.run(_send(lines, arguments, url, settings.nats_credentials))
    print(f"{len(lines):,} messages are stored; they go to the hub, or wait there until it can be reached.")
    return 0


async def _send(
    lines: list[tuple[str, str, bytes]], arguments: argparse.Namespace, url: str, credentials: Path | None
) -> None:
    async with Sender(url, source=arguments.source, credentials=credentials) as sender:
        for start in range(0, len(lines), AT_ONCE):
            some = lines[start : start + AT_ONCE]
            await asyncio.gather(
                *(
                    sender.send(domain, raw, message_id=message_id, feed=arguments.feed)
                    for message_id, domain, raw in some
                )
            )
            if sys.stderr.isatty():
                print(f"\r{start + len(some):,} of {len(lines):,}", end="", file=sys.stderr)


def _lines(file: Path, domain: str | None) -> Iterator[tuple[str, str, bytes]]:
    """Yield message id, domain and bytes of every line; the id is that of the content, so a file may be sent again."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnknownFile(f"{file} cannot be read: {error.strerror}.") from error
    name = sha256(content).hexdigest()[:32]
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if raw := line.strip():
            yield f"{name}:{number}", domain or _domain(raw, number), raw


def _domain(raw: bytes, number: int) -> str:
    try:
        fact: Any = orjson.loads(raw)
        return str(fact["domain"])
    except orjson.JSONDecodeError as error:
        raise UnreadableRow(f"Line {number} is not JSON: nothing was sent.") from error
    except (KeyError, TypeError) as error:
        raise UnreadableRow(
            f"Line {number} is no fact that names its domain: nothing was sent.",
            hint="Give the domain of all lines with --domain.",
        ) from error

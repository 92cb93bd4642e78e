"""How golden records and times are named and shown at the command line."""

import argparse
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from mdm.errors import InvalidInput
from mdm.hub import Work
from mdm.hub.golden import read


def name_record(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name a golden record."""
    parser.add_argument("domain", help="the domain of the golden record")
    parser.add_argument("record", help="the id of its master, or a source record of it as source/key")


def master_of(work: Work, arguments: argparse.Namespace, *, known_at: datetime | None = None) -> UUID:
    """Return the master that arguments name, of a source record that it was linked to at a recorded time."""
    source, slash, key = arguments.record.partition("/")
    if slash:
        return read.find(work, arguments.domain, source, key, known_at=known_at)
    try:
        return UUID(arguments.record)
    except ValueError:
        raise InvalidInput(
            f"{arguments.record} is neither the id of a master nor a source record.", hint="Write source/key."
        ) from None


def instant(typed: str) -> datetime:
    """Read a time with an offset; raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(typed)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise argparse.ArgumentTypeError(f"{typed!r} is not a time with an offset, such as 2026-01-31T08:30:00Z")


def plain(value: Any) -> str:
    """Return a value as it is shown."""
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def when(moment: datetime) -> str:
    """Return a time as it is shown, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def span(start: datetime | None, end: datetime | None) -> str:
    """Return an interval as it is shown."""
    return f"{'ever' if start is None else when(start)} – {'open' if end is None else when(end)}"


def as_text(value: object) -> str:
    """Return what JSON has no form for."""
    return value.isoformat() if isinstance(value, datetime) else str(value)

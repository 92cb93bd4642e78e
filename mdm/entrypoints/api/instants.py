"""Instants in query parameters: ISO 8601 with an offset, never guessed."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from litestar.params import QueryParameter

from mdm.errors import InvalidInput
from mdm.hub.golden.times import Times

FORMAT = {"format": "date-time"}

ValidAt: TypeAlias = Annotated[
    str | None, QueryParameter(schema_extra=FORMAT, description="The time at which the attributes held; default now.")
]
KnownAt: TypeAlias = Annotated[
    str | None,
    QueryParameter(schema_extra=FORMAT, description="What the hub knew at this time; default: all it knows."),
]


def instant(name: str, text: str | None) -> datetime | None:
    """Read an instant; raises InvalidInput naming the parameter."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(
        f"`{name}` is not a time with an offset.",
        hint="For example 2026-01-31T08:30:00Z or 2026-01-31T08:30:00%2B01:00: a plus sign must be written %2B.",
        path=name,
    )


def times_of(valid_at: str | None, known_at: str | None, *, prefix: str = "") -> Times:
    """Read at which times to look; raises InvalidInput naming the parameter."""
    return Times(instant(f"{prefix}valid_at", valid_at), instant(f"{prefix}known_at", known_at))

"""Times as sources write them: declared patterns in a declared time zone, read to instants in UTC."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from mdm.sources.fact import JSON

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARTS = {"Y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}
WORDS = ("iso", "epoch_seconds", "epoch_milliseconds")


def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a declared time pattern, if anything."""
    if pattern in WORDS:
        return None
    directives = re.findall("%(.?)", pattern)
    if unknown := [d for d in directives if d not in PARTS]:
        return f"%{unknown[0]} is not one of {', '.join('%' + part for part in PARTS)}"
    if not {"Y", "m", "d"} <= set(directives) or len(set(directives)) != len(directives):
        return f"a pattern has %Y, %m and %d, each part once; or it is one of {', '.join(WORDS)}"
    return None


def instant_reader(pattern: str, zone: tzinfo) -> Callable[[JSON], datetime]:
    """Return a function that reads one time to an instant in UTC and raises ValueError for what is none."""
    local = local_reader(pattern)

    @lru_cache(maxsize=4096, typed=True)
    def read(value: JSON) -> datetime:
        try:
            moment = local(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"not a time of the form {pattern}") from None

    return read


def date_reader(pattern: str) -> Callable[[JSON], str]:
    """Return a function that reads one date to its ISO form and raises ValueError for what is none."""
    local = local_reader(pattern)

    @lru_cache(maxsize=4096, typed=True)
    def read(value: JSON) -> str:
        try:
            return local(value).date().isoformat()
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"not a date of the form {pattern}") from None

    return read


def local_reader(pattern: str) -> Callable[[JSON], datetime]:
    """Return a function that reads a time as written: aware only if the text names an offset."""
    if pattern == "iso":
        return datetime.fromisoformat
    if pattern == "epoch_seconds":
        return lambda value: EPOCH + timedelta(seconds=_whole(value))
    if pattern == "epoch_milliseconds":
        return lambda value: EPOCH + timedelta(milliseconds=_whole(value))
    return _pattern_reader(pattern)


def _whole(value: JSON) -> int:
    if isinstance(value, bool | float):
        raise TypeError
    return int(value)


def _pattern_reader(pattern: str) -> Callable[[JSON], datetime]:
    digits = "[0-9]{2}" if re.search("%.%", pattern) else "[0-9]{1,2}"
    pieces = re.split("%(.)", pattern)
    expression = re.compile(
        "".join(
            re.escape(piece) if index % 2 == 0 else f"(?P<{PARTS[piece]}>{'[0-9]{4}' if piece == 'Y' else digits})"
            for index, piece in enumerate(pieces)
        )
    )

    def read(value: JSON) -> datetime:
        found = expression.fullmatch(value)
        if found is None:
            raise ValueError
        parts = {name: int(text) for name, text in found.groupdict().items()}
        return datetime(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 (the caller adds the declared zone)

    return read

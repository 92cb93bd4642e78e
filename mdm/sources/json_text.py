"""JSON text as the hub accepts it: no duplicate keys, no NUL, no number that would be rounded, limited depth."""

import json
import re
from collections.abc import Sequence

import orjson

from mdm.errors import UnreadableRow
from mdm.sources.fact import JSON, shown

DEEPEST = 16
KEY = re.compile(rb'"\s*:')
EXACT_UP_TO = 2.0**63


def read_json(raw: bytes) -> JSON:
    """Parse JSON; raises UnreadableRow for anything that another reader might understand differently.

    Duplicate keys cost no second parse: every key is a quote and a colon, so if the text has no more of these than the
    parsed document has keys, none was lost. Only texts with such a pair inside a string are parsed again to be sure.
    """
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise UnreadableRow(
            f"The JSON is broken: {_without_utf8(raw) or error}.",
            hint="Send one complete JSON value in UTF-8.",
            reason="json",
        ) from None
    if _keys(document, 0, raw) != len(KEY.findall(raw)):
        json.loads(raw, object_pairs_hook=_unique)
    return document


def _without_utf8(raw: bytes) -> str | None:
    """Say which byte is no UTF-8, if any."""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return f"byte 0x{raw[error.start]:02X} at position {error.start} is no UTF-8"
    return None


def _keys(value: JSON, depth: int, raw: bytes) -> int:
    """Count the keys of a document and check what lies in it on the way."""
    kind = type(value)
    if kind is str:
        if "\0" in value:
            raise UnreadableRow(f"A string contains a NUL character: {shown(value)}.", reason="nul", value=shown(value))
        return 0
    if kind is dict or kind is list:
        if depth >= DEEPEST:
            raise UnreadableRow(f"The JSON is nested deeper than {DEEPEST} levels.", reason="depth")
        return _inside(value, depth + 1, raw)
    if kind is float and abs(value) >= EXACT_UP_TO and raw:
        _refuse_rounding(raw)
    return 0


def _inside(value: dict[str, JSON] | list[JSON], depth: int, raw: bytes) -> int:
    keys = 0
    members: Sequence[JSON] = value  # type: ignore[assignment]
    if isinstance(value, dict):
        keys = len(value)
        for name in value:
            if "\0" in name:
                raise UnreadableRow(f"A key contains a NUL character: {shown(name)}.", reason="nul", value=shown(name))
        members = value.values()  # type: ignore[assignment]
    for member in members:
        kind = type(member)
        if kind is str:
            if "\0" in member:
                raise UnreadableRow(
                    f"A string contains a NUL character: {shown(member)}.", reason="nul", value=shown(member)
                )
        elif kind is not bool and member is not None:
            keys += _keys(member, depth, raw)
    return keys


def _unique(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableRow(
            f"The key {shown(twice)} occurs twice in one object.", hint="Send every key once.", reason="duplicate_key"
        )
    return unique


def _refuse_rounding(raw: bytes) -> None:
    """Raise if a whole number of the text does not fit 64 bits: orjson would have rounded it to a float."""

    def whole(digits: str) -> int:
        number = int(digits)
        if not -(2**63) <= number < 2**64:
            raise UnreadableRow(
                f"The number {shown(digits)} does not fit 64 bits.",
                hint="Send it as a string.",
                reason="number",
                value=shown(digits),
            )
        return number

    json.loads(raw, parse_int=whole)

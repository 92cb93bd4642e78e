"""The hub's own JSON shape of a fact, as the API and JSON-lines files of unmapped sources speak it."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, NoReturn
from uuid import UUID

from mdm.errors import InvalidAttributes, UnreadableRow
from mdm.sources.fact import JSON, LARGEST_VERSION, OPERATIONS, SourceFact, key_problem, shown

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
DEEPEST_ATTRIBUTE = 8
SURROGATE = re.compile("[\ud800-\udfff]")
FIELDS = (
    "domain", "source", "key", "version", "source_time", "operation", "effective_from", "replace", "master_id",
    "attributes",
)  # fmt: skip


def canonical(body: Mapping[str, JSON], *, source: str | None = None) -> SourceFact:
    """Check a fact in the hub's own shape, exactly; `source` is who the sender is known to be.

    Shape: {domain, key, source?, version?, source_time?, operation? = "full", effective_from?, replace?, master_id?,
    attributes}. Raises UnreadableRow for the envelope and InvalidAttributes for what lies under `attributes`.
    """
    if not isinstance(body, Mapping):
        raise UnreadableRow(f"A fact is a JSON object, not {shown(body)}.", path="", value=shown(body))
    for name in body:
        if name not in FIELDS:
            _unknown(name)
    get = body.get
    operation = get("operation", "full")
    if operation not in OPERATIONS:
        _refuse("operation", operation, "not one of full, partial, delete")
    return SourceFact(
        domain=_name("domain", get("domain")),
        source=_source(get("source"), source),
        key=_key(get("key")),
        operation=operation,
        version=_optional(get("version"), _version),
        source_time=_optional(get("source_time"), lambda value: _instant("source_time", value)),
        effective_from=_optional(get("effective_from"), lambda value: _instant("effective_from", value)),
        replace=_flag(get("replace")),
        master_id=_optional(get("master_id"), _master_id),
        attributes=_attributes(get("attributes"), deleting=operation == "delete"),
    )


def _refuse(path: str, value: JSON, reason: str, *, hint: str | None = None) -> NoReturn:
    if value is None:
        raise UnreadableRow(f"`{path}` is missing.", hint=hint, path=path)
    raise UnreadableRow(f"`{path}` is {shown(value)}: {reason}.", hint=hint, path=path, value=shown(value))


def _unknown(name: object) -> NoReturn:
    close = get_close_matches(str(name), FIELDS, n=1)
    hint = f"Did you mean `{close[0]}`?" if close else f"A fact has {', '.join(FIELDS)}."
    raise UnreadableRow(f"`{shown(name)[1:-1]}` is not a field of a fact.", hint=hint, path=str(name)[:80])


def _optional(value: JSON, read: Callable[[JSON], Any]) -> Any:
    return None if value is None else read(value)


def _name(path: str, value: JSON) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        _refuse(path, value, "not a name of lower-case letters, digits, _ and -")
    return value


def _source(named: JSON, known: str | None) -> str:
    if known is not None and named is not None and named != known:
        _refuse("source", named, f'the sender is known as "{known}"')
    return _name("source", known if named is None else named)


def _key(value: JSON) -> str:
    if not isinstance(value, str):
        _refuse("key", value, "not a string", hint="Send keys as strings, with their leading zeros.")
    if problem := key_problem(value):
        _refuse("key", value, problem)
    return value


def _version(value: JSON) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_VERSION:
        _refuse("version", value, "not a whole number from 0 to 2^63 - 1")
    return value


def _instant(path: str, value: JSON) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    _refuse(path, value, "not an ISO 8601 time with offset", hint="For example 2026-01-31T08:30:00+01:00 or …Z.")


def _flag(value: JSON) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        _refuse("replace", value, "not true or false")
    return value


def _master_id(value: JSON) -> str:
    try:
        return str(UUID(value))
    except (AttributeError, TypeError, ValueError):
        _refuse("master_id", value, "not a UUID")


def _attributes(value: JSON, *, deleting: bool) -> dict[str, JSON]:
    if deleting:
        if value:
            raise InvalidAttributes("A deletion carries no attributes.", hint="Leave them out.", path="attributes")
        return {}
    return check_attributes(value)


def check_attributes(value: JSON) -> dict[str, JSON]:
    """Return what lies under `attributes` if it can be kept as it is; raises InvalidAttributes."""
    if value is None:
        raise InvalidAttributes("`attributes` is missing.", path="attributes")
    if not isinstance(value, dict):
        quoted = shown(value)
        raise InvalidAttributes(f"`attributes` is {quoted}, not a JSON object.", path="attributes", value=quoted)
    _check(value, "attributes", 0)
    return value


def _check(value: JSON, path: str, depth: int) -> None:
    """Check that PostgreSQL and every JSON reader can keep this value as it is."""
    kind = type(value)
    if kind is str:
        if "\0" in value or SURROGATE.search(value):
            raise InvalidAttributes(
                f"`{path}` contains a character that is no text: {shown(value)}.", path=path, value=shown(value)
            )
    elif kind is dict:
        _deep(path, depth)
        for name, member in value.items():
            if not isinstance(name, str) or not name or "\0" in name:
                raise InvalidAttributes(f"`{path}` has a member without a usable name.", path=path)
            _check(member, f"{path}.{name}", depth + 1)
    elif kind is list:
        _deep(path, depth)
        for index, member in enumerate(value):
            _check(member, f"{path}[{index}]", depth + 1)
    elif not _number_or_nothing(value):
        raise InvalidAttributes(f"`{path}` is {shown(value)}, which JSON cannot carry.", path=path, value=shown(value))


def _deep(path: str, depth: int) -> None:
    if depth >= DEEPEST_ATTRIBUTE:
        raise InvalidAttributes(f"`{path[:200]}` is nested deeper than {DEEPEST_ATTRIBUTE} levels.", path=path[:200])


def _number_or_nothing(value: JSON) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -(2**63) <= value < 2**64
    return isinstance(value, float) and math.isfinite(value)

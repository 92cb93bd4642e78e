"""What standardizing gives, and how it says that a value is of the wrong shape."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from mdm.errors import InvalidAttributes

JSON: TypeAlias = Any  # None, bool, int, float, str, or lists and dicts of these
LONGEST_TEXT = 4_000  # characters of a single text
LARGEST_NUMBER = 10**40  # that is taken for a text
CACHED = 8_192  # results that a standardizer remembers: values repeat across sources and resends

KINDS = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a value that is kept all the same."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a value's record says about reading it: its country as ISO 3166 alpha-2, if known."""

    country: str | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """A value cleaned for publishing and in the form for comparing; shared by equal inputs, so never change it.

    `value` None means that the source says it is empty; `std` None that the value says nothing about its record.
    """

    value: JSON
    std: JSON
    findings: tuple[Finding, ...] = ()


Standardizer: TypeAlias = Callable[[JSON, Context], Standard]

EMPTY = Standard(None, None)
ANYWHERE = Context()


def require_text(raw: JSON) -> str:
    """Return the text as it is, a number as people write it; raises InvalidAttributes if it is neither, or too long."""
    if not isinstance(raw, str):
        return _number_as_text(raw)
    if len(raw) > LONGEST_TEXT:
        raise InvalidAttributes(f"has {len(raw):,} characters; at most {LONGEST_TEXT:,} are allowed", path="")
    return raw


def _number_as_text(raw: JSON) -> str:
    """Return a number without an exponent or a fraction of nothing: sources with typed columns send postal codes so."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise wrong_shape("a text", raw)
    if not abs(raw) < LARGEST_NUMBER:
        raise InvalidAttributes("is a number too large to be a text", hint="Send it in quotes.", path="")
    return str(int(raw)) if raw == int(raw) else repr(raw)


def wrong_shape(wanted: str, raw: JSON, *, hint: str | None = None) -> InvalidAttributes:
    """Return the error of a value of another JSON type than wanted."""
    return InvalidAttributes(f"must be {wanted}, not {KINDS.get(type(raw), 'null')}", hint=hint, path="")


def within(step: str, error: InvalidAttributes) -> InvalidAttributes:
    """Return the error as seen one step further out: `.street`, `[0]`."""
    return InvalidAttributes(error.message, hint=error.hint, path=step + error.details.get("path", ""))

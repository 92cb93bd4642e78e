"""Declared conversions of single values: value maps, numbers, dates and booleans as sources write them."""

import re
from collections.abc import Callable
from decimal import Decimal

from mdm.sources.declaration import FieldDeclaration, FormatDeclaration
from mdm.sources.fact import JSON
from mdm.sources.times import date_reader

Converter = Callable[[JSON], JSON]  # raises ValueError saying what is wrong with the value

NUMBER = {
    "point": re.compile(r"([+-]?)((?:[0-9]+|[0-9]{1,3}(?:[,' \u00a0\u202f][0-9]{3})+)(?:\.[0-9]+)?)(-?)"),
    "comma": re.compile(r"([+-]?)((?:[0-9]+|[0-9]{1,3}(?:[.' \u00a0\u202f][0-9]{3})+)(?:,[0-9]+)?)(-?)"),
}
TRUE = frozenset(["true", "1", "x", "y", "yes", "ja", "j"])
FALSE = frozenset(["false", "0", "n", "no", "nein", "-"])


def converter(declared: FieldDeclaration, form: FormatDeclaration) -> Converter | None:
    """Return the conversion of a field: its value map, then its type; None if it needs neither."""
    typed = _typed(declared, form)
    if declared.map is None:
        return typed
    mapped = _mapped(declared.map, declared.otherwise)
    if typed is None:
        return mapped
    return lambda value: None if (found := mapped(value)) is None else typed(found)


def _typed(declared: FieldDeclaration, form: FormatDeclaration) -> Converter | None:
    match declared.type:
        case "integer":
            return integer
        case "decimal":
            return decimal_reader(form.decimals)
        case "boolean":
            return boolean
        case "date":
            read = date_reader(declared.format or form.times)
            return lambda value: read(as_text(value))
        case _:
            return None


def _mapped(table: dict[str, JSON], otherwise: JSON) -> Converter:
    listed = ", ".join(table)

    def read(value: JSON) -> JSON:
        text = as_text(value)
        if text in table:
            return table[text]
        if otherwise is None:
            raise ValueError(f"not one of {listed}")
        return otherwise

    return read


def as_text(value: JSON) -> str:
    """Return a single value as its text; raises ValueError for lists and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    raise ValueError("a single value is wanted here")


def integer(value: JSON) -> int:
    """Read a whole number that fits 64 bits."""
    if not isinstance(value, bool) and isinstance(value, int | str):
        try:
            number = int(value)
        except ValueError:
            number = 2**63
        if -(2**63) <= number < 2**63:
            return number
    raise ValueError("not a whole number of at most 64 bits")


def boolean(value: JSON) -> bool:
    """Read a flag; sources write true, 1, X or yes."""
    if isinstance(value, bool):
        return value
    word = as_text(value).casefold()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise ValueError("neither true nor false")


def decimal_reader(decimals: str) -> Converter:
    """Return a reader of decimal numbers to plain text such as -1234.50; a trailing minus counts."""
    form, point = NUMBER[decimals], "." if decimals == "point" else ","

    def read(value: JSON) -> str:
        if isinstance(value, float) and not isinstance(value, bool):
            return format(Decimal(repr(value)), "f")
        text = as_text(value)
        found = form.fullmatch(text) if not isinstance(value, bool) else None
        if found is None or (found[1] and found[3]):
            raise ValueError(f"not a number with a decimal {decimals}")
        whole, _, fraction = found[2].partition(point)
        digits = re.sub("[^0-9]", "", whole) + (f".{fraction}" if fraction else "")
        return f"-{digits}" if "-" in (found[1], found[3]) else digits

    return read

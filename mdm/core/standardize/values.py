"""Dates, decimal numbers, flags and quantities."""

import re
from collections.abc import Callable
from datetime import date as day_of
from decimal import Decimal, InvalidOperation

from mdm.core.standardize.placeholders import is_filler, is_placeholder, placeholder
from mdm.core.standardize.standard import (
    ANYWHERE,
    EMPTY,
    JSON,
    Context,
    Finding,
    Standard,
    require_text,
    within,
    wrong_shape,
)
from mdm.core.standardize.text import caseless, clean
from mdm.core.standardize.units import base_of, convert, unit, unit_of
from mdm.errors import InvalidAttributes

DATE = re.compile(
    r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})(?:[T ].*)?"
    r"|(?P<y2>[0-9]{4})(?P<m2>[0-9]{2})(?P<d2>[0-9]{2})"
    r"|(?P<d3>[0-9]{1,2})\.(?P<m3>[0-9]{1,2})\.(?P<y3>[0-9]{4})"
)
SEPARATORS = re.compile("[-./ ]")
LARGEST_EXPONENT = 40
QUANTITY = ("value", "unit")


def date(raw: JSON, _: Context) -> Standard:
    """Standardize a day to YYYY-MM-DD; also reads 2026/12/31, 20261231 and 31.12.2026, which mean one day only."""
    value = clean(require_text(raw))
    if not value:
        return EMPTY
    found = DATE.fullmatch(value)
    if found:
        year, month, day = (int(part) for part in found.groups() if part is not None)
        if found["d3"]:
            year, day = int(found["y3"]), int(found["d3"])
        try:
            iso = day_of(year, month, day).isoformat()
            return Standard(iso, iso)
        except ValueError:
            pass
    return _unreadable(value, "date")


def decimal(raw: JSON, _: Context) -> Standard:
    """Standardize a number to plain text such as -1234.50; trailing zeros make no difference to std."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise wrong_shape("a number or a text", raw)
    if isinstance(raw, int) and abs(raw) >= 10**LARGEST_EXPONENT:
        raise InvalidAttributes("is larger than any number that is kept here", path="")
    text = clean(require_text(raw)) if isinstance(raw, str) else repr(raw)
    if not text:
        return EMPTY
    try:
        number = Decimal(text if text.isascii() and "_" not in text else "")
    except (InvalidOperation, ValueError):
        return _unreadable(text, "number")
    if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
        return _unreadable(text, "number")
    value = format(number, "f") if number else "0"
    return Standard(value, (value.rstrip("0").rstrip(".") if "." in value else value) or "0")


def boolean(raw: JSON, _: Context) -> Standard:
    """Standardize a flag."""
    if not isinstance(raw, bool):
        raise wrong_shape("true or false", raw, hint="Map what the source writes with `map` or `type: boolean`.")
    return Standard(raw, raw)


def quantity(raw: JSON, context: Context) -> Standard:
    """Standardize `{value, unit}`; std counts the first unit of the dimension, so 1 t and 1000 kg are the same."""
    if not isinstance(raw, dict):
        raise wrong_shape("an object of value and unit", raw)
    for name in raw:
        if name not in QUANTITY:
            raise InvalidAttributes("is not known here; a quantity has value and unit", path=f".{name}")
    number = _part(raw, "value", decimal, context)
    if number.value is None:
        return EMPTY
    measured = _part(raw, "unit", unit, context)
    value = {"value": number.value}
    if measured.value is not None:
        value["unit"] = measured.value
    return Standard(value, _comparable(number, measured), (*number.findings, *measured.findings))


def _comparable(number: Standard, measured: Standard) -> dict[str, JSON]:
    known = unit_of(measured.std or "")
    if known is None or number.std is None or number.findings:
        return {"value": number.std, "unit": measured.std or ""}
    base = base_of(known)
    converted = convert(Decimal(number.std), of=known, to=base)
    if converted is None:
        return {"value": number.std, "unit": known.code}
    return {"value": decimal(format(converted, "f"), ANYWHERE).std, "unit": base.code}


def _part(raw: dict[str, JSON], name: str, read: Callable[[JSON, Context], Standard], context: Context) -> Standard:
    try:
        return EMPTY if raw.get(name) is None else read(raw[name], context)
    except InvalidAttributes as error:
        raise within(f".{name}", error) from None


def _unreadable(value: str, what: str) -> Standard:
    if is_placeholder(value) or is_filler(SEPARATORS.sub("", value)):
        return Standard(value, None, (placeholder(value),))
    return Standard(value, caseless(value), (Finding("invalid_format", f'"{value[:80]}" is not a {what}.'),))

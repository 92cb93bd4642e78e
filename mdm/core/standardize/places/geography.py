"""Where a place is: geographical coordinates and time zones."""

import re
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import available_timezones

from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import (
    CACHED,
    EMPTY,
    JSON,
    Context,
    Finding,
    Standard,
    Standardizer,
    require_text,
)
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import caseless, clean

PLAIN = re.compile(r"([+-]?)([0-9]{1,3})(?:[.,]([0-9]{1,20}))? ?°?")
SEXAGESIMAL = re.compile(
    r"([+-]?)([0-9]{1,3})[° :]+([0-9]{1,2}(?:[.,][0-9]{1,9})?)"
    r"(?:['′ :]+(?:([0-9]{1,2}(?:[.,][0-9]{1,9})?)[\"″']*)?)?"
)
COMPARED = Decimal("0.0001")  # degrees: eleven metres
SMALLEST = Decimal("0.0000001")  # degrees: a centimetre


def coordinate(what: str, most: int, sides: str) -> Standardizer:
    """Return a standardizer of degrees within ±most; `sides` are the letters of the positive and the negative one."""

    @lru_cache(CACHED)
    def standardize(raw: str) -> Standard:
        value = clean(raw)
        if not value:
            return EMPTY
        degrees = _degrees(value.upper(), sides)
        if degrees is None or abs(degrees) > most:
            if is_placeholder(value):
                return Standard(value, None, (placeholder(value),))
            return Standard(value, caseless(value), (Finding("invalid_format", f'"{value[:80]}" is not a {what}.'),))
        plain = format(degrees, "f")
        if not degrees:
            return Standard("0", None, (placeholder("0"),))
        return Standard(plain, format(degrees.quantize(COMPARED), "f"))

    return lambda raw, _: standardize(require_text(raw))


def _degrees(text: str, sides: str) -> Decimal | None:
    """Read decimal degrees, or degrees, minutes and seconds, with a sign or the letter of a side."""
    if "E" in sides:
        text = text.replace("O", "E")  # east, in German
    bare = text.strip(f" {sides}")
    if found := PLAIN.fullmatch(bare):
        number = Decimal(f"{found[2]}.{found[3] or 0}")
    elif found := SEXAGESIMAL.fullmatch(bare):
        minutes = Decimal(found[3].replace(",", ".")) + Decimal((found[4] or "0").replace(",", ".")) / 60
        number = Decimal(found[2]) + minutes / 60
    else:
        return None
    opposite = (found[1] == "-") != (sides[1] in (text[:1], text[-1:]))
    return (-number if opposite else number).quantize(SMALLEST).normalize()


def time_zone(raw: JSON, _: Context) -> Standard:
    """Standardize a time zone to its IANA name, also from its Windows name and from common letters."""
    return _time_zone(require_text(raw))


@lru_cache(CACHED)
def _time_zone(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if found := _zones().get(value.casefold().replace(" ", "_")):
        return Standard(found, found)
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    return Standard(value, caseless(value), (Finding("unknown_time_zone", f'There is no time zone "{value[:80]}".'),))


@cache
def _zones() -> dict[str, str]:
    found: dict[str, str] = {}
    for zone, names in read_table("time_zones").items():
        found |= {name.strip().casefold().replace(" ", "_"): zone for name in (zone, *names.split("|"))}
    return {zone.casefold(): zone for zone in available_timezones()} | found


latitude = coordinate("latitude", 90, "NS")
longitude = coordinate("longitude", 180, "EW")

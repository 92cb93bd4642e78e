"""Units of measure: codes of UN/ECE Recommendation 20 from other lists and words, and conversion between them."""

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache, lru_cache
from unicodedata import normalize

from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import caseless, clean

NOT_TOLD = re.compile("[ .\\-_]")  # signs that make no difference between two spellings
DIGITS = 100  # of a product: those of the largest number and of the longest factor


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and how many of the first unit of its dimension it is; None if that is no matter of a factor."""

    code: str
    dimension: str
    factor: Decimal | None


def unit(raw: JSON, _: Context) -> Standard:
    """Standardize a unit of measure to its code; one that nobody knows is kept with a finding."""
    return _unit(require_text(raw))


@lru_cache(CACHED)
def _unit(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if found := unit_of(value):
        return Standard(found.code, found.code)
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    return Standard(value, caseless(value), (Finding("unknown_unit", f'There is no unit of measure "{value[:80]}".'),))


@lru_cache(CACHED)
def unit_of(name: str) -> Unit | None:
    """Return the unit of a code, a symbol or a name, None if there is none."""
    return _units().get(_spelling(name))


def base_of(measured: Unit) -> Unit:
    """Return the first unit of the dimension, in which its quantities are compared."""
    return _bases()[measured.dimension]


def convert(number: Decimal, *, of: Unit, to: Unit) -> Decimal | None:
    """Convert a number of units into another unit of the dimension, None if there is no factor between them.

    Exact into the first unit of a dimension, and into the others where the result has at most a hundred digits.
    """
    if of.code == to.code:
        return number
    if of.dimension != to.dimension or of.factor is None or to.factor is None:
        return None
    with localcontext() as exact:
        exact.prec = DIGITS
        return number * of.factor / to.factor


def _spelling(name: str) -> str:
    return NOT_TOLD.sub("", normalize("NFKC", name).casefold()).replace("μ", "µ")


@cache
def _units() -> dict[str, Unit]:
    """Return units by spelling; codes come before other spellings."""
    rows = [
        (Unit(str(code), dimension, None if factor is None else Decimal(str(factor))), names)
        for dimension, units in read_table("units").items()
        for code, (factor, names) in units.items()
    ]
    found = {_spelling(measured.code): measured for measured, _ in rows}
    for measured, names in rows:
        for name in names.split("|"):
            found.setdefault(_spelling(name), measured)
    return found


@cache
def _bases() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for measured in _units().values():
        found.setdefault(measured.dimension, measured)
    return found

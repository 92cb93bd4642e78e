"""Codes: of any list, ISO 639 languages and ISO 4217 currencies."""

from functools import cache, lru_cache

import pycountry

from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import caseless, clean


def code(raw: JSON, _: Context) -> Standard:
    """Standardize a code of whatever list; upper and lower case are the same."""
    return _code(require_text(raw))


def language(raw: JSON, _: Context) -> Standard:
    """Standardize a language to its ISO 639-1 code; regions of locales such as de-AT are dropped."""
    return _language(require_text(raw))


def currency(raw: JSON, _: Context) -> Standard:
    """Standardize a currency to its ISO 4217 code; withdrawn ones are known too."""
    return _currency(require_text(raw))


@lru_cache(CACHED)
def _code(raw: str) -> Standard:
    value = clean(raw)
    return Standard(value, caseless(value)) if value else EMPTY


@lru_cache(CACHED)
def _language(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    found = _languages().get(caseless(value).replace("_", "-").partition("-")[0])
    return Standard(found, found) if found else _unknown(value, "language")


@lru_cache(CACHED)
def _currency(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    found = value.upper()
    return Standard(found, found) if found in _currencies() else _unknown(value, "currency")


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in pycountry.languages:
        short = getattr(entry, "alpha_2", None)
        if short:
            found |= {short: short, entry.alpha_3: short, getattr(entry, "bibliographic", short): short}
    return found


@cache
def _currencies() -> frozenset[str]:
    former = read_table("words")["former_currencies"].split()
    return frozenset([*former, *(entry.alpha_3 for entry in pycountry.currencies)])


def _unknown(value: str, what: str) -> Standard:
    return Standard(value, caseless(value), (Finding("unknown_code", f'There is no {what} "{value[:80]}".'),))

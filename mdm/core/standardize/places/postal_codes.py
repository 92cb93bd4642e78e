"""Postal codes in the compact form in which they are compared."""

import re
from functools import lru_cache

from mdm.core.standardize.standard import CACHED
from mdm.core.standardize.text import latin

NOT_COMPACT = re.compile("[^A-Z0-9]")
PREFIX = re.compile("^([A-Z]{1,3})[- .]*(?=[0-9])")
# the country signs of vehicles that people write before postal codes, where they are not the ISO code
SIGNS = {
    "AT": "A", "BE": "B", "DE": "D", "ES": "E", "FI": "FIN", "FR": "F", "GR": "EL", "HU": "H", "IT": "I", "LU": "L",
    "NO": "N", "PT": "P", "SE": "S", "SI": "SLO",
}  # fmt: skip
# of codes made of digits alone: spreadsheets drop leading zeros
DIGITS = dict.fromkeys(["DE", "ES", "FR", "IT", "US", "FI", "TR", "MX", "EE", "HR"], 5)


@lru_cache(CACHED)
def postal_code(text: str, country: str) -> str:
    """Return a postal code in capitals without blanks and country prefix; `country` is "" if unknown."""
    plain = latin(text).upper().lstrip("@")  # the Japanese sign for post office
    found = PREFIX.match(plain)
    if found and _is_country(found[1], country, plain):
        plain = plain[found.end() :]
    compact = NOT_COMPACT.sub("", plain)
    length = DIGITS.get(country)
    if length is None or not compact.isdigit():
        return compact
    return compact[:length] if country == "US" and len(compact) == length + 4 else compact.zfill(length)


def _is_country(prefix: str, country: str, code: str) -> bool:
    if country:
        return prefix in (country, SIGNS.get(country))
    return prefix in SIGNS.values() and "-" in code

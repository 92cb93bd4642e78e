"""Telephone numbers, by the numbering plans of libphonenumber."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from mdm.core.standardize.placeholders import is_filler, is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.text import caseless, clean, latin

DIGITS = re.compile("[^0-9]")
SHORTEST_TAIL = 5  # digits after the calling code
ABROAD = re.compile(r"^\(?00(?=\s?\(?[1-9])")
CALLING = re.compile(r"^(?:\+|00)\s*[1-9][0-9]{0,2}[\s()/.-]+")


def phone(raw: JSON, context: Context) -> Standard:
    """Standardize a telephone number to E.164; numbers without calling code are read in the record's country."""
    return _phone(require_text(raw), context.country)


@lru_cache(CACHED)
def _phone(raw: str, country: str | None) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    plain = latin(value)
    digits = DIGITS.sub("", plain)
    if is_placeholder(value) or is_filler(digits) or is_filler(DIGITS.sub("", CALLING.sub("", plain))):
        return Standard(value, None, (placeholder(value),))
    number = _international(value, country)
    if number is None and ABROAD.match(plain):  # written as in Europe, in a country that dials another prefix
        number = _international(ABROAD.sub("+", plain, count=1), None)
    if number is not None:
        return Standard(number, number)
    finding = Finding(
        "invalid_format", f'"{value[:80]}" is not a telephone number{f" in {country}" if country else ""}.'
    )
    return Standard(value, digits if len(digits) >= SHORTEST_TAIL else caseless(value), (finding,))


def _international(value: str, country: str | None) -> str | None:
    """Return the number in E.164, None if no numbering plan has it; extensions are dropped."""
    try:
        number = phonenumbers.parse(value, country)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))

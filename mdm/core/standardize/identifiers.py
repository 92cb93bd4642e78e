"""Identifiers that registers give to organisations, places and accounts: compact, with their check digits verified."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from stdnum import bic as bic_codes
from stdnum import ean, iban, lei
from stdnum.exceptions import InvalidChecksum, ValidationError

from mdm.core.standardize.items.part_numbers import part_number
from mdm.core.standardize.placeholders import is_filler, is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, Finding, Standard, Standardizer, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, latin

NOT_COMPACT = re.compile("[^A-Z0-9]")
PREFIX = re.compile("[A-Z]{2,3}(?=[0-9])")
LABEL = re.compile(
    r"^(?:VATNO|VATID|VAT|USTIDNR|USTID|UST|UID|TVA|PARTITAIVA|PIVA|IVA|MWST|BTW|NIP|NIF|CIF|DIC|AFM|TAXID)+"
)
CROSSED_OUT = re.compile("X+")
SWISS_TAX = re.compile("^(CHE[0-9]{9})(?:MWST|TVA|IVA|TPV)?$")
DUNS = re.compile("[0-9]{9}")
EORI = re.compile("[A-Z]{2}[A-Z0-9]{1,15}")
LONGEST = 40
DIGITS = frozenset({"duns", "gln", "gtin"})  # schemes of digits: letters alone say that there is no number
TABLES = read_table("identifiers")
VAT_PREFIXES: Mapping[str, str] = {code: code for code in TABLES["vat"]} | TABLES["prefixes"]
WRONG_DIGIT, WRONG_FORMAT = "invalid_check_digit", "invalid_format"
RESTRICTED = re.compile(r"[0-9](?:0[24]|2|9[89])|0{6}[02]")  # GS1 prefixes of numbers within a company, and of coupons
RESTRICTED_NUMBER = "restricted_number"
FAULTS = {
    WRONG_DIGIT: "has a wrong check digit",
    RESTRICTED_NUMBER: "is of a range for use within a company",
}

Verdict = str | None  # code of the finding, None if there is nothing wrong


@dataclass(frozen=True, slots=True)
class Read:
    """A compact identifier, what is wrong with it, and its comparison form where that differs."""

    value: str
    fault: Verdict = None
    std: str | None = None


def identifier(scheme: str, read: Callable[[str, str | None], Read]) -> Standardizer:
    """Return a standardizer of identifiers of one scheme; `read` takes the compact text and the record's country."""

    @lru_cache(CACHED)
    def standardize(raw: str, country: str | None) -> Standard:
        cleaned = clean(raw)
        if not cleaned:
            return EMPTY
        compact = NOT_COMPACT.sub("", latin(cleaned).upper())
        if not compact or is_placeholder(cleaned) or _is_filler(compact) or (scheme in DIGITS and compact.isalpha()):
            return Standard(compact or cleaned, None, (placeholder(cleaned),))
        found = read(compact, country)
        std = None if found.fault == RESTRICTED_NUMBER else found.std or found.value
        if found.fault is None:
            return Standard(found.value, std)
        what = FAULTS.get(found.fault, f"is not in the form of a {scheme.replace('_', ' ')}")
        reason = f'"{cleaned[:80]}" {what}.'
        return Standard(found.value, std, (Finding(found.fault, reason),))

    return lambda raw, context: standardize(require_text(raw), context.country)


def _is_filler(compact: str) -> bool:
    return bool(CROSSED_OUT.fullmatch(compact)) or is_filler(PREFIX.sub("", compact, count=1)) or is_filler(compact)


def _verdict(checks: Iterable[Any], number: str) -> Verdict:
    """Return what is wrong by the check that comes nearest; several schemes may share a field."""
    worst: Verdict = None
    if len(number) > LONGEST:
        return WRONG_FORMAT
    for check in checks:
        try:
            check.validate(number)
        except InvalidChecksum:
            worst = WRONG_DIGIT
        except ValidationError:
            worst = worst or WRONG_FORMAT
        else:
            return None
    return worst


@cache
def _checks(table: str, country: str | None) -> tuple[Any, ...]:
    names = TABLES[table].get(country or "", "").split()
    return tuple(import_module(f"stdnum.{name}") for name in names)


def _vat(compact: str, country: str | None) -> Read:
    """Read a VAT id; without its prefix it is one of the record's country if it has the form of one."""
    bare = LABEL.sub("", compact) or compact
    prefixed = [found for text in dict.fromkeys((compact, bare)) if (found := _prefixed(text))]
    national = _in_country(bare, country)
    fitting = [found for found in (*prefixed, national) if found and found.fault != WRONG_FORMAT]
    if fitting:
        return fitting[0]
    if prefixed:
        return prefixed[0]
    return Read(compact, WRONG_FORMAT if national or not any(sign.isdigit() for sign in compact) else None)


def _prefixed(text: str) -> Read | None:
    """Read a VAT id that begins with the code of its country, None if this one does not."""
    if text.startswith("CHE"):
        return _swiss(text)
    at = VAT_PREFIXES.get(text[:2])
    if at is None:
        return None
    return Read(("EL" if at == "GR" else text[:2]) + text[2:], _verdict(_checks("vat", at), text[2:]))


def _in_country(text: str, country: str | None) -> Read | None:
    """Read a VAT id without prefix, None if nothing is known about those of the country."""
    if country == "CH":
        return _swiss(f"CHE{text}")
    if country is None or country not in TABLES["vat"]:
        return None
    return Read(("EL" if country == "GR" else country) + text, _verdict(_checks("vat", country), text))


def _swiss(number: str) -> Read:
    """Read a Swiss number; the word for VAT after it is a matter of language."""
    found = SWISS_TAX.fullmatch(number)
    std = found[1] if found else number
    return Read(number, _verdict(_checks("company_number", "CH"), std), std)


def _national(table: str) -> Callable[[str, str | None], Read]:
    def read(compact: str, country: str | None) -> Read:
        return Read(compact, _verdict(_checks(table, country), compact))

    return read


def _checked(check: Any) -> Callable[[str, str | None], Read]:
    return lambda compact, _: Read(compact, _verdict([check], compact))


def _formed(form: re.Pattern[str]) -> Callable[[str, str | None], Read]:
    return lambda compact, _: Read(compact, None if form.fullmatch(compact) else WRONG_FORMAT)


def _gln(compact: str, _: str | None) -> Read:
    return Read(compact, _verdict([ean], compact) if len(compact) == 13 else WRONG_FORMAT)


def _gtin(compact: str, _: str | None) -> Read:
    """Read a GTIN of 8, 12, 13 or 14 digits; they are one number with more or fewer leading zeros.

    Numbers of the ranges left to companies and countries are kept, but may be somebody else's too.
    """
    number = compact if compact[:-14].strip("0") else compact[-14:]
    fault = _verdict([ean], number)
    if fault is None and RESTRICTED.match(number.zfill(14)):
        return Read(number, RESTRICTED_NUMBER)
    return Read(number, fault, None if fault else number.zfill(14))


def _bic(compact: str, _: str | None) -> Read:
    """Read a BIC; XXX is the head office, as no branch is."""
    return Read(compact, _verdict([bic_codes], compact), compact[:8] if compact[8:] == "XXX" else compact)


SCHEMES: Mapping[str, Standardizer] = {"mpn": part_number} | {
    scheme: identifier(scheme, read)
    for scheme, read in {
        "vat": _vat,
        "tax_number": _national("tax_number"),
        "company_number": _national("company_number"),
        "duns": _formed(DUNS),
        "gln": _gln,
        "gtin": _gtin,
        "lei": _checked(lei),
        "iban": _checked(iban),
        "bic": _bic,
        "eori": _formed(EORI),
    }.items()
}

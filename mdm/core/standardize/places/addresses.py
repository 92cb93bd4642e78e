"""Postal addresses: cleaned part by part, and taken apart for comparing."""

import re
from functools import cache, lru_cache

from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.places.countries import country_code, country_of
from mdm.core.standardize.places.postal_codes import postal_code
from mdm.core.standardize.places.streets import Street, house_number, plain_place, post_box, split_street
from mdm.core.standardize.standard import (
    CACHED,
    EMPTY,
    JSON,
    Context,
    Finding,
    Standard,
    require_text,
    within,
    wrong_shape,
)
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, fold
from mdm.errors import InvalidAttributes

PARTS = ("street", "house_number", "line2", "po_box", "postal_code", "city", "region", "country")
TYPED = frozenset(["street", "line2", "postal_code", "city"])  # parts that people fill for the sake of it
CEDEX = re.compile(r"\bcedex\b.*$")
CODE_BEFORE_CITY = re.compile(r"^(?:[a-z]{1,2}[ -])?(\d{4,6}|\d{3} \d{2}|\d{2}-\d{3})\s+(?=\D)", re.IGNORECASE)
SAINTS = {"sankt": "st", "saint": "st", "sainte": "ste", "san": "san"}


def address(raw: JSON, context: Context) -> Standard:
    """Standardize an address, an object of some of PARTS; std has street, number, postal_code and so on, "" if absent.

    Without a country of its own it is read as one of the record's country.
    """
    if not isinstance(raw, dict):
        raise wrong_shape("an object", raw, hint=f"Its parts are {', '.join(PARTS)}.")
    value = _cleaned(raw)
    if not value:
        return EMPTY
    findings: list[Finding] = []
    country = ""
    if "country" in value:
        found = country_of(value["country"])
        value["country"], country = found.value, found.std or ""
        findings += found.findings
    known = {part: text for part, text in value.items() if part not in TYPED or not is_placeholder(text)}
    findings += [placeholder(text) for part, text in value.items() if part not in known]
    home = country_code(country) or context.country or ""
    return Standard(value, _comparable(known, home, country), tuple(findings))


def _cleaned(raw: dict[str, JSON]) -> dict[str, str]:
    """Return the parts that say something, in the order of PARTS; a second line of the street is line2."""
    for part in raw:
        if part not in PARTS:
            raise InvalidAttributes(
                "is no part of an address", hint=f"Its parts are {', '.join(PARTS)}.", path=f".{part}"
            )
    found = {}
    for part in PARTS:
        content = raw.get(part)
        if content is None:
            continue
        try:
            text = require_text(content)
        except InvalidAttributes as error:
            raise within(f".{part}", error) from None
        if part == "street" and "\n" in text and not raw.get("line2"):
            text, _, rest = text.strip().partition("\n")
            if second := clean(rest):
                found["line2"] = second
        if cleaned := clean(text):
            found[part] = cleaned
    return {part: found[part] for part in PARTS if part in found}


def _comparable(parts: dict[str, str], home: str, country: str) -> dict[str, str]:
    street = split_street(parts.get("street", ""), home)
    code, town = parts.get("postal_code", ""), parts.get("city", "")
    if not code and (found := CODE_BEFORE_CITY.match(town)):
        code = found[0].strip()
    return {
        "street": street.name,
        "number": _number(parts.get("house_number", ""), street),
        "postal_code": postal_code(code, home) if code else "",
        "city": city(town, home),
        "region": fold(parts["region"]) if "region" in parts else "",
        "country": country,
        "po_box": _box(parts, street),
    }


def _number(own: str, street: Street) -> str:
    return house_number(own) or street.number


def _box(parts: dict[str, str], street: Street) -> str:
    if own := parts.get("po_box"):
        return post_box(own) or "".join(sign for sign in own if sign.isalnum()).lower()
    return street.box or post_box(parts.get("line2", ""))


@lru_cache(CACHED)
def city(text: str, country: str) -> str:
    """Return the words of a city's name, by its own name if it is given in another language."""
    if not text:
        return ""
    plain = CEDEX.sub("", plain_place(CODE_BEFORE_CITY.sub("", text), country)).split()
    name = " ".join(SAINTS.get(word, word) for word in plain)
    return _own_names().get(name.replace(" ", ""), name)


@cache
def _own_names() -> dict[str, str]:
    table = read_table("cities")
    found: dict[str, str] = {}
    for own, others in table.items():
        for name in (own, *others.split("|")):
            for country in ("", "DE"):  # umlauts as they are, and as the German reading has them
                found.setdefault(plain_place(name, country).replace(" ", ""), plain_place(own, "DE"))
    return found

"""Countries: ISO 3166 alpha-2 from codes and from names in many languages."""

from collections.abc import Iterator
from functools import cache, lru_cache
from gettext import NullTranslations, translation

import pycountry

from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, fold, words

NAMIBIA = "NA"  # n/a is not, however it is written otherwise
LANGUAGES = (
    "de", "fr", "it", "es", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk", "tr", "sv", "da", "nb",
    "fi", "et", "lv", "lt", "hr", "sl", "ja", "zh_CN", "ko",
)  # fmt: skip


def country(raw: JSON, _: Context) -> Standard:
    """Standardize a country to its ISO 3166 alpha-2 code."""
    return country_of(require_text(raw))


@lru_cache(CACHED)
def country_of(raw: str) -> Standard:
    """Standardize the text of a country."""
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value) and value.upper() != NAMIBIA:
        return Standard(value, None, (placeholder(value),))
    found = country_code(value)
    if found:
        return Standard(found, found)
    return Standard(value, fold(value), (Finding("unknown_country", f'There is no country "{value[:80]}".'),))


@lru_cache(CACHED)
def country_code(name: str) -> str | None:
    """Return the alpha-2 code of a country's code or name, None if there is none."""
    return _names().get("".join(words(name)))


@cache
def _names() -> dict[str, str]:
    """Return codes by folded name; codes come before names, English before other languages."""
    countries = [(entry, entry.alpha_2) for entry in pycountry.countries]
    found = {key.lower(): code for entry, code in countries for key in (code, entry.alpha_3, entry.numeric)}
    for code, names in read_table("countries").items():
        for name in (code, *names.split("|")):
            found.setdefault("".join(words(name)), code)
    english = NullTranslations()
    for language in (english, *map(_translated, LANGUAGES)):
        for entry, code in countries:
            for name in _names_of(entry):
                if folded := "".join(words(language.gettext(name))):
                    found.setdefault(folded, code)
    return found


def _translated(language: str) -> NullTranslations:
    return translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)


def _names_of(entry: object) -> Iterator[str]:
    for field in ("name", "common_name", "official_name"):
        if name := getattr(entry, field, None):
            yield name

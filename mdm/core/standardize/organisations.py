"""Names of organisations: the core that tells them apart, and the legal form."""

import re
from functools import lru_cache
from unicodedata import normalize

from mdm.core.standardize.legal_forms import Words, take_forms, take_signs
from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Standard, require_text
from mdm.core.standardize.text import APOSTROPHES, clean, fold, latin

WORD = re.compile("[a-z0-9]+|[&+]")
AND = frozenset(["&", "+", "und", "and", "et", "ve", "og", "och"])
SHORT_AND = frozenset(["u", "y", "e", "i"])  # between two words of a name; elsewhere they are letters


def organisation_name(raw: JSON, _: Context) -> Standard:
    """Standardize the name of an organisation; std is `{core, form}`."""
    return _organisation_name(require_text(raw))


@lru_cache(CACHED)
def _organisation_name(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    core, form = _split(value)
    return Standard(value, {"core": core, "form": form} if core else {"core": fold(value), "form": ""})


def _split(value: str) -> tuple[str, str]:
    name, sign = take_signs(normalize("NFKC", value))
    rest, form = take_forms(_words(name))
    return " ".join(_core(rest)), form or sign


def _words(name: str) -> list[str]:
    """Return the words of a name, any word for "and" as `&`."""
    found = ["&" if word in AND else word for word in WORD.findall(latin(name).translate(APOSTROPHES))]
    for at in range(1, len(found) - 1):
        if found[at] in SHORT_AND and len(found[at - 1]) > 1 and len(found[at + 1]) > 1:
            found[at] = "&"
    return found


def _core(name: Words) -> list[str]:
    """Leave out what joins words, and join the letters of an acronym (A. B. C. → abc)."""
    core: list[str] = []
    letters = False  # whether the last word of the core is made of single letters
    for word in name:
        if word == "&":
            letters = False
        elif len(word) == 1 and letters and word.isalpha():
            core[-1] += word
        else:
            letters = len(word) == 1 and word.isalpha()
            core.append(word)
    return core

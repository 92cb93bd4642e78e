"""Names of places: what kind of place it is and which one, in any language, apart from who and where."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, fold

ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
LONGEST_PHRASE = 4  # words
MISSPELT_FROM = 4  # letters of a word that may have one letter wrong
DIGITS_AND_LETTERS = re.compile(r"([0-9]+)([a-z]?)|([a-z])")


def place_name(raw: JSON, _: Context) -> Standard:
    """Standardize the name of a place; std has its words (`core`), those `unknown` among them, and its `features`."""
    return _place_name(require_text(raw))


@lru_cache(CACHED)
def _place_name(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    features, unknown = set(), []
    words = fold(value).split()
    while words:
        feature, taken = _feature(words)
        if feature:
            features.add(feature)
        else:
            unknown.append(words[0])
        del words[:taken]
    return Standard(value, {"core": fold(value), "unknown": " ".join(unknown), "features": sorted(features)})


def _feature(words: list[str]) -> tuple[str | None, int]:
    """Return the property that the first words state, as `kind=value`, and how many words that took."""
    for count in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[:count])
        if found := _terms().get(phrase) or (_misspelt(phrase) if count > 1 else None):
            return found, count
    word = words[0]
    if number := DIGITS_AND_LETTERS.fullmatch(word):
        return "number=" + ((number[1] or "").lstrip("0") + (number[2] or "") or word), 1
    return (f"number={ROMAN[word]}" if word in ROMAN else _misspelt(word)), 1


@lru_cache(CACHED)
def _misspelt(word: str) -> str | None:
    """Return the property of the one term that differs from a text by a letter, None if there is none or several."""
    if len(word) < MISSPELT_FROM:
        return None
    found = {
        feature
        for term, feature in _terms().items()
        if len(term) >= MISSPELT_FROM and OSA.distance(word, term, score_cutoff=1) <= 1
    }
    return found.pop() if len(found) == 1 else None


@cache
def _terms() -> dict[str, str]:
    return dict(_spellings())


def _spellings() -> Iterable[tuple[str, str]]:
    for kind, table in read_table("place_terms").items():
        for name, spellings in table.items():
            for spelling in (name, *spellings.split("|")):
                yield fold(spelling), f"{kind}={name}"

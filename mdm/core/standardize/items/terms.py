"""The words of texts about items: German and English names of parts by one word each, compounds taken apart."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from mdm.core.standardize.standard import CACHED
from mdm.core.standardize.tables import read_table

SHORTEST_HEAD = 3  # letters of the last part of a compound
SHORTEST_STEM = 3  # letters of what stands before it
LINKING = ("", "s", "n", "en", "es")  # letters between the parts of a compound


def property_of(word: str) -> str | None:
    """Return the property that a word states, as `kind=value`: verzinkt is a finish."""
    return _properties().get(word)


def without_phrases(text: str) -> str:
    """Return a text with one word for several that mean it: zinc plated is verzinkt."""
    pattern, words = _phrases()
    return pattern.sub(lambda found: words[found[0]], text)


@lru_cache(CACHED)
def term(word: str) -> str | None:
    """Return the words that everybody has for a thing, None for a word that nobody knows."""
    known = _terms()
    if word in known:
        return known[word]
    for at in range(SHORTEST_STEM, len(word) - SHORTEST_HEAD + 1):  # the longest known head first
        if (head := known.get(word[at:])) is not None:
            return f"{_stem(word[:at], known)} {head}"
    return None


def _stem(word: str, known: Mapping[str, str]) -> str:
    for linking in LINKING:
        if word.endswith(linking) and (found := known.get(word.removesuffix(linking))) is not None:
            return found
    return word


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    words: dict[str, str] = read_table("item_terms")["phrases"]
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b"), words


@cache
def _terms() -> dict[str, str]:
    return dict(_spellings(read_table("item_terms")["words"]))


@cache
def _properties() -> dict[str, str]:
    kinds = read_table("item_terms")["features"]
    return {spelling: f"{kind}={value}" for kind, table in kinds.items() for spelling, value in _spellings(table)}


def _spellings(table: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield every spelling with what it stands for; a single word also stands for itself."""
    for name, spellings in table.items():
        for spelling in ([] if " " in name else [name]) + spellings.split():
            yield spelling, name

"""Names of persons."""

from functools import lru_cache

from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, fold, words

TITLES = frozenset(read_table("words")["titles"].split())


def person_name(raw: JSON, _: Context) -> Standard:
    """Standardize a person's name; the order of its parts and titles make no difference to std."""
    return _person_name(require_text(raw))


@lru_cache(CACHED)
def _person_name(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    parts = words(value)
    return Standard(value, " ".join(sorted([part for part in parts if part not in TITLES] or parts)) or fold(value))

"""Part numbers of makers and suppliers: as they are published, and without what is typed in many ways."""

import re
from functools import lru_cache

from mdm.core.standardize.placeholders import is_filler, is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, fold, latin

REMARK = re.compile(r"\s*\([^()]*\)$|\s+(?:alt|neu|old|new|rev(?:ision)?[. ]?[a-z0-9]{1,2})$", re.IGNORECASE)
SIGNS = re.compile(r"[^A-Z0-9]")
ZERO = str.maketrans("O", "0")  # one is typed for the other
PADDING = re.compile(r"^0+(?=[0-9]{4,}$)")  # of numbers in a column of fixed width
SHORTEST = 3
GENERIC = frozenset(read_table("words")["part_numbers"].split())
NORM = re.compile(r"(?:DIN|ISO|EN|ANSI|ASTM|JIS|VDE|IEC)+[0-9]{1,6}(?:[A-Z]{0,2}|-?[0-9]{1,2})")


def part_number(raw: JSON, _: Context) -> Standard:
    """Standardize a part number; std has no signs, leading zeros or remarks behind it.

    It is None for words and for numbers of standards, which tell no maker's part.
    """
    return _part_number(require_text(raw))


@lru_cache(CACHED)
def _part_number(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    compact = SIGNS.sub("", latin(REMARK.sub("", value)).upper())
    if not compact or is_placeholder(value) or is_filler(compact):
        return Standard(value, None, (placeholder(value),))
    if NORM.fullmatch(compact) or len(compact) < SHORTEST or fold(value).replace(" ", "") in GENERIC:
        return Standard(value, None, (Finding("generic_number", f'"{value[:80]}" does not tell one part.'),))
    return Standard(value, PADDING.sub("", compact.translate(ZERO)))

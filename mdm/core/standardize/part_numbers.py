"""Part numbers of makers and suppliers: as they are published, and without what is typed in many ways."""

import re
from functools import lru_cache

from mdm.core.standardize.placeholders import is_filler, is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import clean, fold, latin

BETWEEN_DIGITS = re.compile(r"(?<=[0-9]),(?=[0-9])")  # a decimal comma is a decimal point
NOTHING_SAID = re.compile(
    r"[^A-Z0-9./]|(?<![0-9])[./]|[./](?![0-9])"
)  # a point or stroke says something between digits
LETTER_O = re.compile(r"(?<=[0-9])O(?=[0-9O]*(?:[0-9]|$))")  # typed for a zero
PADDING = re.compile(r"^0+(?=[0-9]{4,}$)")  # of numbers in a column of fixed width
SHORTEST = 3
GENERIC = frozenset(read_table("words")["part_numbers"].split())
NORM = re.compile(r"(?:DIN|ISO|EN|ANSI|ASTM|JIS|VDE|IEC)+[0-9]{1,6}(?:[A-Z]{0,2}|-?[0-9]{1,2})")


def part_number(raw: JSON, _: Context) -> Standard:
    """Standardize a part number; std None for words and for numbers of standards, which tell no maker's part."""
    return _part_number(require_text(raw))


@lru_cache(CACHED)
def _part_number(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    compact = NOTHING_SAID.sub("", BETWEEN_DIGITS.sub(".", latin(value).upper()))
    if not compact or is_placeholder(value) or is_filler(compact):
        return Standard(value, None, (placeholder(value),))
    if NORM.fullmatch(compact) or len(compact) < SHORTEST or fold(value).replace(" ", "") in GENERIC:
        return Standard(value, None, (Finding("generic_number", f'"{value[:80]}" does not tell one part.'),))
    return Standard(value, PADDING.sub("", LETTER_O.sub("0", compact)))

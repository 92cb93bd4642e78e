"""What people type into a field that must not stay empty."""

import re

from mdm.core.standardize.standard import Finding
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import words

WORDS = read_table("words")
NOTHING = frozenset(WORDS["nothing"].split())
MAILBOXES = frozenset(WORDS["mailboxes"].split())
MAIL_DOMAINS = frozenset(WORDS["mail_domains"].split())
SAME = re.compile(r"(.)\1*")
RUNS = ("01234567890123456789", "98765432109876543210")
SHORTEST_RUN = 6


def is_placeholder(text: str) -> bool:
    """Tell whether the text says in words that there is nothing."""
    return "".join(words(text)) in NOTHING


def is_filler(digits: str) -> bool:
    """Tell whether the digits of a number were typed to fill the field: 000000, 999999999, 123456789."""
    if not digits.isdigit() or not digits.isascii():
        return False
    return SAME.fullmatch(digits) is not None or (len(digits) >= SHORTEST_RUN and any(digits in run for run in RUNS))


def placeholder(text: str) -> Finding:
    """Return the finding about a placeholder."""
    return Finding("placeholder", f'"{text[:80]}" stands for a missing value.')

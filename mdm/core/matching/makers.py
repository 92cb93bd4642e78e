"""Whether two items are of one maker, who may stand in a field or only in the text about the item."""

from collections.abc import Callable, Sequence

from mdm.core.matching import names
from mdm.core.matching.folding import alike
from mdm.core.matching.frequencies import Frequencies

SAME, ALIKE, MENTIONED, SILENT, UNLIKE, DIFFERENT = range(6)
LABELS = ("same", "alike", "mentioned", "silent", "unlike", "different")
SHORTEST_NAME = 4  # letters of a word that is rather a name than the sign of an option
IN_TEXT = "~"  # how words of a text begin that are no words for things, and so perhaps names

Compared = tuple[int, float]  # outcome, bits of what both have; outcome -1: not to be compared


def maker_comparison(*, frequencies: Frequencies) -> Callable[[Sequence[str], Sequence[str]], Compared]:
    """Return a function that compares the makers of two items, if one of them names its maker.

    The other may be silent, or its text may have words that could be a name, but unlike this one.
    """
    by_name = names.name_comparison(frequencies=frequencies)

    def compare(left: Sequence[str], right: Sequence[str]) -> Compared:
        a, b = _named(left), _named(right)
        if a and b:
            kind, bits = by_name(a, b)
            return (SAME if kind == names.IDENTICAL else ALIKE if kind <= names.ACRONYM else DIFFERENT), bits
        if not a and not b:
            return -1, 0.0
        if found := [word for makers, texts in ((a, right), (b, left)) for word in _mentioned(makers, texts)]:
            return MENTIONED, max(map(frequencies.of_word, found))
        words = " ".join(right if a else left).split()
        return (UNLIKE if any(len(word.lstrip(IN_TEXT)) >= SHORTEST_NAME for word in words) else SILENT), 0.0

    return compare


def _named(makers: Sequence[str]) -> list[str]:
    return [maker for maker in makers if not maker.startswith(IN_TEXT)]


def _mentioned(makers: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the words of makers' names that stand in texts, perhaps misspelt."""
    texts = {word for text in others if text.startswith(IN_TEXT) for word in text[1:].split()}
    words = {word for maker in makers for word in maker.split()}
    return sorted(word for word in words if word in texts or any(alike(word, other) for other in texts))

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
            return _in_texts(left, right)
        if found := [word for makers, texts in ((a, right), (b, left)) for word in _mentioned(makers, texts)]:
            return MENTIONED, max(map(frequencies.of_word, found))
        words = " ".join(right if a else left).split()
        return (UNLIKE if any(len(word.lstrip(IN_TEXT)) >= SHORTEST_NAME for word in words) else SILENT), 0.0

    return compare


def _in_texts(left: Sequence[str], right: Sequence[str]) -> Compared:
    """Compare the words of two texts that may be names."""
    a, b = _names_in(left), _names_in(right)
    if not (a and b):
        return -1, 0.0
    return (UNLIKE if not any(x == y or alike(x, y) for x in a for y in b) else -1), 0.0


def _names_in(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in text.lstrip(IN_TEXT).split() if len(word) >= SHORTEST_NAME}


def _named(makers: Sequence[str]) -> list[str]:
    return [maker for maker in makers if not maker.startswith(IN_TEXT)]


def _mentioned(makers: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the words of makers' names that stand in texts, perhaps misspelt."""
    texts = {word for text in others if text.startswith(IN_TEXT) for word in text[1:].split()}
    words = {word for maker in makers for word in maker.split()}
    return sorted(word for word in words if word in texts or any(alike(word, other) for other in texts))

"""How alike two names of organisations are: words in any order, misspelt, abbreviated, left out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel

from mdm.core.matching.folding import abbreviates, alike
from mdm.core.matching.frequencies import Frequencies

IDENTICAL, SIMILAR, CONTAINED, ACRONYM, RELATED, DIFFERENT = range(6)
LABELS = ("identical", "similar", "contained", "acronym", "related", "different")

NEGLIGIBLE = 2.0  # bits below which a word may be left out: and, the, legal forms
MISSPELT = 0.85  # similarity at which all the words left over are taken for the same words misspelt
MISSPELT_FROM = 6  # letters; shorter words are alike by chance
KINSHIP = 0.4  # share of the shorter name's bits that related names have in common
BLURRED = 0.9  # what an agreement on a misspelt word says, compared with the exact word
CACHED = 50_000


@dataclass(frozen=True, slots=True)
class Name:
    """A name made ready to be compared."""

    words: dict[str, float]  # word → bits, in the order written
    flat: str
    bits: float


Compared = tuple[int, float]  # kind, bits of the words both names have
NameComparison = Callable[[Sequence[str], Sequence[str]], Compared]


def name_comparison(*, frequencies: Frequencies, telling: Collection[str] = ()) -> NameComparison:
    """Return a function that compares two lists of names and gives the best agreement.

    `telling` words (holding, leasing) tell relatives apart: a name with one is not the name without it.
    """
    told_apart = frozenset(telling)

    @lru_cache(CACHED)
    def ready(name: str) -> Name:
        words = {word: frequencies.of_word(word) for word in name.split()}
        return Name(words, "".join(words), sum(words.values()))

    def compare(left: str, right: str) -> Compared:
        if left == right:
            return IDENTICAL, ready(left).bits
        return _compare(ready(left), ready(right), told_apart)

    def best(left: Sequence[str], right: Sequence[str]) -> Compared:
        if len(left) == 1 and len(right) == 1:
            return compare(left[0], right[0])
        return max((compare(a, b) for a in left for b in right), key=lambda found: (-found[0], found[1]))

    return best


def _compare(left: Name, right: Name, told_apart: frozenset[str]) -> Compared:
    if left.flat > right.flat:  # so that the order of the two makes no difference
        left, right = right, left
    if left.flat == right.flat or left.words.keys() == right.words.keys():
        return IDENTICAL, min(left.bits, right.bits)
    bits = sum(sorted(left.words[word] for word in left.words.keys() & right.words.keys()))
    rest_left = {word: worth for word, worth in left.words.items() if word not in right.words}
    rest_right = {word: worth for word, worth in right.words.items() if word not in left.words}
    if rest_left and rest_right:
        bits += _pair_off(rest_left, rest_right, abbreviated=bits > NEGLIGIBLE)
    return _rest(rest_left, rest_right, bits, told_apart)


def _pair_off(left: dict[str, float], right: dict[str, float], *, abbreviated: bool) -> float:
    """Take words that are alike, or short for each other, off both sides; return their bits."""
    bits = 0.0
    for word in tuple(left):
        for other in right:
            if alike(word, other) or (abbreviated and abbreviates(word, other)):
                bits += BLURRED * min(left.pop(word), right.pop(other))
                break
    return bits


def _rest(left: dict[str, float], right: dict[str, float], bits: float, told_apart: frozenset[str]) -> Compared:
    """Say what two names are to each other that have words of so many bits in common, and what else each has."""
    missing_left, missing_right = sum(left.values()), sum(right.values())
    if not (told_apart.isdisjoint(left) and told_apart.isdisjoint(right)):
        return _kin(missing_left, missing_right, bits)
    if missing_left < NEGLIGIBLE and missing_right < NEGLIGIBLE:
        return SIMILAR, bits
    if missing_left < NEGLIGIBLE or missing_right < NEGLIGIBLE:
        return (CONTAINED, bits) if bits >= NEGLIGIBLE else (DIFFERENT, bits)
    if _misspelt("".join(left), "".join(right)):
        return SIMILAR, bits + BLURRED * min(missing_left, missing_right)
    if _initials(left, right) or _initials(right, left):
        return ACRONYM, bits + min(missing_left, missing_right)
    return _kin(missing_left, missing_right, bits)


def _misspelt(left: str, right: str) -> bool:
    return min(len(left), len(right)) >= MISSPELT_FROM and Indel.normalized_similarity(left, right) >= MISSPELT


def _kin(missing_left: float, missing_right: float, bits: float) -> Compared:
    kin = bits > NEGLIGIBLE and bits >= KINSHIP * (bits + min(missing_left, missing_right))
    return (RELATED if kin else DIFFERENT), bits


def _initials(acronym: Collection[str], words: Collection[str]) -> bool:
    return len(acronym) == 1 and len(words) >= 2 and next(iter(acronym)) == "".join(word[0] for word in words)

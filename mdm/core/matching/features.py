"""How alike the technical properties of two items are: agreeing, more or less detailed, or those of another variant."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from mdm.core.matching.frequencies import Frequencies

SAME, AGREEING, DIFFERING, CONFLICTING = range(4)
LABELS = ("same", "agreeing", "differing", "conflicting")
UNKNOWN = "number"  # the kind of a number of which nothing more is known: it may be any other property
SHORTEST_PART = 3  # characters of a code that may be another one shortened
CACHED = 20_000

Compared = tuple[int, float]  # outcome, bits of what both have; outcome -1: they have nothing in common to compare
Kinds = dict[str, frozenset[str]]


def feature_comparison(
    *, frequencies: Frequencies | None = None, soft: Collection[str] = ()
) -> Callable[[Sequence[str], Sequence[str]], Compared]:
    """Return a function that compares two lists of `kind=value`.

    Two variants differ in a kind when each has a value of it that the other lacks. `soft` kinds are those in which
    records of one item may differ too, such as codes of which nobody knows what they say.
    """
    loose = frozenset(soft)

    @lru_cache(CACHED)
    def by_kind(features: tuple[str, ...]) -> Kinds:
        kinds: dict[str, set[str]] = {}
        for feature in features:
            kind, _, value = feature.partition("=")
            kinds.setdefault(kind, set()).add(value)
        return {kind: frozenset(values) for kind, values in kinds.items()}

    def bits_of(shared: Collection[str]) -> float:
        return sum(frequencies.of_word(feature) for feature in sorted(shared)) if frequencies else 0.0

    def compare(left: Sequence[str], right: Sequence[str]) -> Compared:
        if left == right:
            return SAME, bits_of(left)
        a, b = by_kind(tuple(left)), by_kind(tuple(right))
        shared = set(left) & set(right)
        apart = {kind for kind in a.keys() & b.keys() if _apart(kind, a, b)}
        if apart:
            return (DIFFERING if apart <= loose else CONFLICTING), bits_of(shared)
        return (AGREEING, bits_of(shared)) if a.keys() & b.keys() else (-1, 0.0)

    return compare


def _apart(kind: str, left: Kinds, right: Kinds) -> bool:
    """Say whether each side has a value of the kind that the other lacks."""
    more_left, more_right = left[kind] - right[kind], right[kind] - left[kind]
    if not (more_left and more_right):
        return False
    if kind == UNKNOWN:
        more_left, more_right = (_unmatched(more, of) for more, of in ((more_left, right), (more_right, left)))
    elif kind == "code":
        more_left, more_right = _unlike(more_left, right[kind]), _unlike(more_right, left[kind])
    return bool(more_left and more_right)


def _unmatched(numbers: frozenset[str], of: Kinds) -> frozenset[str]:
    """Return the numbers that the other side has in no kind."""
    return numbers - frozenset().union(*of.values())


def _unlike(codes: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Return the codes that are no part of another one, nor made up of one: 6204 may be 62042RS."""
    return frozenset(code for code in codes if not any(_part(code, other) for other in others))


def _part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= SHORTEST_PART and shorter in longer

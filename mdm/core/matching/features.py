"""How alike the technical properties of two items are: agreeing, more or less detailed, or those of another variant."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from mdm.core.matching.frequencies import Frequencies

SAME, FULLER, AGREEING, DIFFERING, CONFLICTING = range(5)
LABELS = ("same", "fuller", "agreeing", "differing", "conflicting")
UNKNOWN = "number"  # the kind of a number of which nothing more is known: it may be any other property
CODE = "code"
SHORTEST_PART = 3  # characters of a code that may be another one shortened
AND_MORE = "~"  # ends a value of which only the beginning is known
MEASURES = frozenset({"length", "diameter", "size", "inch"})  # kinds whose unit people leave out
MISSING = 0.5  # what a property that only one side states takes away, compared with one that both state
LEAST = 0.1  # bits of an agreement, so that it is known to be little
CACHED = 20_000

Compared = tuple[int, float]  # outcome, bits of what both have; outcome -1: they have nothing in common to compare
Kinds = dict[str, frozenset[str]]


def feature_comparison(
    *, frequencies: Frequencies | None = None, soft: Collection[str] = ()
) -> Callable[[Sequence[str], Sequence[str]], Compared]:
    """Return a function that compares two lists of `kind=value`; the table has the shares of values by kind.

    Two variants differ in a kind when each has a value of it that the other lacks. `soft` kinds are those in which
    records of one item may differ too, such as codes of which nobody knows what they say; one side that states only
    more of them is fuller.
    """
    loose = frozenset(soft)

    def worth(kinds: Kinds) -> float:
        if frequencies is None:
            return 0.0
        bits, unlisted = frequencies.bits, frequencies.unlisted
        return sum(bits.get(kind, unlisted) * len(kinds[kind]) for kind in sorted(kinds))

    def compare(left: Sequence[str], right: Sequence[str]) -> Compared:
        a, b = _by_kind(tuple(left)), _by_kind(tuple(right))
        a, b = _completed(a, b), _completed(b, a)
        a, b = _resolved(a, b), _resolved(b, a)
        common = a.keys() & b.keys()
        apart = {kind for kind in common if _apart(kind, a, b)}
        if apart or _other_number(a, b) or _other_number(b, a):
            return (DIFFERING if apart <= loose else CONFLICTING), 0.0
        shared = {kind: a[kind] & b[kind] for kind in common}
        if a == b:
            return SAME, worth(shared)
        more = _more(a, b), _more(b, a)
        bits = max(worth(shared) - MISSING * sum(map(worth, more)), LEAST)
        return (_detail(more, loose) if common else -1), bits

    return compare


@lru_cache(CACHED)
def _by_kind(features: tuple[str, ...]) -> Kinds:
    kinds: dict[str, set[str]] = {}
    for feature in features:
        kind, _, value = feature.partition("=")
        kinds.setdefault(kind, set()).add(value)
    return {kind: frozenset(values) for kind, values in kinds.items()}


def _detail(more: tuple[Kinds, Kinds], loose: Collection[str]) -> int:
    """Say whether one side is merely fuller, or states what the other one should have said."""
    return FULLER if all(kind in loose for one in more for kind in one) else AGREEING


def _more(kinds: Kinds, other: Kinds) -> Kinds:
    """Return what the other side does not state, not even as a number."""
    numbers = other.get(UNKNOWN, frozenset())
    return {kind: more for kind in kinds if (more := kinds[kind] - other.get(kind, frozenset()) - numbers)}


def _completed(kinds: Kinds, other: Kinds) -> Kinds:
    """Return the properties, a value of which only the beginning is known (RAL 90~) as the other side has it."""
    found = dict(kinds)
    for kind, values in kinds.items():
        for begun in (value for value in values if value.endswith(AND_MORE)):
            whole = {value for value in other.get(kind, ()) if value.startswith(begun[:-1])}
            found[kind] = (found[kind] - {begun}) | (whole or ({begun} if kind in other else set()))
    return {kind: values for kind, values in found.items() if values}


def _other_number(kinds: Kinds, other: Kinds) -> bool:
    """Say whether a mere number stands where the other side has a measure of a kind that this side lacks."""
    if UNKNOWN not in kinds or kinds[UNKNOWN] <= other.get(UNKNOWN, frozenset()):
        return False
    return any(kind not in kinds and kind in MEASURES for kind in other)


def _resolved(kinds: Kinds, other: Kinds) -> Kinds:
    """Return the properties, a number as the property that it is on the other side."""
    numbers = kinds.get(UNKNOWN, frozenset()) - other.get(UNKNOWN, frozenset())
    if not numbers:
        return kinds
    found = dict(kinds)
    for kind in sorted(other.keys() - kinds.keys()):
        if meant := numbers & other[kind]:
            found[kind] = meant
            numbers -= meant
    left = numbers | (kinds[UNKNOWN] & other.get(UNKNOWN, frozenset()))
    del found[UNKNOWN]
    return found | ({UNKNOWN: left} if left else {})


def _apart(kind: str, left: Kinds, right: Kinds) -> bool:
    """Say whether each side has a value of the kind that the other lacks."""
    more_left, more_right = left[kind] - right[kind], right[kind] - left[kind]
    if kind == CODE:
        more_left, more_right = _unlike(more_left, right[kind]), _unlike(more_right, left[kind])
    return bool(more_left and more_right)


def _unlike(codes: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Return the codes that are no part of another one, nor made up of one: 6204 may be 62042RS."""
    return frozenset(code for code in codes if not any(_part(code, other) for other in others))


def _part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= SHORTEST_PART and shorter in longer

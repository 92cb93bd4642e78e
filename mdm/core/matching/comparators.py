"""How two values of a column are compared: which of a comparator's outcomes they reach."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import JaroWinkler

from mdm.core.matching import features, makers, names, positions, quantities
from mdm.core.matching.columns import CODE
from mdm.core.matching.folding import alike, near
from mdm.core.matching.frequencies import Frequencies

Reached = tuple[int, float]  # index of the outcome, bits of what was agreed on (0: not known)
Compare = Callable[[Any, Any], Reached]
CACHED = 50_000
SUBSCRIBER_DIGITS = 7  # fewer digits in common are chance
MOST_EXTENSION = 4
SHORTEST_PART = 5  # characters of a part number that may stand inside another one
BITS_OF_A_DIGIT, BITS_OF_A_LETTER = 3.3, 4.7


@dataclass(frozen=True, slots=True)
class Comparator:
    """A way to compare, its outcomes from strongest to weakest, and the columns it understands."""

    outcomes: tuple[str, ...]  # empty: graded, the levels name similarities
    columns: tuple[str, ...]
    build: Callable[..., Compare]


def _same_text(*, frequencies: Frequencies | None = None) -> Compare:
    bits = frequencies.bits if frequencies else {}
    return lambda left, right: (0, bits.get(left, 0.0)) if left == right else (1, 0.0)


def _identifiers(*, scope: int = 0, frequencies: Frequencies | None = None) -> Compare:
    """Compare values; of different scopes (first letters, such as a country) they say nothing: no outcome."""
    bits = frequencies.bits if frequencies else {}

    def compare(left: Sequence[str], right: Sequence[str]) -> Reached:
        shared = [value for value in left if value in right]
        if shared:
            return 0, max(bits.get(value, 0.0) for value in shared)
        if any(near(a, b) for a in left for b in right):
            return 1, 0.0
        if scope and not {value[:scope] for value in left} & {value[:scope] for value in right}:
            return -1, 0.0
        return 2, 0.0

    return compare


def _part_numbers() -> Compare:
    """Compare part numbers, also with those that stand in a text; bits are those of the characters they share.

    A number that is made of what the text says is the designation of a type, which other makers use too.
    """

    def compare(left: Sequence[str], right: Sequence[str]) -> Reached:
        a, b = _own(left), _own(right)
        texts = _mentioned(left) | _mentioned(right)
        if shared := a & b:
            own = {number for number in shared if not _says(texts, number)}
            return (0 if own else 3), max(map(_information, own or shared))
        if inside := [short for short, long in _ordered(a, b) if len(short) >= SHORTEST_PART and short in long]:
            return (3 if any(_says(texts, number) for number in inside) else 1), max(map(_information, inside))
        if mentioned := (a & _mentioned(right)) | (b & _mentioned(left)):
            return 2, max(map(_information, mentioned))
        return (4, 0.0) if a and b else (-1, 0.0)

    return compare


def _says(texts: Iterable[str], number: str) -> bool:
    """Say whether a part number is made of a code that texts have beside it."""
    return any(code != number and code in number for code in texts)


def _own(numbers: Sequence[str]) -> set[str]:
    return {number for number in numbers if not number.startswith(CODE)}


def _mentioned(numbers: Sequence[str]) -> set[str]:
    return {number.removeprefix(CODE) for number in numbers if number.startswith(CODE)}


def _ordered(left: Iterable[str], right: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield every pair of one of each side, the shorter one first."""
    return ((a, b) if len(a) <= len(b) else (b, a) for a in left for b in right)


def _information(number: str) -> float:
    return sum(BITS_OF_A_DIGIT if sign.isdigit() else BITS_OF_A_LETTER for sign in number)


def _phones(*, frequencies: Frequencies | None = None) -> Compare:
    """Compare numbers; a line is another extension behind the same switchboard."""
    bits = frequencies.bits if frequencies else {}

    def compare(left: Sequence[str], right: Sequence[str]) -> Reached:
        shared = [value for value in left if value in right]
        if shared:
            return 0, max(bits.get(value, 0.0) for value in shared)
        if any(_same_line(a, b) for a in left for b in right):
            return 1, 0.0
        return (2 if any(near(a, b) for a in left for b in right) else 3), 0.0

    return compare


def _same_line(left: str, right: str) -> bool:
    """Say whether numbers are a switchboard and its extension, or one number with and without its prefix."""
    shorter, longer = sorted((left.lstrip("+0"), right.lstrip("+0")), key=len)
    if len(shorter) < SUBSCRIBER_DIGITS:
        return False
    if longer.endswith(shorter):
        return True
    stem = shorter[:-1]
    return shorter[-1] == "0" and 1 < len(longer) - len(stem) <= MOST_EXTENSION and longer.startswith(stem)


def _online(*, frequencies: Frequencies | None = None) -> Compare:
    """Compare mailboxes and registered domains."""
    bits = frequencies.bits if frequencies else {}

    def compare(left: Sequence[str], right: Sequence[str]) -> Reached:
        shared = [value for value in left if value in right]
        if shared:
            mailboxes = [value for value in shared if "@" in value]
            return (0 if mailboxes else 1), max(bits.get(value, 0.0) for value in mailboxes or shared)
        if any(_same_label(a, b) for a in left for b in right):
            return 2, 0.0
        own = "@" not in left[-1] and "@" not in right[-1]
        return (3, 0.0) if own else (-1, 0.0)

    return compare


@lru_cache(CACHED)
def _same_label(left: str, right: str) -> bool:
    """Say whether two domains or mailboxes are misspelt forms of one, or one name under two top levels."""
    if "@" in left or "@" in right:
        return "@" in left and "@" in right and near(left, right)
    a, b = left.partition(".")[0], right.partition(".")[0]
    return len(a) >= 4 and (a == b or (len(a) >= 6 and near(a, b)))


def _addresses() -> Compare:
    def compare(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> Reached:
        if len(left) == 1 and len(right) == 1:
            return _place(left[0], right[0]), 0.0
        reached = [outcome for a in left for b in right if (outcome := _place(a, b)) >= 0]
        return min(reached, default=-1), 0.0

    return compare


def _place(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how near two addresses are: same, same street, postal code, city, country, or another country."""
    if left[4] != right[4] and left[4] and right[4]:
        return 5
    same_code = bool(left[2]) and left[2] == right[2]
    same_city = bool(left[3] and right[3]) and (left[3] == right[3] or _same_words(left[3], right[3]))
    if same_code or same_city:
        if left[5] and left[5] == right[5]:
            return 0
        if left[0] and right[0] and (left[0] == right[0] or _same_words(left[0], right[0])):
            return 0 if _same_number(left[1], right[1]) else 1
        return 2 if same_code else 3
    if (left[2] and right[2]) or (left[3] and right[3]):
        return 4
    return -1


def _same_number(left: str, right: str) -> bool:
    return bool(left) and bool(right) and (left == right or _leading(left) == _leading(right))


def _leading(number: str) -> str:
    digits = ""
    for character in number:
        if not character.isdigit():
            break
        digits += character
    return digits or number


@lru_cache(CACHED)
def _same_words(left: str, right: str) -> bool:
    """Say whether two streets or cities are one, misspelt or with words left out."""
    a, b = left.split(), right.split()
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if all(any(word == other or alike(word, other) for other in longer) for word in shorter):
        return len("".join(shorter)) >= 4
    return alike("".join(a), "".join(b))


def _similarity(*, thresholds: Sequence[float] = ()) -> Compare:
    def compare(left: str, right: str) -> Reached:
        similarity = JaroWinkler.similarity(left, right)
        return next((at for at, threshold in enumerate(thresholds) if similarity >= threshold), len(thresholds)), 0.0

    return compare


COMPARATORS: Mapping[str, Comparator] = {
    "names": Comparator(names.LABELS, ("names",), names.name_comparison),
    "identifiers": Comparator(("same", "near", "different"), ("values",), _identifiers),
    "part_numbers": Comparator(("same", "inside", "mentioned", "type", "different"), ("part_numbers",), _part_numbers),
    "phones": Comparator(("same", "same_line", "near", "different"), ("values",), _phones),
    "online": Comparator(("same_mailbox", "same_domain", "similar", "different"), ("online",), _online),
    "addresses": Comparator(
        ("same", "same_street", "same_postal_code", "same_city", "same_country", "other_country"),
        ("addresses",),
        _addresses,
    ),
    "text": Comparator(("same", "different"), ("text",), _same_text),
    "similarity": Comparator((), ("text",), _similarity),
    "makers": Comparator(makers.LABELS, ("makers",), makers.maker_comparison),
    "quantities": Comparator(quantities.LABELS, ("quantities",), quantities.quantity_comparison),
    "positions": Comparator(positions.LABELS, ("positions",), positions.position_comparison),
    "features": Comparator(features.LABELS, ("features",), features.feature_comparison),
}

"""How near two measurements are: weighed twice, copied and rounded, or of different things."""

from collections.abc import Callable, Sequence
from functools import lru_cache

SAME, NEAR, CLOSE, DIFFERENT = range(4)
LABELS = ("same", "near", "close", "different")
LIMITS = (0.005, 0.03, 0.12)  # relative deviations up to which measurements are the same, near and close
CACHED = 50_000

Compared = tuple[int, float]  # outcome, no bits; outcome -1: measured in different units or dimensions


def quantity_comparison() -> Callable[[Sequence[str], Sequence[str]], Compared]:
    """Return a function that compares lists of `number unit`, the sides of a box in any order."""

    def compare(left: Sequence[str], right: Sequence[str]) -> Compared:
        a, b = sorted(map(_measured, left)), sorted(map(_measured, right))
        if [unit for unit, _ in a] != [unit for unit, _ in b]:
            return -1, 0.0
        worst = max(_deviation(one, other) for (_, one), (_, other) in zip(a, b, strict=True))
        return next((at for at, limit in enumerate(LIMITS) if worst <= limit), DIFFERENT), 0.0

    return compare


@lru_cache(CACHED)
def _measured(text: str) -> tuple[str, float]:
    number, _, unit = text.partition(" ")
    return unit, float(number)


def _deviation(one: float, other: float) -> float:
    larger = max(abs(one), abs(other))
    return abs(one - other) / larger if larger else 0.0

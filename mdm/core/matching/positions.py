"""How far two places are from each other."""

from collections.abc import Callable, Sequence
from math import asin, cos, radians, sin, sqrt

SAME, NEAR, FAR, ELSEWHERE = range(4)
LABELS = ("same", "near", "far", "elsewhere")
LIMITS = (150.0, 500.0, 5_000.0)  # metres up to which positions are the same, near and far
EARTH = 6_371_000.0  # metres of its mean radius

Compared = tuple[int, float]  # outcome, no bits


def position_comparison() -> Callable[[Sequence[str], Sequence[str]], Compared]:
    """Return a function that compares two pairs of latitude and longitude in degrees."""

    def compare(left: Sequence[str], right: Sequence[str]) -> Compared:
        metres = _distance(*map(float, left), *map(float, right))
        return next((at for at, limit in enumerate(LIMITS) if metres <= limit), ELSEWHERE), 0.0

    return compare


def _distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the metres between two places on a sphere, by the haversine formula."""
    a, b = radians(latitude), radians(other_latitude)
    across, along = (b - a) / 2, radians(other_longitude - longitude) / 2
    return 2 * EARTH * asin(sqrt(sin(across) ** 2 + cos(a) * cos(b) * sin(along) ** 2))

"""Valid time: half-open intervals with open ends, and how the tracks of attributes become slices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol, TypeVar

from survivorship.claim import JSON

START = datetime.min.replace(tzinfo=UTC)  # inside, open ends are these two; outside, both are None
END = datetime.max.replace(tzinfo=UTC)
Interval = tuple[datetime, datetime]
Provenance = dict[str, JSON]  # {"record": one record id, or all of a union's, "rule": what decided}
Segment = tuple[datetime, datetime, dict[str, JSON], Provenance]  # one unit's values over an interval
Track = list[Segment]  # in time order, without overlaps


class Dated(Protocol):
    """Something that holds over an interval of valid time."""

    @property
    def valid_from(self) -> datetime | None:
        """Start, included; None is open."""

    @property
    def valid_to(self) -> datetime | None:
        """End, excluded; None is open."""


D = TypeVar("D", bound=Dated)


@dataclass(slots=True)
class Slice:
    """The surviving attributes over [valid_from, valid_to); None is an open end."""

    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, JSON]
    provenance: dict[str, Provenance]


def elementary(dated: Iterable[Dated]) -> list[Interval]:
    """Return the intervals between all starts and ends, inside which nothing begins or ceases to hold."""
    bounds = [START, END]
    for each in dated:
        if each.valid_from is not None:
            bounds.append(each.valid_from)
        if each.valid_to is not None:
            bounds.append(each.valid_to)
    return between(bounds)


def between(bounds: list[datetime]) -> list[Interval]:
    """Return the intervals from each bound to the next one, in time order."""
    bounds.sort()  # few bounds: faster than a set, which must know the offset of each from UTC
    return [(start, end) for start, end in pairwise(bounds) if start != end]


def without(intervals: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """Return what is left of intervals where the others are not."""
    left = list(intervals)
    for start, end in others:
        parts = [part for s, e in left for part in ((s, min(e, start)), (max(s, end), e))]
        left = [(s, e) for s, e in parts if s < e]
    return left


def in_force(dated: Iterable[D], start: datetime, end: datetime) -> list[D]:
    """Return what holds all through the elementary interval [start, end)."""
    return [
        each
        for each in dated
        if ((begun := each.valid_from) is None or begun <= start) and ((over := each.valid_to) is None or end <= over)
    ]


def at(dated: Iterable[D], instant: datetime) -> list[D]:
    """Return what holds at an instant."""
    return [
        each
        for each in dated
        if ((begun := each.valid_from) is None or begun <= instant)
        and ((over := each.valid_to) is None or instant < over)
    ]


def next_bound(slices: Iterable[Slice], instant: datetime) -> datetime | None:
    """Return the first start or end of a slice after an instant."""
    bounds = [bound for s in slices for bound in (s.valid_from, s.valid_to) if bound is not None and bound > instant]
    return min(bounds, default=None)


def zip_tracks(tracks: Sequence[Track]) -> tuple[Slice, ...]:
    """Lay the tracks side by side: one slice wherever any unit has values, equal neighbours joined into one."""
    bounds = [bound for track in tracks for segment in track for bound in segment[:2]]
    cursors = [0] * len(tracks)
    slices: list[tuple[datetime, datetime, dict[str, JSON], dict[str, Provenance]]] = []
    for start, end in between(bounds):
        attributes: dict[str, JSON] = {}
        provenance: dict[str, Provenance] = {}
        for number, track in enumerate(tracks):
            cursor = cursors[number]
            if cursor < len(track) and track[cursor][1] <= start:
                cursor = cursors[number] = cursor + 1
            if cursor < len(track) and track[cursor][0] <= start:
                values, origin = track[cursor][2:]
                attributes |= values
                for name in values:
                    provenance[name] = origin
        if not attributes:
            continue
        if slices and slices[-1][1] == start and slices[-1][2] == attributes and slices[-1][3] == provenance:
            start = slices.pop()[0]  # noqa: PLW2901  the slice goes on
        slices.append((start, end, attributes, provenance))
    return tuple(Slice(None if s == START else s, None if e == END else e, a, p) for s, e, a, p in slices)

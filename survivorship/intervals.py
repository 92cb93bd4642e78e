"""Half-open intervals with open ends: what holds when, what overlaps or meets, and what is left of one by others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol, TypeVar

START = datetime.min.replace(tzinfo=UTC)  # inside, open ends are these two; outside, both are None
END = datetime.max.replace(tzinfo=UTC)
Interval = tuple[datetime, datetime]
Bound = datetime | None
B = TypeVar("B", datetime, str)  # an instant, or its ISO 8601 form in UTC: both sort as time does


class Dated(Protocol):
    """Something that holds over an interval of valid time."""

    @property
    def valid_from(self) -> Bound:
        """Start, included; None is open."""

    @property
    def valid_to(self) -> Bound:
        """End, excluded; None is open."""


D = TypeVar("D", bound=Dated)
E = TypeVar("E", bound=Dated)


def covers(start: B | None, end: B | None, instant: B) -> bool:
    """Tell whether [start, end) contains an instant; None is open."""
    return (start is None or start <= instant) and (end is None or instant < end)


def sooner(one: B | None, other: B | None) -> B | None:
    """Return the earlier of two ends; None is open."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def holds_at(dated: Dated, instant: datetime) -> bool:
    """Tell whether something holds at an instant; `START` asks whether it has held since ever."""
    return covers(dated.valid_from, dated.valid_to, instant)


def at(dated: Iterable[D], instant: datetime) -> list[D]:
    """Return what holds at an instant."""
    return [each for each in dated if covers(each.valid_from, each.valid_to, instant)]


def first_at(dated: Iterable[D], instant: datetime) -> D | None:
    """Return the first of those that hold at an instant: of a timeline the only one."""
    return next((each for each in dated if covers(each.valid_from, each.valid_to, instant)), None)


def in_force(dated: Iterable[D], start: datetime, end: datetime) -> list[D]:
    """Return what holds all through the elementary interval [start, end)."""
    return [
        each
        for each in dated
        if ((begun := each.valid_from) is None or begun <= start) and ((over := each.valid_to) is None or end <= over)
    ]


def overlaps(one: Dated, other: Dated) -> bool:
    """Tell whether two hold at some instant together."""
    start = max(one.valid_from or START, other.valid_from or START)
    return start < min(one.valid_to or END, other.valid_to or END)


def elementary(dated: Iterable[Dated]) -> list[Interval]:
    """Return the intervals between all starts and ends, inside which nothing begins or ceases to hold."""
    bounds: list[datetime] = []
    for each in dated:
        if each.valid_from is not None:
            bounds.append(each.valid_from)
        if each.valid_to is not None:
            bounds.append(each.valid_to)
    return between([START, *bounds, END]) if bounds else [(START, END)]


def between(bounds: list[datetime]) -> list[Interval]:
    """Return the intervals from each bound to the next one, in time order."""
    bounds.sort()  # few bounds: faster than a set, which must know the offset of each from UTC
    return [(start, end) for start, end in pairwise(bounds) if start != end]


def opened(interval: Interval) -> tuple[Bound, Bound]:
    """Return an interval as it is seen from outside: open ends are None."""
    start, end = interval
    return None if start == START else start, None if end == END else end


def without(intervals: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """Return what is left of intervals where the others are not."""
    left = list(intervals)
    for start, end in others:
        parts = [part for s, e in left for part in ((s, min(e, start)), (max(s, end), e))]
        left = [(s, e) for s, e in parts if s < e]
    return left


def side_by_side(one: Sequence[D], other: Sequence[E]) -> Iterator[tuple[Interval, D | None, E | None]]:
    """Yield the elementary intervals of two timelines, with what holds there in each."""
    for start, end in elementary([*one, *other]):
        yield (start, end), first_at(one, start), first_at(other, start)


def joined(dated: Iterable[D], same: Callable[[D, D], bool], prolonged: Callable[[D, Bound], D]) -> list[D]:
    """Make one of neighbours in time order that meet and say the same; `prolonged` gives one another end."""
    found: list[D] = []
    for each in dated:
        if found and found[-1].valid_to is not None and found[-1].valid_to == each.valid_from and same(found[-1], each):
            found[-1] = prolonged(found[-1], each.valid_to)
        else:
            found.append(each)
    return found


def bounds_of(dated: Iterable[Dated]) -> set[datetime]:
    """Return every start and end that is not open."""
    return {bound for each in dated for bound in (each.valid_from, each.valid_to) if bound is not None}


def bounds_within(dated: Iterable[Dated], after: datetime, until: datetime) -> list[datetime]:
    """Return the starts and ends that are reached after an instant, and until another one, in time order."""
    return sorted(bound for bound in bounds_of(dated) if after < bound <= until)


def gap(dated: Iterable[Dated], instant: datetime) -> tuple[Bound, Bound]:
    """Return the stretch around an instant at which nothing holds: from the last end to the next start."""
    bounds = bounds_of(dated)
    return max((b for b in bounds if b <= instant), default=None), min((b for b in bounds if b > instant), default=None)


def next_bound(dated: Iterable[Dated], instant: datetime) -> Bound:
    """Return the first start or end after an instant."""
    return min((bound for bound in bounds_of(dated) if bound > instant), default=None)

"""The laws of intervals, against sets of days in which every day has its own entry."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from survivorship.intervals import (
    END,
    START,
    Bound,
    Interval,
    at,
    bounds_within,
    covers,
    elementary,
    first_at,
    holds_at,
    in_force,
    joined,
    next_bound,
    opened,
    overlaps,
    side_by_side,
    sooner,
    without,
)

DAYS = range(-1, 12)  # days that are looked at; bounds lie between the first and the last


def day(number: int) -> datetime:
    return datetime(2026, 1, 10, tzinfo=UTC) + timedelta(days=number)


class Said(NamedTuple):
    valid_from: Bound
    valid_to: Bound
    value: str = "A"

    @property
    def days(self) -> set[int]:
        return {n for n in DAYS if covers(self.valid_from, self.valid_to, day(n))}


def text(bound: Bound) -> str | None:
    return None if bound is None else bound.isoformat()


def days_of(*intervals: Interval) -> set[int]:
    return {n for n in DAYS for start, end in intervals if start <= day(n) < end}


bounds = st.none() | st.integers(0, 10).map(day)
stretches = st.builds(Said, bounds, bounds, st.sampled_from("AB"))
intervals = st.builds(lambda one: (one.valid_from or START, one.valid_to or END), stretches)


@st.composite
def timelines(draw: st.DrawFn) -> list[Said]:
    """Stretches in time order that do not overlap."""
    cuts = sorted(draw(st.sets(st.integers(0, 10).map(day), max_size=5)))
    ends: list[Bound] = [None, *cuts, None]
    spans = [Said(start, end, draw(st.sampled_from("AB"))) for start, end in itertools.pairwise(ends)]
    return [span for span in spans if draw(st.booleans())]


def said_on(timeline: list[Said], number: int) -> list[str]:
    return [s.value for s in timeline if number in s.days]


def test_an_end_is_excluded_and_a_start_included() -> None:
    assert [covers(day(1), day(3), day(n)) for n in range(5)] == [False, True, True, False, False]


def test_open_ends_hold_for_ever_and_since_ever() -> None:
    assert covers(None, None, START)
    assert holds_at(Said(None, day(1)), START)
    assert not holds_at(Said(day(1), None), START)


@given(bounds, bounds, st.integers(0, 10))
def test_text_in_utc_behaves_as_instants_do(start: Bound, end: Bound, number: int) -> None:
    assert covers(text(start), text(end), day(number).isoformat()) == covers(start, end, day(number))
    assert sooner(text(start), text(end)) == text(sooner(start, end))


@given(stretches, stretches)
def test_overlapping_is_to_share_a_day(one: Said, other: Said) -> None:
    assert overlaps(one, other) == overlaps(other, one) == bool(one.days & other.days)


@given(st.lists(intervals, max_size=4), st.lists(intervals, max_size=4))
def test_what_is_left_is_what_the_others_do_not_cover(kept: list[Interval], others: list[Interval]) -> None:
    assert days_of(*without(kept, others)) == days_of(*kept) - days_of(*others)


@given(st.lists(stretches, max_size=5))
def test_elementary_intervals_cover_all_time_and_nothing_begins_or_ends_inside(dated: list[Said]) -> None:
    pieces = elementary(dated)
    assert (pieces[0][0], pieces[-1][1]) == (START, END)
    assert all(one[1] == other[0] for one, other in itertools.pairwise(pieces))
    for start, end in pieces:
        for n in days_of((start, end)):
            assert at(dated, day(n)) == in_force(dated, start, end)


@given(timelines(), timelines())
def test_two_timelines_side_by_side_say_on_every_day_what_each_says(one: list[Said], other: list[Said]) -> None:
    for piece, mine, theirs in side_by_side(one, other):
        for n in days_of(piece):
            assert said_on(one, n) == ([mine.value] if mine else [])
            assert said_on(other, n) == ([theirs.value] if theirs else [])


@given(timelines())
def test_joining_neighbours_changes_no_day_and_leaves_none_to_join(timeline: list[Said]) -> None:
    found = joined(timeline, lambda a, b: a.value == b.value, lambda s, end: s._replace(valid_to=end))
    assert [said_on(found, n) for n in DAYS] == [said_on(timeline, n) for n in DAYS]
    met = [(a, b) for a, b in itertools.pairwise(found) if a.valid_to == b.valid_from]
    assert all(a.value != b.value for a, b in met)


@given(st.lists(stretches, max_size=5), st.integers(0, 10), st.integers(0, 10))
def test_bounds_are_reached_in_order_and_the_next_one_first(dated: list[Said], since: int, until: int) -> None:
    every = {bound for s in dated for bound in s[:2] if bound is not None}
    assert bounds_within(dated, day(since), day(until)) == sorted(b for b in every if day(since) < b <= day(until))
    assert next_bound(dated, day(since)) == min((b for b in every if b > day(since)), default=None)


@given(intervals)
def test_an_interval_seen_from_outside_holds_on_the_same_days(interval: Interval) -> None:
    assert Said(*opened(interval)).days == days_of(interval)


def test_nothing_holds_first_where_nothing_holds() -> None:
    assert first_at([Said(day(1), day(2))], day(2)) is None

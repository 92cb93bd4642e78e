from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mdm.hub.golden.timeline import announced, at, first_difference, replacement
from mdm.store.golden import Ended

DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)


def day(n: int) -> datetime:
    return DAY_0 + timedelta(days=n)


@dataclass
class Slice:
    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, Any]
    provenance: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    from_version: int = 1


def timeline(text: str, **more: Any) -> list[Slice]:
    """Read "1-5:A 5-:B" as slices with one attribute; letters after / are the provenance."""
    slices = []
    for n, word in enumerate(text.split()):
        span, _, value = word.partition(":")
        start, _, end = span.partition("-")
        name, _, origin = value.partition("/")
        slices.append(
            Slice(day(int(start)), day(int(end)) if end else None, {"name": name}, {"name": origin}, id=n, **more)
        )
    return slices


def test_neighbours_that_differ_in_provenance_alone_are_announced_as_one() -> None:
    joined = announced(timeline("1-5:A/x 5-9:A/y 9-:B/y"))
    assert [(s.valid_from, s.valid_to, s.attributes["name"]) for s in joined] == [
        (day(1), day(9), "A"),
        (day(9), None, "B"),
    ]


def test_equal_slices_on_both_sides_of_a_gap_stay_apart() -> None:
    assert len(announced(timeline("1-3:A 5-:A"))) == 2


def test_nothing_is_in_force_outside_the_slices() -> None:
    now = announced(timeline("1-5:A"))
    assert [at(now, day(n)) for n in (0, 1, 5)] == [{}, {"name": "A"}, {}]


def test_difference_in_force_now_is_effective_now() -> None:
    found = first_difference(announced(timeline("1-:A")), announced(timeline("1-:B")), now=day(3))
    assert found == (day(3), {"name": "A"}, {"name": "B"})


def test_difference_in_the_future_is_effective_when_it_begins() -> None:
    found = first_difference(announced(timeline("1-:A")), announced(timeline("1-30:A 30-:B")), now=day(3))
    assert found == (day(30), {"name": "A"}, {"name": "B"})


def test_difference_in_the_past_alone_is_told_as_of_now() -> None:
    found = first_difference(announced(timeline("1-:A")), announced(timeline("1-2:B 2-:A")), now=day(3))
    assert found == (day(3), {"name": "A"}, {"name": "A"})


def test_equal_slices_are_kept() -> None:
    found = replacement(timeline("1-5:A 5-:B"), timeline("1-5:A 5-:B"), version=2)
    assert (found.ended, found.deleted, found.new) == ([], [], [])


def test_changed_slice_ends_at_the_new_version() -> None:
    found = replacement(timeline("1-5:A 5-:B"), timeline("1-5:A 5-:C"), version=2)
    assert (found.ended, found.deleted) == ([Ended(1, 2)], [])
    assert [s.attributes for s in found.new] == [{"name": "C"}]


def test_changed_provenance_replaces_a_slice_of_the_same_version() -> None:
    found = replacement(timeline("1-:A/x", from_version=2), timeline("1-:A/y"), version=2)
    assert (found.ended, found.deleted, len(found.new)) == ([], [0], 1)


cuts = st.lists(st.integers(0, 9), min_size=2, max_size=5, unique=True).map(sorted)
timelines = st.tuples(cuts, st.lists(st.sampled_from("AB"), min_size=5, max_size=5)).map(
    lambda drawn: [
        Slice(day(a), day(b), {"name": value}, id=n)
        for n, (a, b, value) in enumerate(zip(drawn[0], drawn[0][1:], drawn[1], strict=False))
    ]
)


@given(timelines, timelines)
def test_kept_and_new_slices_together_are_the_wanted_ones(stored: list[Slice], wanted: list[Slice]) -> None:
    found = replacement(stored, wanted, version=2)
    gone = {end.id for end in found.ended}
    result = [s for s in stored if s.id not in gone] + [s for s in wanted if s in found.new]
    assert sorted((s.valid_from, s.valid_to, s.attributes["name"]) for s in result) == sorted(
        (s.valid_from, s.valid_to, s.attributes["name"]) for s in wanted
    )


@given(timelines)
def test_announcing_changes_no_day(slices: list[Slice]) -> None:
    joined = announced(slices)
    for n in range(10):
        in_force = [s.attributes for s in slices if s.valid_from <= day(n) < s.valid_to]  # type: ignore[operator]
        assert at(joined, day(n)) == (in_force[0] if in_force else {})

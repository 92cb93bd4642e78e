"""Spells and differences of timelines against looking at every version and every day."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mdm.hub.golden.history.differing import differing_stretches
from mdm.hub.golden.history.spells import Spell, spells
from mdm.hub.golden.history.timeline import Shown
from mdm.hub.golden.timeline import replacement

DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = range(7)

# what holds on each day, None: nothing; the first day is open to the past and the last one to the future
days_of_values = st.lists(st.sampled_from(["A", "B", None]), min_size=len(DAYS), max_size=len(DAYS))


def bound(day: int) -> datetime | None:
    return DAY_0 + timedelta(days=day) if 0 < day < len(DAYS) else None


def noon(day: int) -> datetime:
    return DAY_0 + timedelta(days=day, hours=12)


def stretches(days: list[str | None]) -> list[SimpleNamespace]:
    """One slice a day where something holds: neighbours may say the same, as after a change of another attribute."""
    return [
        SimpleNamespace(
            valid_from=bound(day),
            valid_to=bound(day + 1),
            attributes={"name": value},
            provenance={"name": {"record": f"erp/{value}"}},
        )
        for day, value in enumerate(days)
        if value is not None
    ]


def stored(versions: list[list[str | None]]) -> list[Any]:
    """The slices as rebuilds leave them in the database after all these versions."""
    slices: list[Any] = []
    for version, days in enumerate(versions, start=1):
        current = [s for s in slices if s.until_version is None]
        change = replacement(current, stretches(days), version=version)
        for ended in change.ended:
            slices[ended.id].until_version = ended.version
        for new in change.new:
            slices.append(SimpleNamespace(**vars(new), id=len(slices), from_version=version, until_version=None))
    return slices


def spell(row: Any) -> Spell:
    value = row.attributes["name"]
    return Spell(row.valid_from, row.valid_to, row.from_version, row.until_version, value, row.provenance["name"])


def covers(piece: Any, day: int) -> bool:
    start, end = piece.valid_from, piece.valid_to
    return (start is None or start <= noon(day)) and (end is None or noon(day) < end)


@given(st.lists(days_of_values, min_size=1, max_size=6))
def test_spells_say_of_every_day_what_every_version_said(versions: list[list[str | None]]) -> None:
    found = spells(spell(row) for row in stored(versions))
    for version, days in enumerate(versions, start=1):
        for day in DAYS:
            then = [
                s.value
                for s in found
                if s.from_version <= version
                and (s.until_version is None or version < s.until_version)
                and covers(s, day)
            ]
            assert then == ([] if days[day] is None else [days[day]]), (version, day)


@given(st.lists(days_of_values, min_size=1, max_size=6))
def test_spells_are_as_few_as_can_be(versions: list[list[str | None]]) -> None:
    found = spells(spell(row) for row in stored(versions))
    for one in found:
        for other in found:
            same = one.says_the_same(other)
            side_by_side = one.valid_to is not None and one.valid_to == other.valid_from
            together = (one.from_version, one.until_version) == (other.from_version, other.until_version)
            on_top = (one.valid_from, one.valid_to) == (other.valid_from, other.valid_to)
            assert not (same and side_by_side and together)
            assert not (same and on_top and one.until_version == other.from_version)


@given(days_of_values, days_of_values)
def test_differing_stretches_are_the_days_on_which_values_differ(
    before: list[str | None], after: list[str | None]
) -> None:
    old, new = ([Shown(**vars(s), masked=[]) for s in stretches(days)] for days in (before, after))
    found = differing_stretches(old, new)
    for day in DAYS:
        then = [(change.before, change.after) for s in found if covers(s, day) for change in s.attributes]
        assert then == ([] if before[day] == after[day] else [(before[day], after[day])]), day
    for one, following in pairwise(found):
        assert one.valid_to != following.valid_from or one.attributes != following.attributes


def test_what_is_masked_on_one_side_is_not_compared() -> None:
    old = Shown(None, None, {"name": "A", "cost": 7}, {}, [])
    new = Shown(None, None, {"name": "B"}, {}, ["cost"])
    ((stretch),) = differing_stretches([old], [new])
    assert [change.attribute for change in stretch.attributes] == ["name"]

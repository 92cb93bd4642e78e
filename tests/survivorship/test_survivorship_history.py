"""How facts of one record follow each other, against a calendar in which every day has its own entry."""

from itertools import pairwise

from claims_in_words import DAY_ZERO, day, emptied, ruled_by, said, survive, timeline
from hypothesis import given
from hypothesis import strategies as st

from survivorship import Claim, Fact, fold

FIRST, LAST = -1, 9  # days that are looked at


def fact(value: str, since: int | None, until: int | None = None, *, order: int, **more: bool) -> Fact:
    return Fact(claim=said("erp/1", value, since=since, until=until, on=order, order=order), **more)


def told(*facts: Fact) -> list[tuple[int | None, int | None, str]]:
    days = [[None if b is None else (b - DAY_ZERO).days for b in (c.valid_from, c.valid_to)] for c in fold(facts)]
    return [(since, until, claim.value) for (since, until), claim in zip(days, fold(facts), strict=True)]


def test_a_fact_holds_until_the_next_one_begins() -> None:
    assert told(fact("A", 1, order=1), fact("B", 5, order=2)) == [(1, 5, "A"), (5, None, "B")]


def test_a_late_fact_applies_until_the_next_dated_one() -> None:
    assert told(fact("B", 5, order=1), fact("A", 1, order=2)) == [(1, 5, "A"), (5, None, "B")]


def test_a_fact_that_replaces_ends_what_was_said_about_later_times() -> None:
    assert told(fact("B", 5, order=1), fact("A", 1, order=2, replaces=True)) == [(1, None, "A")]


def test_a_fact_without_a_date_ends_nothing_that_is_dated() -> None:
    assert told(fact("B", 5, order=1), fact("A", 1, order=2, dated=False)) == [(1, 5, "A"), (5, None, "B")]
    assert told(fact("B", 5, order=1, dated=False), fact("A", 1, order=2)) == [(1, None, "A")]


def test_after_an_end_of_its_own_what_held_before_goes_on() -> None:
    moved = fact("Interim", 3, 6, order=2)
    assert told(fact("A", 1, order=1), moved) == [(1, 3, "A"), (3, 6, "Interim"), (6, None, "A")]
    late = fact("B", 2, order=3)
    assert told(fact("A", 1, order=1), moved, late) == [(1, 2, "A"), (2, 3, "B"), (3, 6, "Interim"), (6, None, "B")]


def test_a_late_fact_leaves_alone_what_follows_the_next_dated_one() -> None:
    follows = fact("C", 7, order=2, dated=False)
    late = fact("A", 1, order=3)
    assert told(fact("B", 5, order=1), follows, late) == [(1, 5, "A"), (5, 7, "B"), (7, None, "C")]


def test_each_attribute_is_carried_forward_for_itself() -> None:
    facts = [
        Fact(claim=said("erp/1", "Acme", since=1, order=1)),
        Fact(claim=said("erp/1", "+1", "phone", since=1, order=1)),
        Fact(claim=emptied("erp/1", "phone", since=4, order=2)),
    ]
    rebuilt = survive(ruled_by("source_priority"), *fold(facts))
    assert timeline(rebuilt) == [(1, 4, "Acme"), (4, None, "Acme")]
    assert timeline(rebuilt, "phone") == [(1, 4, "+1"), (4, None, None)]


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    facts = []
    for order in range(draw(st.integers(0, 6))):
        since = draw(st.none() | st.integers(0, 8))
        until = draw(st.none() | st.integers((since or 0) + 1, 9))
        dated, replaces = draw(st.booleans()), draw(st.booleans())
        facts.append(fact(f"v{order}", since, until, order=order, dated=dated, replaces=replaces))
    return facts


def calendar(facts: list[Fact]) -> dict[int, str | None]:
    """Day → value, filled in fact by fact."""
    days: dict[int, Fact | None] = dict.fromkeys(range(FIRST, LAST + 1))
    for new in facts:
        known = [f for f in days.values() if f is not None and f.dated and first_day(f) > first_day(new)]
        stop = min([first_day(f) for f in known if f.claim.valid_to is None], default=LAST + 1)
        for number, holder in days.items():
            meant = first_day(new) <= number < last_day(new)
            if meant and (new.replaces or (number < stop and not any(holder is f for f in known))):
                days[number] = new
    return {number: f and f.claim.value for number, f in days.items()}


def first_day(f: Fact) -> int:
    return FIRST if f.claim.valid_from is None else (f.claim.valid_from - DAY_ZERO).days


def last_day(f: Fact) -> int:
    return LAST + 1 if f.claim.valid_to is None else (f.claim.valid_to - DAY_ZERO).days


def on(number: int, claims: list[Claim]) -> str | None:
    at = day(number)
    assert at is not None
    held = [c for c in claims if (c.valid_from or at) <= at and (c.valid_to is None or at < c.valid_to)]
    assert len(held) <= 1
    return held[0].value if held else None


@given(histories(), st.randoms(use_true_random=False))
def test_every_day_says_what_the_calendar_says_in_whatever_order_facts_come(facts: list[Fact], chance: object) -> None:
    shuffled = facts.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    claims = fold(shuffled)
    assert {number: on(number, claims) for number in range(FIRST, LAST + 1)} == calendar(facts)
    for left, right in pairwise(claims):
        assert left.valid_to is not None
        assert right.valid_from is not None
        assert left.valid_to <= right.valid_from

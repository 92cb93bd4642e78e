from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mdm.core.standardize import Standard
from mdm.hub.ingest.fold import EMPTY, UNVERSIONED, Order, Said, State, Terms, apply, fold

ATTRIBUTES = frozenset({"name", "fax", "a", "b", "c"})
DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)


def day(n: int) -> str:
    return (DAY_0 + timedelta(days=n)).isoformat()


def said(
    at: int,
    values: dict[str, Any] | None = None,
    *,
    version: int = UNVERSIONED,
    operation: str = "full",
    effective: int | None = None,
    replace: bool = False,
    arrival: int = 0,
) -> Said:
    return Said(
        order=Order(version, day(at), arrival or at),
        operation=operation,
        valid_from=day(at if effective is None else effective),
        dated=effective is not None,
        replace=replace,
        said_at=day(at),
        values={name: Standard(value, value) for name, value in (values or {}).items()},
    )


def folded(*facts: Said, may_blank: bool = True, longest: int = 64) -> State:
    return fold(facts, Terms(ATTRIBUTES, may_blank=may_blank, longest=longest))


def history(state: State, name: str = "name") -> list[tuple[str, str | None, Any]]:
    return [(s.start, s.end, s.value) for s in state.claims.get(name, []) if not s.absent]


def test_later_fact_follows_the_earlier_one_in_valid_time() -> None:
    state = folded(said(1, {"name": "Old"}), said(5, {"name": "New"}))
    assert history(state) == [(day(1), day(5), "Old"), (day(5), None, "New")]


def test_full_fact_ends_what_it_leaves_out() -> None:
    state = folded(said(1, {"name": "A", "fax": "1"}), said(2, {"name": "A"}))
    assert history(state, "fax") == [(day(1), day(2), "1")]


def test_partial_fact_leaves_alone_what_it_does_not_name() -> None:
    state = folded(said(1, {"name": "A", "fax": "1"}), said(2, {"name": "B"}, operation="partial"))
    assert history(state, "fax") == [(day(1), None, "1")]


def test_same_value_again_is_no_new_segment() -> None:
    state = folded(said(1, {"name": "A"}), said(2, {"name": "A"}))
    assert history(state) == [(day(1), None, "A")]


def test_late_fact_applies_where_no_later_fact_spoke() -> None:
    facts = [said(5, {"name": "New"}, version=2), said(1, {"name": "Old"}, version=1)]
    assert history(folded(*facts)) == [(day(1), day(5), "Old"), (day(5), None, "New")]


def test_higher_version_with_an_earlier_clock_still_wins() -> None:
    state = folded(said(10, {"name": "Two"}, version=2), said(5, {"name": "Three"}, version=3))
    assert history(state) == [(day(5), None, "Three")]


def test_dated_fact_waits_for_its_day() -> None:
    state = folded(said(1, {"name": "A"}), said(2, {"name": "B"}, effective=30))
    assert history(state) == [(day(1), day(30), "A"), (day(30), None, "B")]


def test_undated_fact_holds_until_the_next_dated_one() -> None:
    state = folded(said(1, {"name": "A"}, effective=30), said(2, {"name": "B"}))
    assert history(state) == [(day(2), day(30), "B"), (day(30), None, "A")]


def test_attribute_that_a_dated_full_fact_leaves_out_ends_there_however_late_it_came() -> None:
    state = folded(said(1, {"name": "A"}, effective=30), said(2, {"name": "A", "fax": "1"}))
    assert history(state, "fax") == [(day(2), day(30), "1")]


def test_replacing_fact_ends_the_dated_ones_behind_it() -> None:
    state = folded(said(1, {"name": "A"}, effective=30), said(2, {"name": "B"}, effective=10, replace=True))
    assert history(state) == [(day(10), None, "B")]


def test_fact_dated_back_leaves_alone_what_follows_the_next_dated_one() -> None:
    facts = [
        said(1, {"name": "B"}, effective=5),
        said(7, {"name": "C"}),
        said(8, {"name": "A"}, effective=1),
    ]
    assert history(folded(*facts)) == [(day(1), day(5), "A"), (day(5), day(7), "B"), (day(7), None, "C")]


def test_null_clears_where_the_source_may_blank() -> None:
    state = folded(said(1, {"name": "A"}), said(2, {"name": None}))
    assert history(state) == [(day(1), day(2), "A"), (day(2), None, None)]


def test_null_is_ignored_where_the_source_may_not_blank() -> None:
    state = folded(said(1, {"name": "A"}), said(2, {"name": None}), may_blank=False)
    assert history(state) == [(day(1), None, "A")]


def test_deletion_keeps_the_values_and_notes_the_day() -> None:
    state = folded(said(1, {"name": "A"}), said(3, operation="delete"))
    assert (state.ended, history(state)) == (day(3), [(day(1), None, "A")])


def test_partial_fact_after_a_deletion_starts_from_empty() -> None:
    state = folded(
        said(1, {"name": "A", "fax": "1"}), said(3, operation="delete"), said(5, {"fax": "2"}, operation="partial")
    )
    assert state.ended is None
    assert history(state) == [(day(1), day(3), "A")]
    assert history(state, "fax") == [(day(1), day(3), "1"), (day(5), None, "2")]


def test_only_the_newest_segments_are_kept() -> None:
    state = folded(*(said(n, {"name": str(n)}) for n in range(1, 9)), longest=3)
    assert [value for _, _, value in history(state)] == ["6", "7", "8"]


def test_state_survives_its_document() -> None:
    state = folded(said(1, {"name": "A"}), said(2, {"name": "B"}, effective=30), said(3, operation="delete"))
    assert State.from_document(state.to_document()) == state


def test_deletion_said_again_does_not_prolong_what_it_ended() -> None:
    deleted = folded(said(1, {"name": "A"}), said(5, operation="delete"))
    again = folded(said(1, {"name": "A"}), said(5, operation="delete"), said(9, operation="delete"))
    assert (again.ended, again.claims) == (deleted.ended, deleted.claims)


def test_dated_deletion_may_be_put_off_and_an_undated_one_is_at_once() -> None:
    planned = [said(1, {"name": "A"}), said(2, operation="delete", effective=20)]
    put_off = said(3, operation="delete", effective=30)
    assert folded(*planned, put_off).ended == day(30)
    assert folded(*planned, put_off, said(4, operation="delete")).ended == day(4)


def test_planned_deletion_stands_while_facts_come_that_begin_before_it() -> None:
    planned = [said(1, {"name": "A"}), said(2, operation="delete", effective=20)]
    state = folded(*planned, said(3, {"fax": "1"}, operation="partial"))
    assert (state.ended, history(state, "fax")) == (day(20), [(day(3), None, "1")])


def test_planned_deletion_is_revoked_by_a_replacing_fact_or_one_that_begins_after_it() -> None:
    planned = [said(1, {"name": "A"}), said(2, operation="delete", effective=20)]
    replaced = folded(*planned, said(3, {"name": "B"}, effective=10, replace=True))
    assert (replaced.ended, history(replaced)) == (None, [(day(1), day(10), "A"), (day(10), None, "B")])
    again = folded(*planned, said(25, {"name": "B"}))
    assert (again.ended, history(again)) == (None, [(day(1), day(20), "A"), (day(25), None, "B")])


def test_planned_deletion_that_is_over_still_ends_what_is_dated_back_before_it() -> None:
    planned = [said(1, {"name": "A"}), said(2, operation="delete", effective=20), said(25, {"name": "B"})]
    state = folded(*planned, said(26, {"name": "C"}, effective=10))
    assert history(state) == [(day(1), day(10), "A"), (day(10), day(20), "C"), (day(25), None, "B")]


def test_what_only_begins_later_counts_where_nothing_else_does() -> None:
    state = folded(said(1, {"name": "A"}, effective=30))
    assert state.at(day(2)) == {"name": "A"}


values = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, "x", "y"]), max_size=3)
facts = st.lists(
    st.builds(
        said,
        st.integers(0, 20),
        values,
        operation=st.sampled_from(["full", "partial", "delete"]),
        effective=st.none() | st.integers(0, 40),
        replace=st.booleans(),
    ),
    max_size=7,
).map(
    lambda given: [
        Said(Order(n, f.order.at, n), f.operation, f.valid_from, f.dated, f.replace, f.said_at, f.values)
        for n, f in enumerate(given)
    ]
)


@given(facts)
def test_adding_the_newest_fact_equals_folding_all(given: list[Said]) -> None:
    state = EMPTY
    for fact in given:
        state = apply(state, fact, Terms(ATTRIBUTES, may_blank=True, longest=64))
    assert state == folded(*given)


@given(facts)
def test_segments_of_an_attribute_never_overlap(given: list[Said]) -> None:
    for segments in folded(*given).claims.values():
        assert all(s.end is None or s.start < s.end for s in segments)
        assert all(a.end is not None and a.end <= b.start for a, b in pairwise(segments))

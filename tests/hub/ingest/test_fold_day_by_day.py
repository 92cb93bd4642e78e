"""States of records and the golden record they make, against a calendar in which every day has its own entry."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from calendar_of_facts import DAYS, Calendar, Told, calendar, is_deleted, value_on
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mdm.core.standardize import Standard
from mdm.hub.golden.claims import claims_of
from mdm.hub.ingest.fold import State, Terms, fold
from mdm.hub.ingest.interpret import say, utc
from mdm.sources import SourceFact
from survivorship import Claim, Fact, Policy, rebuild
from survivorship import fold as fold_claims
from survivorship.intervals import at, covers

NAMES = ["name", "phone", "fax"]
POLICY = Policy.from_document({"sources": ["erp", "crm"], "default": {"rule": "source_priority"}})


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def folded(facts: Sequence[tuple[int, Told]], *, time_trusted: bool = True, may_blank: bool = True) -> State:
    """Fold facts by their place in the source's order, as they arrive."""
    said = [
        say(
            SourceFact(
                domain="supplier", source="erp", key="1", version=version, source_time=day(told.said),
                operation=told.operation, replace=told.replace, attributes={},
                effective_from=None if told.effective is None else day(told.effective),
            ),
            {name: Standard(value, value) for name, value in (told.values or {}).items()},
            received_at=day(told.received),
            arrival=arrival,
            time_trusted=time_trusted,
        )
        for arrival, (version, told) in enumerate(facts)
    ]  # fmt: skip
    return fold(said, Terms(frozenset(NAMES), may_blank=may_blank, longest=64))


values = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([None, "x", "y"]), max_size=3)
days = st.integers(0, DAYS[-2])
told = st.builds(
    Told,
    st.sampled_from(["full", "partial", "partial", "delete"]),
    days,
    days,
    effective=st.none() | days,
    replace=st.sampled_from([False, False, True]),
    values=values,
)
histories = st.lists(told, max_size=6).filter(lambda facts: [f.operation for f in facts].count("delete") <= 2)


def on(state: State, name: str, number: int) -> list[Any]:
    at_day = utc(day(number))
    if state.ended is not None and state.ended <= at_day:
        return []
    return [s.value for s in state.claims.get(name, []) if not s.absent and covers(s.start, s.end, at_day)]


PLANNED = Told("delete", 2, 2, effective=9)
TRUSTED = {"time_trusted": True, "may_blank": True}


@example([Told("full", 1, 1, values={"name": "x"}), PLANNED, Told("partial", 4, 4, values={"phone": "y"})], TRUSTED)
@example(
    [PLANNED, Told("full", 12, 12, values={"name": "x"}), Told("partial", 13, 13, 3, values={"fax": "y"})], TRUSTED
)
@settings(max_examples=150, deadline=None)
@given(histories, st.fixed_dictionaries({"time_trusted": st.booleans(), "may_blank": st.booleans()}))
def test_a_state_says_on_every_day_what_the_calendar_says(facts: list[Told], source: dict[str, bool]) -> None:
    state = folded(list(enumerate(facts)), **source)
    expected = calendar(facts, NAMES, **source)
    gone = [n for n in DAYS if state.ended is not None and state.ended <= utc(day(n))]
    assert all(is_deleted(expected, n) for n in gone)
    if [fact.operation for fact in facts].count("delete") < 2:  # of several, one may hide that a record came back
        assert bool(gone) == is_deleted(expected, DAYS[-1])
    for name in NAMES:
        assert [on(state, name, n) for n in DAYS] == [value_on(expected[name], name, n) for n in DAYS]


@settings(max_examples=50, deadline=None)
@given(histories.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(list(enumerate(facts))))))
def test_versioned_facts_give_one_state_in_whatever_order_they_arrive(
    orders: tuple[list[Told], list[tuple[int, Told]]],
) -> None:
    state, shuffled = folded(list(enumerate(orders[0]))), folded(orders[1])
    assert (state.claims, state.ended) == (shuffled.claims, shuffled.ended)


def link(source: str, state: State) -> Any:
    ended_at = None if state.ended is None else datetime.fromisoformat(state.ended)
    return SimpleNamespace(source=source, source_key="1", linked=True, state=state.to_document(), ended_at=ended_at)


def survivor(records: Sequence[Calendar], name: str, number: int) -> Any:
    """The golden value of a day: that of the first source which has one."""
    said = [value for held in records for value in value_on(held[name], name, number) if value is not None]
    return said[0] if said else None


@settings(max_examples=50, deadline=None)
@given(histories.filter(bool), histories.filter(bool))
def test_a_golden_record_has_on_every_day_the_value_of_the_first_source_that_has_one(
    erp: list[Told], crm: list[Told]
) -> None:
    states = [folded(list(enumerate(facts))) for facts in (erp, crm)]
    assume(any(state.ended is None for state in states))  # of masters without a living record the values are kept
    links = [link(source, state) for source, state in zip(("erp", "crm"), states, strict=True)]
    slices = rebuild(claims_of(links), POLICY, evaluated_at=day(0)).slices
    calendars = [calendar(facts, NAMES, time_trusted=True, may_blank=True) for facts in (erp, crm)]
    for n in DAYS:
        golden = {name: value for s in at(slices, day(n)) for name, value in s.attributes.items()}
        assert golden == {name: value for name in NAMES if (value := survivor(calendars, name, n)) is not None}


@settings(max_examples=50, deadline=None)
@given(st.lists(told.filter(lambda fact: fact.operation == "partial"), max_size=6))
def test_the_library_folds_what_a_source_adds_bit_by_bit_as_the_hub_does(facts: list[Told]) -> None:
    def fact(name: str, value: Any, n: int, f: Told) -> Fact:
        begun = day(f.starts(time_trusted=True))
        claim = Claim("erp", "erp/1", name, value, value, day(f.said), order=n, valid_from=begun)
        return Fact(claim=claim, dated=f.effective is not None, replaces=f.replace)

    claims = fold_claims(fact(*said, n, f) for n, f in enumerate(facts) for said in (f.values or {}).items())
    state = folded(list(enumerate(facts)))
    for name in NAMES:
        own = [c for c in claims if c.attribute == name]
        assert [[c.value for c in at(own, day(n))] for n in DAYS] == [on(state, name, n) for n in DAYS]


def test_a_master_without_records_keeps_what_its_last_record_said() -> None:
    erp = [Told("full", 1, 1, values={"name": "x", "phone": "1"}), Told("delete", 4, 4)]
    crm = [Told("full", 1, 1, values={"name": "y"}), Told("delete", 8, 8)]
    links = [link(source, folded(list(enumerate(facts)))) for source, facts in (("erp", erp), ("crm", crm))]
    slices = rebuild(claims_of(links), POLICY, evaluated_at=day(9)).slices
    assert [(s.valid_from, s.attributes) for s in slices] == [
        (day(1), {"name": "x", "phone": "1"}),
        (day(4), {"name": "y"}),
    ]
    assert slices[-1].valid_to is None

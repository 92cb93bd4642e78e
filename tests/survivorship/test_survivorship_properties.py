"""Random golden records against the slow oracle, and the laws that hold for all of them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from claims_in_words import DAY_ZERO, day, said
from golden_cases import (
    ATTRIBUTES,
    DAYS,
    EVALUATED,
    EVALUATED_AT,
    UNITS,
    Case,
    all_claims,
    as_seen_on,
    cases,
    policies,
    rebuilt,
    unexpired,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_survivorship import on_day

from survivorship import Claim, Policy, Rebuilt, explain, rebuild


@settings(max_examples=250, deadline=None)
@given(cases())
def test_every_day_is_what_the_slow_oracle_says(case: Case) -> None:
    claims, document, pinned, holds = case
    result = rebuilt(case)
    for number in range(-1, DAYS + 2):
        seen = on_day(number, claims, document, unexpired(pinned), holds, evaluated=EVALUATED)
        assert as_seen_on(number, result) == seen


@settings(deadline=None)
@given(cases(), st.data())
def test_the_order_of_claims_and_overrides_does_not_matter(case: Case, data: st.DataObject) -> None:
    claims, document, pinned, holds = case
    shuffled = data.draw(st.permutations(claims)), document, data.draw(st.permutations(pinned)), holds
    assert rebuilt(shuffled) == rebuilt(case)


@settings(deadline=None)
@given(cases())
def test_slices_are_ordered_apart_and_not_to_be_joined(case: Case) -> None:
    slices = rebuilt(case).slices
    for s in slices:
        assert s.attributes
        assert s.attributes.keys() == s.provenance.keys()
        assert s.valid_from is None or s.valid_to is None or s.valid_from < s.valid_to
    for left, right in pairwise(slices):
        assert left.valid_to is not None
        assert right.valid_from is not None
        assert left.valid_to <= right.valid_from
        if left.valid_to == right.valid_from:
            assert (left.attributes, left.provenance) != (right.attributes, right.provenance)


@settings(deadline=None)
@given(cases())
def test_a_golden_record_survives_itself(case: Case) -> None:
    """Its slices, asserted by one record as undisputed claims, give the same values over the same time."""
    slices = rebuilt(case).slices
    claims = [
        replace(said("mdm/1", value, name, std=value), valid_from=s.valid_from, valid_to=s.valid_to)
        for s in slices
        for name, value in s.attributes.items()
    ]
    again = rebuild(claims, Policy(), evaluated_at=EVALUATED_AT)
    for number in range(-1, DAYS + 2):
        values_again = {name: value for name, (value, _) in as_seen_on(number, again).items()}
        assert values_again == {name: value for name, (value, _) in as_seen_on(number, Rebuilt(slices, None)).items()}


@settings(deadline=None)
@given(cases(), st.integers(-1, DAYS + 1))
def test_explain_agrees_with_rebuild_and_forgets_no_claim(case: Case, number: int) -> None:
    claims, document, pinned, holds = case
    policy = Policy.from_document(document)
    seen, at = as_seen_on(number, rebuilt(case)), day(number) or DAY_ZERO
    for attribute in ATTRIBUTES:
        verdict = explain(
            claims, policy, attribute, valid_at=at, evaluated_at=EVALUATED_AT, overrides=pinned, holds=holds
        )
        value = (verdict.value or {}).get(attribute) if verdict.attribute == "credit" else verdict.value
        provenance = {"record": verdict.record, "rule": verdict.rule}
        assert (None if value is None else (value, provenance)) == seen.get(attribute)
        unit = {c.record for c in claims if policy.unit_of(c.attribute) == verdict.attribute and _holds(c, number)}
        named = [c.record for c in verdict.supporters] + [loser.claim.record for loser in verdict.losers]
        assert sorted([*named, *([verdict.winner.record] if verdict.winner else [])]) == sorted(unit)


def _holds(claim: Claim, number: int) -> bool:
    at = day(number)
    assert at is not None
    return (claim.valid_from is None or claim.valid_from <= at) and (claim.valid_to is None or at < claim.valid_to)


@settings(deadline=None)
@given(cases())
def test_a_golden_record_is_due_when_the_first_of_its_attributes_is(case: Case) -> None:
    claims, document, pinned, holds = case
    policy = Policy.from_document(document)
    dues = [
        explain(
            claims, policy, unit, valid_at=EVALUATED_AT, evaluated_at=EVALUATED_AT, overrides=pinned, holds=holds
        ).due_at
        for unit in UNITS
    ]
    assert rebuilt(case).due_at == min((due for due in dues if due is not None), default=None)


@settings(deadline=None)
@given(all_claims(), policies(), st.integers(0, 9))
def test_a_resend_of_a_supported_value_changes_nothing(
    claims: list[Claim], document: dict[str, Any], day_: int
) -> None:
    """Whoever repeats the value that has won everywhere may do so at any time."""
    policy = Policy.from_document(document)
    names = [c for c in claims if c.attribute == "name"]
    verdict = explain(names, policy, "name", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO)
    agreeing = {c.record for c in verdict.supporters} | ({verdict.winner.record} if verdict.winner else set())
    resent = [
        replace(c, asserted_at=max(c.asserted_at, DAY_ZERO + timedelta(days=day_))) if c.record in agreeing else c
        for c in names
    ]
    again = explain(resent, policy, "name", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO)
    assert (again.value, again.record) == (verdict.value, verdict.record)

"""Random golden records against the slow oracle, and the laws that hold for all of them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from claims_in_words import DAY_ZERO, day, emptied, said
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_survivorship import Values, on_day

from survivorship import JSON, Claim, Hold, Override, Policy, Rebuilt, explain, rebuild

DAYS = 8
RECORDS = ["erp/1", "erp/2", "crm/1", "shop/1"]
ATTRIBUTES = ["name", "size", "contacts", "limit", "currency"]
UNITS = ["name", "size", "contacts", "credit"]
RULES = ["source_priority", "most_trusted", "most_recent", "most_frequent", "longest"]
EVALUATED_AT = DAY_ZERO

times = st.sampled_from(range(5))
maybe_days = st.none() | st.integers(0, DAYS)


@st.composite
def values(draw: st.DrawFn, attribute: str) -> tuple[JSON, JSON]:
    """A value and its std."""
    if attribute == "size":
        value = draw(st.sampled_from(["9", "10", "10.5"]))
        return value, value
    if attribute == "contacts":
        emails = draw(st.lists(st.sampled_from(["A@x", "a@x", "b@x"]), max_size=2, unique_by=str.casefold))
        elements = [{"email": e, "phone": draw(st.sampled_from([None, "+1", "+2"]))} for e in emails]
        return elements, [{name: part and part.casefold() for name, part in element.items()} for element in elements]
    value = draw(st.sampled_from(["Acme", "ACME", "Apex Ltd", "Ajax"]))
    return value, draw(st.sampled_from([value.casefold(), {"core": value.casefold(), "form": ""}, None]))


@st.composite
def claims_of(draw: st.DrawFn, record: str, attribute: str) -> list[Claim]:
    """What one record says about one attribute over time, never twice at one time."""
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), max_size=1)))
    bounds = [None, *cuts, None]
    claims = []
    for since, until in pairwise(bounds):
        dates: dict[str, Any] = {"since": since, "until": until, "on": draw(times), "echo": draw(st.booleans())}
        match draw(st.sampled_from(["silent", "empty", *["supplied"] * 4])):
            case "empty":
                claims.append(emptied(record, attribute, **dates))
            case "supplied":
                value, std = draw(values(attribute))
                findings = draw(st.sampled_from([(), (), (), ("odd",)]))
                claims.append(said(record, value, attribute, std=std, findings=findings, **dates))
    return claims


@st.composite
def all_claims(draw: st.DrawFn) -> list[Claim]:
    records = draw(st.sampled_from([RECORDS, RECORDS, RECORDS[:2], []]))
    attributes = draw(st.sampled_from([["name"], ["size"], ["contacts"], ["limit", "currency"], ["name", "contacts"]]))
    return [c for record in records for attribute in attributes for c in draw(claims_of(record, attribute))]


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    def rule(*more: str) -> dict[str, Any]:
        name = draw(st.sampled_from([*RULES, *more]))
        empty_wins = {"empty_wins": True} if name not in {"longest", "min", "max"} and draw(st.booleans()) else {}
        return {"rule": name, **empty_wins}

    return {
        "attributes": {
            "name": rule() | {"sources": draw(st.sampled_from([["shop"], ["crm", "erp"]]))},
            "size": rule("min", "max"),
            "contacts": {"rule": "union", "key": "email"},
            "credit": rule(),
        },
        "groups": {"credit": ["limit", "currency"]},
        "sources": draw(st.sampled_from([["erp", "crm", "shop"], ["crm"]])),
        "trust": {
            "erp": {"default": 0.5, "attributes": {"size": 0.1}},
            "crm": {"default": 0.5},
            "shop": {"default": 0.2},
        },
        "default": {"rule": "most_recent"},
    }


@st.composite
def overrides(draw: st.DrawFn) -> list[Override]:
    return [
        Override(
            id=f"o{number}",
            attribute=unit,
            value=draw(st.sampled_from([{"limit": "1"}, {"limit": "2", "currency": "EUR"}, None]))
            if unit == "credit"
            else draw(st.sampled_from(["Pinned", None])),
            made_at=DAY_ZERO + timedelta(days=draw(times)),
            valid_from=day(draw(maybe_days)),
            valid_to=day(draw(maybe_days)),
            expires_at=day(draw(st.sampled_from([None, -1, 0, 5]))),
        )
        for number, unit in enumerate(draw(st.lists(st.sampled_from(UNITS), max_size=2)))
    ]


@st.composite
def held_with(draw: st.DrawFn, claims: list[Claim], policy: Policy) -> list[Hold]:
    """Holds on what would win somewhere, so that they bite."""
    holds = []
    for unit in draw(st.lists(st.sampled_from(UNITS), max_size=2)):
        at = day(draw(st.integers(-1, DAYS))) or DAY_ZERO
        std = explain(claims, policy, unit, valid_at=at, evaluated_at=EVALUATED_AT).std
        approved = draw(st.sampled_from([{"limit": "7"}, None] if unit == "credit" else ["Approved", None]))
        dates = {"valid_from": day(draw(maybe_days)), "valid_to": day(draw(maybe_days))}
        holds.append(Hold(attribute=unit, std=std, approved=approved, record="erp/1", **dates))
    return holds


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Claim], dict[str, Any], list[Override], list[Hold]]:
    claims, document = draw(all_claims()), draw(policies())
    return claims, document, draw(overrides()), draw(held_with(claims, Policy.from_document(document)))


Case = tuple[list[Claim], dict[str, Any], list[Override], list[Hold]]


def rebuilt(case: Case) -> Rebuilt:
    claims, document, pinned, holds = case
    return rebuild(claims, Policy.from_document(document), evaluated_at=EVALUATED_AT, overrides=pinned, holds=holds)


def as_seen_on(number: int, record: Rebuilt) -> Values:
    at = day(number)
    assert at is not None
    for s in record.slices:
        if (s.valid_from is None or s.valid_from <= at) and (s.valid_to is None or at < s.valid_to):
            return {name: (value, s.provenance[name]) for name, value in s.attributes.items()}
    return {}


@settings(max_examples=300, deadline=None)
@given(cases())
def test_every_day_is_what_the_slow_oracle_says(case: Case) -> None:
    claims, document, pinned, holds = case
    unexpired = [o for o in pinned if o.expires_at is None or o.expires_at > EVALUATED_AT]
    result = rebuilt(case)
    for number in range(-1, DAYS + 2):
        assert as_seen_on(number, result) == on_day(number, claims, document, unexpired, holds)


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
def test_nothing_changes_before_it_is_due(case: Case) -> None:
    claims, document, pinned, holds = case
    policy, before = Policy.from_document(document), rebuilt(case)
    horizon = before.due_at or DAY_ZERO + timedelta(days=9999)
    last = rebuild(claims, policy, evaluated_at=horizon - timedelta(microseconds=1), overrides=pinned, holds=holds)
    assert last == before


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

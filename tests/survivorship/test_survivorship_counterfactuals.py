"""What would make another value win, proved by making the change and rebuilding."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from claims_in_words import DAY_ZERO, absent, day, emptied, ruled_by, said
from golden_cases import EVALUATED_AT, Case, as_seen_on, cases
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_survivorship import holds_on, sameness

from survivorship import (
    AssertedSince,
    Change,
    Claim,
    Hold,
    Kind,
    MoreSupport,
    Override,
    Policy,
    Rule,
    Situation,
    TrustAtLeast,
    counterfactuals,
    explain,
    rebuild,
)

MILLIONTH = 1e-6


def would_win(policy: Policy, *claims: Claim, attribute: str = "name", **more: Any) -> dict[str, str]:
    """Record → the change in words, "" for none."""
    found = counterfactuals(
        claims, policy, attribute, valid_at=DAY_ZERO, evaluated_at=more.pop("evaluated_at", day(10)), **more
    )
    return {record: "" if change is None else str(change) for record, change in found.items()}


def test_a_recent_value_has_to_be_asserted_after_the_winner() -> None:
    claims = said("erp/1", "Acme", on=5), said("crm/1", "Apex", on=2)
    words = "name of crm/1 asserted after 2024-01-06T00:00:00+00:00"
    assert would_win(ruled_by("most_recent"), *claims) == {"crm/1": words}


def test_a_flawed_value_has_to_lose_its_findings() -> None:
    claims = said("erp/1", "Acme"), said("crm/1", "Apex", on=2, findings=("odd",))
    assert would_win(ruled_by("most_recent"), *claims) == {"crm/1": "findings on name of crm/1 removed"}


def test_a_frequent_value_needs_more_records() -> None:
    claims = [said(f"erp/{number}", "Acme") for number in range(3)]
    found = would_win(ruled_by("most_frequent"), *claims, said("crm/1", "Apex", on=-3), evaluated_at=day(-2))
    assert found == {"crm/1": "3 more records support name of crm/1"}


def test_a_trusted_value_needs_more_trust_than_the_winner_has() -> None:
    claims = said("erp/1", "Acme"), said("crm/1", "Apex")
    assert would_win(ruled_by("most_trusted"), *claims) == {"crm/1": "trust of crm for name above 0.9"}
    assert would_win(ruled_by("most_trusted"), claims[0], said("crm/1", "Apex", on=1)) == {
        "crm/1": "trust of crm for name at least 0.9"
    }


def test_a_source_has_to_come_before_the_winning_one() -> None:
    claims = said("erp/1", "Acme"), said("crm/1", "Apex"), said("shop/1", "Ajax")
    assert would_win(ruled_by("source_priority"), *claims) == {
        "crm/1": "crm before erp in the order of sources for name",
        "shop/1": "shop before erp in the order of sources for name",
    }


def test_where_nothing_smaller_helps_another_rule_does() -> None:
    claims = said("erp/1", "Acme Limited"), said("crm/1", "Apex", on=2)
    assert would_win(ruled_by("longest"), *claims) == {"crm/1": "the rule most_recent for name"}


def test_decisions_of_people_are_named_first() -> None:
    claims = said("erp/1", "Acme"), said("crm/1", "Apex", on=2)
    override = Override(id="o1", attribute="name", value="Pinned", made_at=DAY_ZERO)
    hold = Hold(attribute="name", std="apex", approved="Old")
    policy = ruled_by("most_recent")
    assert would_win(policy, *claims, overrides=[override])["crm/1"] == "override o1 ends"
    assert would_win(policy, *claims, overrides=[override])["erp/1"] == ""
    assert would_win(policy, *claims, holds=[hold])["crm/1"] == "the hold on name ends"


def test_what_follows_names_the_change_to_what_it_follows() -> None:
    policy = Policy.from_document(
        {
            "attributes": {"vat": {"rule": "source_priority"}, "name": {"rule": "follow", "attribute": "vat"}},
            "sources": ["erp", "crm"],
        }
    )
    claims = [said(r, r, a) for r in ("erp/1", "crm/1") for a in ("vat", "name")]
    assert would_win(policy, *claims) == {"crm/1": "crm before erp in the order of sources for vat"}


def test_what_brings_no_value_cannot_win() -> None:
    claims = said("erp/1", "Acme"), emptied("crm/1"), absent("crm/2", Kind.MASKED), absent("shop/1", Kind.DELETED)
    assert would_win(ruled_by("most_recent"), *claims) == {"crm/1": "", "crm/2": "", "shop/1": ""}


def test_a_group_wins_or_loses_as_one() -> None:
    policy = Policy(groups={"credit": ("limit", "currency")})
    claims = [said("erp/1", "5", "limit", on=4), said("crm/1", "9", "limit", on=1), said("crm/1", "EUR", "currency")]
    words = "credit of crm/1 asserted at 2024-01-05T00:00:00+00:00 or later"
    assert would_win(policy, *claims, attribute="limit") == {"crm/1": words}


def applied(change: Change, case: Case, instant: datetime) -> Situation:
    claims, document, pinned, holds = case
    return change.applied(
        Situation(
            claims=claims,
            policy=Policy.from_document(document),
            overrides=pinned,
            holds=holds,
            valid_at=instant,
            evaluated_at=EVALUATED_AT,
        )
    )


def winning_std(situation: Situation, unit: str) -> Any:
    """The comparison form of what a rebuild publishes of a unit at the instant, taken from the record it names."""
    rebuilt = rebuild(
        situation.claims,
        situation.policy,
        evaluated_at=situation.evaluated_at,
        overrides=situation.overrides,
        holds=situation.holds,
    )
    today = (situation.valid_at - DAY_ZERO).days
    members = situation.policy.groups.get(unit, [unit])
    origins = [origin for name, (_, origin) in as_seen_on(today, rebuilt).items() if name in members]
    if not origins or origins[0]["rule"] in {"override", "hold"}:
        return None
    spoken = [c for c in situation.claims if c.record == origins[0]["record"] and c.attribute in members]
    stds = {c.attribute: sameness(c) for c in spoken if holds_on(situation.valid_at, c) and c.value is not None}
    return stds if unit in situation.policy.groups else stds[unit]


def smaller(change: Change) -> Change | None:
    """The next smaller change of its kind."""
    match change:
        case AssertedSince():
            return replace(change, instant=change.instant - timedelta.resolution)
        case MoreSupport() if change.count > 1:
            return replace(change, count=change.count - 1)
        case TrustAtLeast() if change.trust >= MILLIONTH:
            return replace(change, trust=round(change.trust - MILLIONTH, 6))
    return None


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(-1, 9))
def test_every_named_change_makes_the_value_win_and_no_smaller_one_does(case: Case, number: int) -> None:
    claims, document, pinned, holds = case
    policy, instant = Policy.from_document(document), day(number) or DAY_ZERO
    for unit in ("name", "size", "credit"):
        seen = {"valid_at": instant, "evaluated_at": EVALUATED_AT, "overrides": pinned, "holds": holds}
        losers = {loser.claim.record: loser.claim for loser in explain(claims, policy, unit, **seen).losers}
        for record, change in counterfactuals(claims, policy, unit, **seen).items():
            if change is not None:
                wanted = sameness(losers[record])
                assert winning_std(applied(change, case, instant), unit) == wanted
                less = smaller(change)
                assert less is None or winning_std(applied(less, case, instant), unit) != wanted


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule not in {Rule.UNION, Rule.FOLLOW}])
def test_under_every_rule_some_change_helps(rule: Rule) -> None:
    """If nothing else does, that the winner falls silent."""
    claims = [said("erp/1", "10", on=9), said("erp/2", "10"), said("crm/1", "9.55", on=3)]
    claims += [said("shop/2", "11111", on=1)]
    assert all(would_win(ruled_by(rule.value), *claims).values())

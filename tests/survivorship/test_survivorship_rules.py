from itertools import permutations

import pytest
from claims_in_words import emptied, golden, origin, ruled_by, said

from survivorship import Claim, Policy, Rating, SourceTrust

ACME = said("erp/1", "Acme", on=1)
APEX = said("crm/1", "Apex Industries", on=2)
AJAX = said("shop/1", "Ajax", on=0)
TEN_KG = {"value": "10", "unit": "kg"}


@pytest.mark.parametrize(
    ("rule", "winner"),
    [
        ("source_priority", "Acme"),
        ("most_trusted", "Acme"),
        ("most_recent", "Apex Industries"),
        ("longest", "Apex Industries"),
        ("min", "Acme"),
        ("max", "Apex Industries"),
        ("most_frequent", "Apex Industries"),  # one each: the latest decides
    ],
)
def test_each_rule_picks_its_winner(rule: str, winner: str) -> None:
    for claims in permutations([ACME, APEX, AJAX]):
        assert golden(ruled_by(rule), *claims) == {"name": winner}


def test_provenance_names_the_winning_record_and_the_rule() -> None:
    assert origin(ruled_by("longest"), ACME, APEX) == {"record": "crm/1", "rule": "longest"}


def test_a_rule_s_own_order_of_sources_comes_before_the_policy_s() -> None:
    assert golden(ruled_by("source_priority", sources=["shop"]), ACME, AJAX) == {"name": "Ajax"}


def test_trust_can_differ_by_attribute() -> None:
    policy = Policy(
        trust={"erp": SourceTrust(Rating(0.9), {"phone": Rating(0.1)}), "crm": SourceTrust(Rating(0.5))},
        attributes=ruled_by("most_trusted", "phone").attributes,
    )
    assert golden(policy, said("erp/1", "+1", "phone"), said("crm/1", "+2", "phone")) == {"phone": "+2"}


def test_an_unrated_source_is_trusted_least() -> None:
    assert golden(ruled_by("most_trusted"), said("portal/1", "New", on=9), APEX) == {"name": "Apex Industries"}


def test_equal_std_is_one_candidate_with_supporters() -> None:
    claims = [said("crm/1", "ACME"), said("shop/1", "acme"), said("erp/1", "Apex", on=9)]
    assert golden(ruled_by("most_frequent"), *claims) == {"name": "ACME"}


def test_values_without_std_are_compared_as_they_are() -> None:
    claims = [said("crm/1", "000", std=None, on=1), said("shop/1", "999", std=None, on=2)]
    assert golden(ruled_by("most_recent"), *claims) == {"name": "999"}
    assert golden(ruled_by("most_frequent"), *claims, said("portal/1", "000", std=None)) == {"name": "000"}


def test_structured_std_is_compared_by_content() -> None:
    claims = [
        said("crm/1", "Acme GmbH", std={"core": "acme", "form": "gmbh"}),
        said("shop/1", "ACME gmbh", std={"form": "gmbh", "core": "acme"}),
        said("erp/1", "Apex", std={"core": "apex", "form": ""}, on=9),
    ]
    assert golden(ruled_by("most_frequent"), *claims) == {"name": "Acme GmbH"}


def test_a_structured_value_survives_as_one_value() -> None:
    street, city = {"street": "Rue A", "postal_code": "1000"}, {"city": "Brussels"}
    claims = [said("erp/1", city, std={"city": "brussels"}), said("crm/1", street, std={"s": ["rue a"]})]
    assert golden(ruled_by("longest"), *claims) == {"name": street}


@pytest.mark.parametrize(
    ("values", "smallest", "largest"),
    [
        (["9", "10", "10.5"], "9", "10.5"),
        ([9, 10.5, -1], -1, 10.5),
        (["2024-02-01", "2023-12-31"], "2023-12-31", "2024-02-01"),
        (["7", "seven", None], "7", "7"),
        ([["no size"], "text"], "text", "text"),
        ([{"value": "9", "unit": "kg"}, TEN_KG], {"value": "9", "unit": "kg"}, TEN_KG),
    ],
)
def test_min_and_max_know_numbers_dates_and_quantities(values: list[object], smallest: object, largest: object) -> None:
    claims = [said(f"erp/{n}", value, std=value) for n, value in enumerate(values)]
    assert golden(ruled_by("min"), *claims) == {"name": smallest}
    assert golden(ruled_by("max"), *claims) == {"name": largest}


@pytest.mark.parametrize(
    ("claims", "winner"),
    [
        ([said("erp/1", "A"), said("crm/1", "B"), said("shop/1", "B")], "B"),  # more supporters
        ([said("erp/1", "A", on=1), said("crm/1", "B", on=2)], "B"),  # the more recent
        ([said("crm/1", "A"), said("erp/1", "B")], "B"),  # the source that comes first
        ([said("crm/2", "A"), said("crm/1", "B")], "B"),  # the smallest record id
    ],
)
def test_ties_are_broken_by_support_recency_priority_and_record(claims: list[Claim], winner: str) -> None:
    for some in permutations(claims):
        assert golden(ruled_by("max"), *[_same_size(claim) for claim in some]) == {"name": winner}


def _same_size(claim: Claim) -> Claim:
    """Another claim with the same content, whose std has no size."""
    return Claim(claim.source, claim.record, claim.attribute, claim.value, [claim.std], claim.asserted_at)


def test_a_resend_of_a_winning_value_changes_nothing() -> None:
    for rule in ("most_recent", "most_frequent", "source_priority", "longest"):
        before = origin(ruled_by(rule), said("erp/1", "ACME", on=1), said("crm/1", "Acme", on=2))
        after = origin(ruled_by(rule), said("erp/1", "ACME", on=1), said("crm/1", "Acme", on=9))
        assert before == after


def test_an_empty_claim_never_wins_over_a_supplied_value() -> None:
    assert golden(ruled_by("source_priority"), emptied("erp/1", on=9), AJAX) == {"name": "Ajax"}
    assert golden(ruled_by("source_priority"), emptied("erp/1"), emptied("crm/1")) == {}


def test_an_empty_claim_competes_where_the_policy_lets_it() -> None:
    policy = ruled_by("source_priority", empty_wins=True)
    assert golden(policy, emptied("erp/1"), AJAX) == {}
    assert golden(policy, ACME, emptied("crm/1")) == {"name": "Acme"}


def test_a_value_with_findings_loses_to_any_without() -> None:
    flawed = said("erp/1", "Flawed", on=9, findings=("invalid_check_digit",))
    assert golden(ruled_by("source_priority"), flawed, AJAX) == {"name": "Ajax"}
    assert golden(ruled_by("source_priority"), flawed) == {"name": "Flawed"}
    assert golden(ruled_by("source_priority"), flawed, emptied("crm/1")) == {"name": "Flawed"}


def test_an_echo_does_not_win_by_recency_or_frequency() -> None:
    echoes = [said("crm/1", "Old", on=9, echo=True), said("shop/1", "Old", on=9, echo=True)]
    assert golden(ruled_by("most_recent"), *echoes, ACME) == {"name": "Acme"}
    assert golden(ruled_by("most_frequent"), *echoes, ACME) == {"name": "Acme"}


def test_an_echo_supports_but_lets_the_original_speak() -> None:
    claims = [said("erp/1", "ACME", echo=True), said("crm/1", "Acme")]
    assert origin(ruled_by("source_priority"), *claims)["record"] == "crm/1"


def test_an_attribute_without_a_rule_follows_the_default() -> None:
    claims = [said("erp/1", "blue", "colour", on=1), said("crm/1", "red", "colour", on=2)]
    assert golden(Policy(), *claims) == {"colour": "red"}

from typing import Any

import pytest
from claims_in_words import emptied, golden, origin, said, survive

from survivorship import Claim, CoupledAttribute, InvalidClaims, Override, Policy
from survivorship.intervals import START

CREDIT = Policy.from_document(
    {
        "groups": {"credit": ["credit_limit", "credit_currency"]},
        "attributes": {"credit": {"rule": "source_priority", "sources": ["erp", "crm"]}},
    }
)


def credit(record: str, limit: str, currency: str, **more: Any) -> list[Claim]:
    return [said(record, limit, "credit_limit", **more), said(record, currency, "credit_currency", **more)]


def test_one_record_wins_the_whole_group() -> None:
    claims = [said("erp/1", "500", "credit_limit"), *credit("crm/1", "900", "EUR")]
    assert golden(CREDIT, *claims) == {"credit_limit": "500"}


def test_every_member_names_the_record_that_won() -> None:
    claims = [*credit("crm/1", "900", "EUR"), *credit("erp/1", "500", "USD")]
    assert golden(CREDIT, *claims) == {"credit_currency": "USD", "credit_limit": "500"}
    for member in ("credit_limit", "credit_currency"):
        assert origin(CREDIT, *claims, attribute=member) == {"record": "erp/1", "rule": "source_priority"}


def test_an_empty_member_is_left_out_and_an_empty_group_loses() -> None:
    half = [said("erp/1", "500", "credit_limit"), emptied("erp/1", "credit_currency")]
    none = [emptied("erp/1", "credit_limit"), emptied("erp/1", "credit_currency")]
    assert golden(CREDIT, *half, *credit("crm/1", "900", "EUR")) == {"credit_limit": "500"}
    assert golden(CREDIT, *none, *credit("crm/1", "900", "EUR")) == {"credit_limit": "900", "credit_currency": "EUR"}


def test_a_finding_on_one_member_downgrades_the_group() -> None:
    flawed = [
        said("erp/1", "lots", "credit_limit", findings=("invalid_format",)),
        said("erp/1", "USD", "credit_currency"),
    ]
    assert golden(CREDIT, *flawed, *credit("crm/1", "900", "EUR"))["credit_limit"] == "900"


def test_records_that_agree_on_all_members_support_each_other() -> None:
    policy = Policy.from_document(
        {"groups": {"credit": ["credit_limit", "credit_currency"]}, "attributes": {"credit": {"rule": "most_frequent"}}}
    )
    claims = [*credit("erp/1", "5", "USD", on=9), *credit("crm/1", "9", "EUR"), *credit("crm/2", "9", "eur")]
    assert golden(policy, *claims) == {"credit_limit": "9", "credit_currency": "EUR"}


def test_a_group_changes_hands_when_the_winner_s_claims_end() -> None:
    claims = [*credit("erp/1", "500", "USD", until=5), *credit("crm/1", "900", "EUR")]
    first, second = survive(CREDIT, *claims).slices
    assert first.attributes == {"credit_limit": "500", "credit_currency": "USD"}
    assert second.attributes == {"credit_limit": "900", "credit_currency": "EUR"}


@pytest.mark.parametrize(
    ("attribute", "value"), [("credit_limit", "1"), ("credit", "1"), ("credit", {"credit_limit": "1", "name": "x"})]
)
def test_an_override_cannot_tear_a_group_apart(attribute: str, value: object) -> None:
    with pytest.raises(CoupledAttribute, match="credit_limit"):
        survive(CREDIT, overrides=[Override(id="o1", attribute=attribute, value=value, made_at=START)])


def test_an_override_pins_a_group_whole() -> None:
    override = Override(id="o1", attribute="credit", value={"credit_limit": "1"}, made_at=START)
    assert golden(CREDIT, *credit("erp/1", "500", "USD"), overrides=[override]) == {"credit_limit": "1"}


def test_a_record_that_claims_a_member_twice_at_one_time_is_refused() -> None:
    with pytest.raises(InvalidClaims, match=r"erp/1 makes two claims about 'credit_limit'"):
        survive(CREDIT, *credit("erp/1", "5", "USD"), said("erp/1", "6", "credit_limit"))

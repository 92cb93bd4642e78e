"""Trust that is lowered: what findings take, and what a verdict shows of it."""

from typing import Any

import pytest
from claims_in_words import DAY_ZERO, day, golden, ruled_by, said

from survivorship import Claim, Policy, Reason, explain

DOWNGRADES = {
    "findings": {"light": 0.5},
    "severities": {"error": 0.2},
    "severity_of": {"iban_country": "error", "light": "error"},
    "floor": 0.05,
}


def lowered(rule: str = "most_trusted", **downgrades: Any) -> Policy:
    return Policy.from_document({**ruled_by(rule).to_document(), "downgrades": downgrades or DOWNGRADES})


def trust(policy: Policy, *claims: Claim, on: int = 0) -> dict[str, float]:
    at = day(on) or DAY_ZERO
    return dict(explain(claims, policy, "name", valid_at=at, evaluated_at=at).trust)


@pytest.mark.parametrize(
    ("findings", "left"),
    [
        ((), 0.9),
        (("light",), 0.45),
        (("light", "light"), 0.45),
        (("iban_country",), 0.18),
        (("light", "iban_country"), 0.09),
    ],
)
def test_findings_take_from_trust_once_each_by_name_before_severity(findings: tuple[str, ...], left: float) -> None:
    assert trust(lowered(), said("erp/1", "Acme", findings=findings), said("crm/1", "Apex")) == {
        "erp/1": left,
        "crm/1": 0.5,
    }


def test_a_downgrade_ends_at_its_floor_and_lifts_nothing_to_it() -> None:
    floored = lowered(findings={"light": 0.1}, floor=0.3)
    claims = said("erp/1", "Acme", findings=("light",)), said("shop/1", "Apex", findings=("light",))
    assert trust(floored, *claims) == {"erp/1": 0.3, "shop/1": 0.0}


def test_a_lowered_value_can_still_win_where_another_finding_excludes() -> None:
    light = said("erp/1", "Acme", findings=("light",))
    assert golden(lowered(findings={"light": 0.7}), light, said("crm/1", "Apex")) == {"name": "Acme"}
    assert golden(lowered(), light, said("crm/1", "Apex")) == {"name": "Apex"}
    odd = said("erp/1", "Acme", findings=("light", "odd"))
    assert golden(lowered(findings={"light": 0.9}), odd, said("crm/1", "Apex")) == {"name": "Apex"}


def test_other_rules_know_no_downgrades() -> None:
    light = said("erp/1", "Acme", findings=("light",))
    verdict = explain(
        [light, said("crm/1", "Apex")], lowered("source_priority"), "name", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO
    )
    assert (verdict.value, verdict.losers[0].reason, verdict.trust) == ("Apex", Reason.FINDING, {})


def test_trust_fades_by_the_rating_before_the_rule_and_is_lowered_after() -> None:
    policy = Policy.from_document(
        {
            "attributes": {"name": {"rule": "most_trusted", "decay": {"curve": "linear", "days": 100}}},
            "trust": {
                "erp": {"default": 0.9},
                "crm": {
                    "default": 0.9,
                    "attributes": {"name": {"trust": 0.8, "decay": {"curve": "exponential", "days": 10, "floor": 0.1}}},
                },
                "shop": {"default": {"trust": 0.6, "decay": {"curve": "step", "days": 20, "floor": 0.2}}},
            },
            "downgrades": {"findings": {"light": 0.5}},
        }
    )
    claims = said("erp/1", "A"), said("crm/1", "B"), said("shop/1", "C"), said("erp/2", "D", findings=("light",))
    assert trust(policy, *claims) == {"erp/1": 0.9, "crm/1": 0.8, "shop/1": 0.6, "erp/2": 0.45}
    assert trust(policy, *claims, on=20) == {"erp/1": 0.72, "crm/1": 0.2, "shop/1": 0.2, "erp/2": 0.36}
    assert trust(policy, *claims, on=99) == {"erp/1": 0.009, "crm/1": 0.1, "shop/1": 0.2, "erp/2": 0.0045}

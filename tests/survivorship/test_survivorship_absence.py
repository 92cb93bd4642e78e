"""The kinds of absence: what each does, and how a verdict tells them apart."""

import pytest
from claims_in_words import DAY_ZERO, absent, emptied, golden, ruled_by, said

from survivorship import Claim, Kind, Override, Policy, Reason, explain

CREDIT = Policy(groups={"credit": ("limit", "currency")})
EMPTY_WINS = ruled_by("source_priority", empty_wins=True)
LATE = said("crm/1", "Acme", on=1)


def reasons(*claims: Claim, policy: Policy = EMPTY_WINS) -> dict[str, Reason]:
    verdict = explain(claims, policy, "name", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO)
    return {loser.claim.record: loser.reason for loser in verdict.losers}


def test_a_verdict_tells_all_four_apart() -> None:
    claims = [
        said("erp/1", "Acme"),
        emptied("crm/1"),
        absent("crm/2", Kind.DELETED),
        absent("shop/1", Kind.MASKED),
        said("shop/2", "+1", "phone"),
    ]
    verdict = explain(claims, ruled_by("longest"), "name", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO)
    assert {loser.claim.record: loser.reason for loser in verdict.losers} == {
        "crm/1": Reason.EMPTY,
        "crm/2": Reason.DELETED,
        "shop/1": Reason.MASKED,
    }
    assert verdict.silent == ("shop/2",)


def test_only_a_source_that_says_so_can_win_with_no_value() -> None:
    assert golden(EMPTY_WINS, emptied("erp/1"), LATE) == {}
    for kind in (Kind.DELETED, Kind.MASKED, Kind.WITHHELD):
        reason = Reason(kind.value)
        assert golden(EMPTY_WINS, absent("erp/1", kind), LATE) == {"name": "Acme"}
        assert reasons(absent("erp/1", kind), LATE) == {"erp/1": reason}


@pytest.mark.parametrize("kind", [Kind.DELETED, Kind.MASKED, Kind.WITHHELD])
def test_who_says_nothing_supports_no_emptiness(kind: Kind) -> None:
    verdict = explain(
        [emptied("erp/1"), absent("crm/1", kind)], EMPTY_WINS, "name", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO
    )
    assert verdict.supporters == ()
    override = Override(id="o1", attribute="name", value=None, made_at=DAY_ZERO, agreement=())
    assert golden(EMPTY_WINS, absent("erp/1", kind, on=1), LATE, overrides=[override]) == {}


def test_one_masked_member_masks_its_group_but_an_empty_or_deleted_one_stays_out() -> None:
    limit, other = said("erp/1", "5", "limit", on=9), said("crm/1", "7", "limit")
    assert golden(CREDIT, limit, absent("erp/1", Kind.MASKED, "currency"), other) == {"limit": "7"}
    assert golden(CREDIT, limit, emptied("erp/1", "currency"), other) == {"limit": "5"}
    assert golden(CREDIT, limit, absent("erp/1", Kind.DELETED, "currency"), other) == {"limit": "5"}


def test_a_union_has_nothing_from_who_is_gone_or_hides() -> None:
    policy = ruled_by("union", key="email")
    gone = Claim("crm", "crm/1", "name", [{"email": "b"}], [{"email": "b"}], DAY_ZERO, kind=Kind.DELETED)
    assert golden(policy, said("erp/1", [{"email": "a"}]), gone) == {"name": [{"email": "a"}]}
    assert reasons(said("erp/1", [{"email": "a"}]), gone, policy=policy) == {"crm/1": Reason.DELETED}

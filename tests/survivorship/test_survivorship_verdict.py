from datetime import datetime

from claims_in_words import DAY_ZERO, day, emptied, ruled_by, said

from survivorship import Claim, Hold, Override, Policy, Reason, Verdict, explain


def verdict(
    policy: Policy, *claims: Claim, attribute: str = "name", at: datetime = DAY_ZERO, **more: object
) -> Verdict:
    return explain(claims, policy, attribute, valid_at=at, evaluated_at=DAY_ZERO, **more)  # type: ignore[arg-type]


def losses(found: Verdict) -> dict[str, Reason]:
    return {loser.claim.record: loser.reason for loser in found.losers}


def test_a_verdict_names_winner_supporters_and_why_each_other_lost() -> None:
    claims = [
        said("erp/1", "Acme", on=3),
        said("crm/1", "ACME", echo=True),
        said("crm/2", "Apex", on=2),
        said("shop/1", "Typo", on=9, findings=("placeholder",)),
        emptied("shop/2", on=9),
    ]
    found = verdict(ruled_by("most_recent"), *claims)
    assert (found.value, found.std, found.record, found.rule) == ("Acme", "acme", "erp/1", "most_recent")
    assert found.winner is claims[0]
    assert found.supporters == (claims[1],)
    assert losses(found) == {"crm/2": Reason.RULE, "shop/1": Reason.FINDING, "shop/2": Reason.EMPTY}


def test_a_flawed_claim_of_the_winning_value_is_a_supporter() -> None:
    found = verdict(ruled_by("longest"), said("erp/1", "Acme"), said("crm/1", "Acme", findings=("odd",)))
    assert [claim.record for claim in found.supporters] == ["crm/1"]


def test_a_verdict_names_the_tie_break_that_decided() -> None:
    size = ruled_by("max")
    winner = [said("erp/1", "A", std=["a"], on=5), said("crm/1", "A", std=["a"], on=5)]
    assert losses(verdict(size, *winner, said("crm/2", "B", std=["b"], on=9))) == {"crm/2": Reason.SUPPORT}
    assert losses(verdict(size, winner[0], said("crm/2", "B", std=["b"], on=1))) == {"crm/2": Reason.RECENCY}
    assert losses(verdict(size, winner[0], said("crm/2", "B", std=["b"], on=5))) == {"crm/2": Reason.PRIORITY}
    assert losses(verdict(size, winner[0], said("erp/2", "B", std=["b"], on=5))) == {"erp/2": Reason.RECORD}


def test_only_claims_that_hold_at_the_instant_are_heard() -> None:
    claims = [said("erp/1", "A", until=5), said("crm/1", "B", since=5)]
    assert verdict(ruled_by("longest"), *claims, at=day(4) or DAY_ZERO).value == "A"
    later = verdict(ruled_by("longest"), *claims, at=day(5) or DAY_ZERO)
    assert (later.value, later.losers) == ("B", ())


def test_an_override_leaves_losers_and_those_who_agree() -> None:
    override = Override(id="o1", attribute="name", value="Acme", std="acme", made_at=DAY_ZERO, reason="by phone")
    found = verdict(ruled_by("longest"), said("erp/1", "ACME"), said("crm/1", "Apex"), overrides=[override])
    assert (found.value, found.rule, found.record, found.winner, found.decided_by) == (
        "Acme", "override", "o1", None, override,
    )  # fmt: skip
    assert [claim.record for claim in found.supporters] == ["erp/1"]
    assert losses(found) == {"crm/1": Reason.OVERRIDDEN}


def test_a_hold_shows_what_waits_and_what_stands() -> None:
    hold = Hold(attribute="name", std="new", approved="Old", record="erp/1")
    claims = [said("erp/1", "Old", on=1), said("crm/1", "New", on=9), said("crm/2", "NEW", on=8), said("shop/1", "X")]
    found = verdict(ruled_by("most_recent"), *claims, holds=[hold])
    assert (found.value, found.std, found.rule, found.winner, found.decided_by) == ("Old", "new", "hold", None, hold)
    assert [claim.record for claim in found.supporters] == ["erp/1"]
    assert losses(found) == {"crm/1": Reason.HELD, "crm/2": Reason.HELD, "shop/1": Reason.RULE}


def test_a_verdict_on_a_member_is_that_of_its_group() -> None:
    policy = Policy(groups={"credit": ("limit", "currency")})
    claims = [said("erp/1", "5", "limit", on=2), said("erp/1", "EUR", "currency"), said("crm/1", "9", "limit", on=1)]
    found = verdict(policy, *claims, attribute="currency")
    assert (found.attribute, found.value) == ("credit", {"limit": "5", "currency": "EUR"})
    assert losses(found) == {"crm/1": Reason.RULE}


def test_a_union_has_supporters_only() -> None:
    policy = ruled_by("union", key="email")
    claims = [said("erp/1", [{"email": "a"}]), said("crm/1", [{"email": "b"}]), said("crm/2", [])]
    found = verdict(policy, *claims)
    assert (found.winner, found.record) == (None, ["crm/1", "erp/1"])
    assert [claim.record for claim in found.supporters] == ["crm/1", "erp/1"]
    assert losses(found) == {"crm/2": Reason.EMPTY}


def test_an_empty_claim_that_wins_is_the_winner() -> None:
    policy = ruled_by("source_priority", empty_wins=True)
    found = verdict(policy, emptied("erp/1"), emptied("shop/1"), said("crm/1", "B"))
    assert (found.value, found.winner and found.winner.record) == (None, "erp/1")
    assert [claim.record for claim in found.supporters] == ["shop/1"]
    assert losses(found) == {"crm/1": Reason.RULE}


def test_what_nobody_speaks_about_has_an_empty_verdict() -> None:
    found = verdict(ruled_by("longest"), emptied("erp/1"))
    assert (found.value, found.winner, found.supporters) == (None, None, ())
    assert losses(found) == {"erp/1": Reason.EMPTY}
    assert verdict(ruled_by("longest")).losers == ()

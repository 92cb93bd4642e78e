from datetime import timedelta

import pytest
from claims_in_words import DAY_ZERO, day, emptied, golden, origin, ruled_by, said, survive, timeline

from survivorship import JSON, Agreement, Claim, Override, Policy

POLICY = ruled_by("source_priority")
ACME = said("erp/1", "Acme")


def pinned(
    value: JSON,
    *,
    id: str = "o1",  # noqa: A002
    on: int = 0,
    agreement: tuple[str, ...] | None = None,
    **more: int | None,
) -> Override:
    return Override(
        id=id,
        attribute="name",
        value=value,
        made_at=DAY_ZERO + timedelta(days=on),
        std=value.casefold() if isinstance(value, str) else None,
        valid_from=day(more.get("since")),
        valid_to=day(more.get("until")),
        expires_at=day(more.get("expires")),
        agreement=agreement,
    )


def test_a_pinned_value_wins_over_every_claim() -> None:
    assert origin(POLICY, ACME, overrides=[pinned("Acme Inc")]) == {"record": "o1", "rule": "override"}
    assert golden(POLICY, ACME, overrides=[pinned("Acme Inc")]) == {"name": "Acme Inc"}


def test_a_pinned_value_needs_no_claim() -> None:
    assert golden(POLICY, overrides=[pinned("Acme Inc")]) == {"name": "Acme Inc"}


def test_no_value_can_be_pinned() -> None:
    assert golden(POLICY, ACME, overrides=[pinned(None)]) == {}


def test_an_override_holds_only_over_its_valid_time() -> None:
    rebuilt = survive(POLICY, ACME, overrides=[pinned("Pinned", since=2, until=4)])
    assert timeline(rebuilt) == [(None, 2, "Acme"), (2, 4, "Pinned"), (4, None, "Acme")]


def test_the_latest_of_several_overrides_rules() -> None:
    early, late = pinned("Early", id="o2", on=1), pinned("Late", id="o1", on=2)
    for overrides in ([early, late], [late, early]):
        assert golden(POLICY, ACME, overrides=overrides) == {"name": "Late"}


def test_an_override_expires_at_an_instant_and_makes_a_rebuild_due_then() -> None:
    overrides = [pinned("Later", id="o2", expires=9), pinned("Pinned", on=1, expires=7), pinned("Ever", id="o3", on=-1)]
    before = survive(POLICY, ACME, overrides=overrides, evaluated_at=day(6))
    after = survive(POLICY, ACME, overrides=overrides, evaluated_at=before.due_at)
    assert (timeline(before), before.due_at) == ([(None, None, "Pinned")], day(7))
    assert (timeline(after), after.due_at) == ([(None, None, "Later")], day(9))


def test_nothing_is_due_without_an_expiry() -> None:
    assert survive(POLICY, ACME, emptied("crm/1"), overrides=[pinned("Pinned")]).due_at is None


def test_an_override_gives_way_where_a_source_that_agrees_begins() -> None:
    agreeing = said("crm/1", "ACME INC", on=4, since=9)
    rebuilt = survive(POLICY, agreeing, overrides=[pinned("Acme Inc", agreement=())])
    assert timeline(rebuilt) == [(None, 9, "Acme Inc"), (9, None, "ACME INC")]
    assert rebuilt.agreements == (Agreement("o1", "crm/1", day(9)),)


def test_an_override_that_gave_way_does_not_return() -> None:
    agreeing, other = said("erp/1", "Acme Inc", on=4, since=2, until=5), said("erp/1", "Apex", on=6, since=5)
    rebuilt = survive(POLICY, agreeing, other, overrides=[pinned("Acme Inc", agreement=("erp",))])
    assert timeline(rebuilt) == [(None, 2, "Acme Inc"), (2, 5, "Acme Inc"), (5, None, "Apex")]


def test_what_a_source_says_about_the_past_alone_does_not_end_an_override_that_goes_on() -> None:
    corrected, present = said("erp/1", "Acme Inc", on=6, since=2, until=5), said("erp/1", "Apex", on=1, since=5)
    rebuilt = survive(POLICY, corrected, present, overrides=[pinned("Acme Inc", on=2, agreement=())])
    assert (timeline(rebuilt), rebuilt.agreements) == ([(None, None, "Acme Inc")], ())
    past = survive(POLICY, corrected, present, overrides=[pinned("Acme Inc", on=2, since=2, until=5, agreement=())])
    assert past.agreements == (Agreement("o1", "erp/1", day(2)),)


@pytest.mark.parametrize(
    "said_by_others",
    [
        said("crm/1", "Acme Inc", on=4),  # not the one that is waited for
        said("erp/1", "Acme Inc", on=1),  # said before it was pinned
        said("erp/1", "Acme Inc", on=4, echo=True),  # what it was sent
        said("erp/1", "Apex", on=4),  # something else
        said("erp/1", "Acme Inc", on=4, since=7),  # about a time for which nothing is pinned
    ],
)
def test_nothing_but_the_own_word_of_a_named_source_ends_an_override(said_by_others: Claim) -> None:
    rebuilt = survive(POLICY, said_by_others, overrides=[pinned("Acme Inc", on=2, until=6, agreement=("erp",))])
    assert rebuilt.agreements == ()
    assert rebuilt.slices[0].provenance["name"]["rule"] == "override"


def test_an_override_of_a_group_ends_when_a_source_agrees_on_all_of_it() -> None:
    policy = Policy(groups={"credit": ("limit", "currency")})
    override = Override(
        id="o1", attribute="credit", value={"limit": "5", "currency": "eur"}, made_at=DAY_ZERO, agreement=()
    )
    half, whole = said("erp/1", "5", "limit", on=1), said("erp/1", "EUR", "currency", on=1)
    assert survive(policy, half, overrides=[override]).agreements == ()
    assert survive(policy, half, whole, overrides=[override]).agreements == (Agreement("o1", "erp/1", None),)

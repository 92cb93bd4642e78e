from datetime import timedelta

from claims_in_words import DAY_ZERO, day, emptied, golden, origin, ruled_by, said, survive, timeline

from survivorship import JSON, Override

POLICY = ruled_by("source_priority")
ACME = said("erp/1", "Acme")


def pinned(value: JSON, *, id: str = "o1", on: int = 0, **more: int | None) -> Override:  # noqa: A002
    return Override(
        id=id,
        attribute="name",
        value=value,
        made_at=DAY_ZERO + timedelta(days=on),
        valid_from=day(more.get("since")),
        valid_to=day(more.get("until")),
        expires_at=day(more.get("expires")),
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

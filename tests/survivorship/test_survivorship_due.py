"""When a golden record changes by itself, against looking at every single day."""

from datetime import timedelta, timezone
from itertools import pairwise

from claims_in_words import DAY_ZERO, day, ruled_by, said, survive
from golden_cases import DAYS, EVALUATED, Case, all_claims, as_seen_on, cases, policies, rebuilt, unexpired
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_survivorship import Values, on_day

from survivorship import Claim, Decay, Override, Policy, Rebuilt
from survivorship.election import elect
from survivorship.fading import LOOKS, next_winner_on

AUCKLAND = timezone(timedelta(hours=13))
HORIZON = 40  # days that are looked at


def everything(case: Case, evaluated: int) -> tuple[list[Values], Values]:
    """What the oracle says of all valid time, and of the day itself."""
    claims, document, pinned, holds = case
    days = [
        on_day(number, claims, document, unexpired(pinned, evaluated), holds, evaluated=evaluated)
        for number in range(-1, DAYS + 2)
    ]
    return days, days[min(evaluated, DAYS + 1) + 1]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_nothing_changes_before_it_is_due(case: Case) -> None:
    due_at = rebuilt(case).due_at
    last = HORIZON if due_at is None else (due_at - DAY_ZERO).days - 1
    before = everything(case, EVALUATED)
    for evaluated in range(EVALUATED + 1, min(last, HORIZON) + 1):
        assert everything(case, evaluated) == before


@settings(max_examples=60, deadline=None)
@given(all_claims(), policies(("most_trusted",)))
def test_where_only_trust_fades_the_due_day_is_the_first_on_which_something_changes(
    claims: list[Claim], document: dict[str, object]
) -> None:
    undated = [c for c in claims if c.valid_from is None]
    for claim in undated:
        claim.valid_to = None
    case: Case = (undated, document, [], [])
    due_at = rebuilt(case).due_at
    before = everything(case, EVALUATED)
    changed = [e for e in range(EVALUATED + 1, HORIZON) if everything(case, e)[0] != before[0]]
    if changed:
        assert due_at == day(changed[0])
    else:
        assert due_at is None or due_at >= DAY_ZERO + timedelta(days=HORIZON)


def fading(**decay: object) -> Policy:
    return Policy.from_document(
        {
            "attributes": {"name": {"rule": "most_trusted", "decay": decay}},
            "trust": {"erp": {"default": 0.9}, "crm": {"default": 0.6}},
            "sources": ["erp", "crm"],
        }
    )


def shown(rebuilt_: Rebuilt) -> object:
    return as_seen_on(0, rebuilt_).get("name", (None,))[0]


def test_a_trusted_source_is_overtaken_on_the_very_day_on_which_it_is_believed_less() -> None:
    policy = fading(curve="exponential", days=365)
    claims = said("erp/1", "Old"), said("crm/1", "New", on=300)
    first = survive(policy, *claims, evaluated_at=day(301))
    assert (shown(first), first.due_at) == ("New", None)
    early = said("erp/1", "Old"), said("crm/1", "New", on=100)
    assert survive(policy, *early, evaluated_at=day(101)).due_at is None


def test_a_linear_decay_is_overtaken_by_a_step_and_the_other_way_round() -> None:
    policy = Policy.from_document(
        {
            "attributes": {"name": {"rule": "most_trusted"}},
            "trust": {
                "erp": {"default": {"trust": 1.0, "decay": {"curve": "linear", "days": 100}}},
                "crm": {"default": {"trust": 0.505, "decay": {"curve": "step", "days": 60, "floor": 0.2}}},
            },
        }
    )
    claims = said("erp/1", "Linear"), said("crm/1", "Step")
    days, seen = [], []
    found = survive(policy, *claims)
    while found.due_at is not None:
        days.append((found.due_at - DAY_ZERO).days)
        seen.append(shown(found))
        found = survive(policy, *claims, evaluated_at=found.due_at)
    assert (days, [*seen, shown(found)]) == ([50, 60, 80], ["Linear", "Step", "Linear", "Step"])


def test_values_that_fade_alike_never_ask_for_another_look() -> None:
    policy = fading(curve="linear", days=700, floor=0.1)
    claims = said("erp/1", "A", on=1), said("erp/2", "B", on=3), said("erp/3", "C", on=2)
    assert survive(policy, *claims, evaluated_at=day(10)).due_at is None
    halving = fading(curve="exponential", days=90)
    assert survive(halving, said("erp/1", "A", on=1), said("crm/1", "B", on=3), evaluated_at=day(10)).due_at is None


def test_a_race_too_close_to_foresee_is_looked_at_again_too_early_but_never_too_late() -> None:
    policy = Policy.from_document(
        {
            "attributes": {"name": {"rule": "most_trusted"}},
            "sources": ["crm", "erp"],
            "trust": {
                "erp": {"default": {"trust": 0.5, "decay": {"curve": "linear", "days": 1000}}},
                "crm": {"default": {"trust": 0.5, "decay": {"curve": "linear", "days": 1001}}},
            },
        }
    )
    claims = [said("erp/1", "A", on=1), said("crm/1", "B", on=0)]
    ruling, today = policy.ruling("name"), DAY_ZERO.toordinal() + 2
    found = next_winner_on(ruling, claims, today)
    winners = [elect(ruling, claims, day=today + after).record for after in range(1100)]
    changes = [after for after, winner in enumerate(winners) if winner != winners[0]]
    assert found is not None
    assert LOOKS - 1 <= (found - DAY_ZERO).days - 2 <= (changes[0] if changes else 1100)


def test_a_pinned_value_does_not_fade() -> None:
    pinned = Override(id="o1", attribute="name", value="Pinned", made_at=DAY_ZERO)
    claims = said("erp/1", "Old"), said("crm/1", "New", on=90)
    policy = fading(curve="step", days=100)
    assert survive(policy, *claims, evaluated_at=day(91)).due_at == day(100)
    assert survive(policy, *claims, evaluated_at=day(91), overrides=[pinned]).due_at is None


def test_an_echo_gains_nothing_by_being_young() -> None:
    policy = fading(curve="step", days=10, floor=0.1)
    claims = said("erp/1", "Old", on=99, echo=True), said("crm/1", "New", on=95)
    assert shown(survive(policy, *claims, evaluated_at=day(100))) == "New"


def test_ages_are_counted_in_days_of_utc() -> None:
    late = said("erp/1", "Old")
    late.asserted_at += timedelta(hours=23)
    found = survive(
        fading(curve="step", days=1),
        late,
        said("crm/1", "New", on=1),
        evaluated_at=late.asserted_at.astimezone(AUCKLAND),
    )
    assert (shown(found), found.due_at) == ("Old", day(1))


def test_the_start_of_a_slice_makes_a_rebuild_due_once_another_value_comes_into_force() -> None:
    claims = said("erp/1", "Now", until=30), said("erp/1", "Next", since=30, until=60)
    policy = ruled_by("source_priority")
    assert survive(policy, *claims).due_at == day(30)
    assert survive(policy, *claims, evaluated_at=day(30)).due_at == day(60)
    assert survive(policy, *claims, evaluated_at=day(60)).due_at is None


@given(st.sampled_from(["linear", "exponential", "step"]), st.integers(1, 900), st.floats(0, 1), st.floats(0, 1))
def test_trust_only_ever_fades_and_ends_at_its_floor(curve: str, days: int, floor: float, trust: float) -> None:
    decay = Decay(curve=curve, days=days, floor=floor)  # type: ignore[arg-type]
    over = decay.over(trust)
    left = [decay.left(trust, age) for age in sorted([0, 1, days // 2, days, over, 40 * days])]
    assert left[0] == trust
    assert all(earlier >= later - 1e-12 for earlier, later in pairwise(left))
    assert abs(left[-1] - min(floor, trust)) < 1e-6
    assert abs(left[-1] - decay.left(trust, over)) < 1e-6

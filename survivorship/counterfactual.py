"""What would make another value win: for each loser the smallest single change, found by trying it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from survivorship.changes import (
    GRAIN,
    AssertedSince,
    Change,
    FindingsRemoved,
    HoldEnds,
    MoreSupport,
    OtherRule,
    OverrideEnds,
    RecordSilent,
    SourceBefore,
    TrustAtLeast,
    rule_of,
)
from survivorship.claim import Claim, Hold, Override, freeze, identity
from survivorship.errors import PolicyError
from survivorship.policy.policy import Policy
from survivorship.policy.rules import Rule
from survivorship.situation import Hearing, Situation, hear
from survivorship.verdict import explain

Works = Callable[[Change], bool]
OTHER_RULES = [rule for rule in Rule if rule not in {Rule.UNION, Rule.FOLLOW}]
STEPS = round(1 / GRAIN)
TICK = timedelta.resolution


def counterfactuals(
    claims: Sequence[Claim],
    policy: Policy,
    attribute: str,
    *,
    valid_at: datetime,
    evaluated_at: datetime,
    overrides: Sequence[Override] = (),
    holds: Sequence[Hold] = (),
) -> dict[str, Change | None]:
    """Return for each record whose value does not survive the smallest single change that makes it; None: none does.

    Decisions of people come first, then what the source itself can do, then the policy. A claim without a value, and
    what a union leaves out, cannot win.
    """
    situation = Situation(
        claims=claims, policy=policy, overrides=overrides, holds=holds, valid_at=valid_at, evaluated_at=evaluated_at
    )
    verdict = explain(
        claims, policy, attribute, valid_at=valid_at, evaluated_at=evaluated_at, overrides=overrides, holds=holds
    )
    return {loser.claim.record: _smallest(situation, verdict.attribute, loser.claim) for loser in verdict.losers}


def _smallest(situation: Situation, unit: str, voice: Claim) -> Change | None:
    def works(change: Change) -> bool:
        try:
            return _has_won(hear(change.applied(situation), unit), voice)
        except PolicyError:  # such a rule cannot be here
            return False

    if identity(voice) is None:
        return None
    return next((change for change in _levers(situation, unit, voice, works) if works(change)), None)


def _has_won(heard: Hearing, voice: Claim) -> bool:
    """Tell whether the value of a claim has survived by the rule."""
    winner = heard.outcome.winner
    return winner is not None and freeze(identity(winner)) == freeze(identity(voice))


def _levers(situation: Situation, unit: str, voice: Claim, works: Works) -> Iterator[Change]:
    """Yield the changes to try, the smallest first; those of amount with the smallest amount that works."""
    heard = hear(situation, unit)
    decided = heard.outcome.decided_by
    if isinstance(decided, Override):
        yield OverrideEnds(decided.id)
    if isinstance(decided, Hold):
        yield HoldEnds(unit)
    leading = situation.policy.ruling(unit).follows
    if leading is not None:
        yield from _leading(situation, leading, voice.record, works)
        return
    if voice.findings:
        yield FindingsRemoved(voice.record, unit)
    yield from _asserted(situation, heard, voice, works)
    yield from (MoreSupport(voice.record, unit, count) for count in range(1, len(heard.voices) + 1))
    if heard.docket.ruling.beliefs is not None:
        yield from _trusted(heard, voice, works)
    yield from (SourceBefore(voice.source, other, unit) for other in _sources(heard, voice))
    yield from (OtherRule(unit, rule) for rule in OTHER_RULES if rule is not rule_of(situation.policy, unit).rule)
    yield from (RecordSilent(other.record, unit) for other in heard.voices if _has_won(heard, other))


def _leading(situation: Situation, leading: str, record: str, works: Works) -> Iterator[Change]:
    """Yield what would make the record win the attribute that is followed."""
    for voice in hear(situation, leading).voices:
        if voice.record == record:
            yield from _levers(situation, leading, voice, works)


def _asserted(situation: Situation, heard: Hearing, voice: Claim, works: Works) -> Iterator[Change]:
    """Yield the earliest instant at which the claim would have to be asserted."""
    latest = max([situation.evaluated_at, *(other.asserted_at + TICK for other in heard.voices)])

    def change(ticks: int) -> Change:
        return AssertedSince(voice.record, heard.docket.ruling.unit, voice.asserted_at + ticks * TICK)

    ticks = _fewest((latest - voice.asserted_at) // TICK, lambda ticks: works(change(ticks)))
    if ticks is not None:
        yield change(ticks)


def _trusted(heard: Hearing, voice: Claim, works: Works) -> Iterator[Change]:
    """Yield the least trust that the source would have to have."""

    def change(steps: int) -> Change:
        return TrustAtLeast(voice.source, heard.docket.ruling.unit, steps / STEPS)

    steps = _fewest(STEPS, lambda steps: works(change(steps)))
    if steps is not None:
        yield change(steps)


def _fewest(most: int, enough: Callable[[int], bool]) -> int | None:
    """Return the smallest number up to `most` that is enough, by halving; None if not even `most` is."""
    if not enough(most):
        return None
    low, high = -1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _sources(heard: Hearing, voice: Claim) -> list[str]:
    """Return the sources of the other claims, the nearest in the order of priority first."""
    others = [other for other in heard.voices if other.source != voice.source]
    return list(dict.fromkeys(other.source for other in sorted(others, key=heard.docket.ruling.rank, reverse=True)))

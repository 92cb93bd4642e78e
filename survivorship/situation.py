"""All that a decision on one attribute at one instant rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from survivorship.claim import Claim, Hold, Override
from survivorship.docket import Docket, Dockets, open_dockets, unexpired
from survivorship.election import Losers, Outcome, decide
from survivorship.intervals import at
from survivorship.leading import leader_of
from survivorship.policy.policy import Policy
from survivorship.survive import day_of
from survivorship.voices import voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is claimed, declared, pinned and held, seen at one instant of valid time and one of evaluation."""

    claims: Sequence[Claim]
    policy: Policy
    overrides: Sequence[Override]
    holds: Sequence[Hold]
    valid_at: datetime
    evaluated_at: datetime


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is heard about one unit in a situation, what it follows, and what comes out."""

    dockets: Dockets
    docket: Docket
    pinned: Sequence[Override]
    day: int
    leader: str | None
    voices: list[Claim]
    outcome: Outcome


def hear(situation: Situation, unit: str, lost: Losers | None = None) -> Hearing:
    """Decide one unit at one instant; losers are collected only into a given list."""
    policy, instant = situation.policy, situation.valid_at
    heard_of = {unit, *followed(policy, unit)}
    unexpired_ones = unexpired(situation.overrides, situation.evaluated_at)
    pinned = [o for o in unexpired_ones if policy.unit_of(o.attribute) in heard_of]
    dockets = open_dockets(
        [claim for claim in situation.claims if policy.unit_of(claim.attribute) in heard_of],
        policy,
        overrides=pinned,
        holds=[hold for hold in situation.holds if policy.unit_of(hold.attribute) in heard_of],
    )
    docket = dockets.setdefault(unit, Docket(policy.ruling(unit)))
    day = day_of(situation.evaluated_at)
    leader = leader_of(dockets, docket.ruling, instant, instant + timedelta.resolution, day)
    claims = at(docket.claims, instant)
    outcome = decide(
        docket.ruling,
        claims,
        at(docket.overrides, instant),
        at(docket.holds, instant),
        day=day,
        leader=leader,
        lost=lost,
    )
    spoken = sorted(voices(docket.ruling, claims), key=lambda voice: voice.record)
    return Hearing(dockets, docket, pinned, day, leader, spoken, outcome)


def followed(policy: Policy, unit: str) -> Iterator[str]:
    """Yield the units whose winners decide about this one."""
    leading = policy.ruling(unit).follows
    while leading is not None:
        yield leading
        leading = policy.ruling(leading).follows

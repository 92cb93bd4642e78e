"""Explains one attribute at one instant: who won, by which rule, and why each other lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from survivorship.claim import JSON, Claim, Hold, Override, freeze, identity, is_empty, is_unspoken
from survivorship.election import Losers, Outcome, standing
from survivorship.policy.policy import Policy
from survivorship.policy.rules import Loser, Reason
from survivorship.situation import Hearing, Situation, hear
from survivorship.survive import due_at, track
from survivorship.timeline import zip_tracks


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an attribute, or a coupled group as a whole, has its value; consistent with `rebuild` at any instant.

    Claims about a group are shown as one per record, with member → value. A union has supporters only.
    """

    attribute: str  # the group, if the attribute belongs to one
    value: JSON
    std: JSON  # comparison form of what won, or would have won but for a hold: what a Hold names
    record: str | list[str] | None  # as in provenance
    rule: str  # the rule that decided; "override" or "hold"
    winner: Claim | None
    decided_by: Override | Hold | None
    supporters: tuple[Claim, ...]  # the others that assert the same value
    losers: tuple[Loser, ...]
    silent: tuple[str, ...] = ()  # records that are heard about other attributes, but say nothing about this one
    trust: Mapping[str, float] = field(default_factory=dict)  # record → what was compared, where trust decided
    leader: str | None = None  # the record that won what this attribute follows
    due_at: datetime | None = None  # when it could next change by itself, in this time or another


def explain(
    claims: Sequence[Claim],
    policy: Policy,
    attribute: str,
    *,
    valid_at: datetime,
    evaluated_at: datetime,
    overrides: Sequence[Override] = (),
    holds: Sequence[Hold] = (),
) -> Verdict:
    """Return why `attribute` has the value that `rebuild` gives it at `valid_at`; raises as `rebuild` does."""
    unit = policy.unit_of(attribute)
    lost: Losers = []
    heard = hear(
        Situation(
            claims=claims,
            policy=policy,
            overrides=overrides,
            holds=holds,
            valid_at=valid_at,
            evaluated_at=evaluated_at,
        ),
        unit,
        lost,
    )
    outcome = heard.outcome
    supporters, losers = _sides(heard.voices, outcome, lost)
    slices = zip_tracks([track(heard.dockets, unit, heard.day)])
    return Verdict(
        attribute=unit,
        value=outcome.value,
        std=outcome.std,
        record=outcome.record,
        rule=outcome.rule,
        winner=outcome.winner,
        decided_by=outcome.decided_by,
        supporters=supporters,
        losers=losers,
        silent=tuple(sorted({claim.record for claim in claims} - {voice.record for voice in heard.voices})),
        trust=_trust(heard),
        leader=heard.leader,
        due_at=due_at(heard.dockets, heard.dockets, slices, heard.pinned, evaluated_at),
    )


def _sides(heard: list[Claim], outcome: Outcome, lost: Losers) -> tuple[tuple[Claim, ...], tuple[Loser, ...]]:
    """Sort the claims beside the winner into supporters and losers."""
    reasons = {loser.claim.record: loser.reason for loser in lost}
    supporters: list[Claim] = []
    losers: list[Loser] = []
    for claim in heard:
        if outcome.winner is not None and claim.record == outcome.winner.record:
            continue
        if _supports(claim, outcome):
            supporters.append(claim)
        else:
            losers.append(Loser(claim, reasons.get(claim.record, Reason.HELD)))
    return tuple(supporters), tuple(losers)


def _supports(claim: Claim, outcome: Outcome) -> bool:
    """Tell whether a claim asserts what came out."""
    if isinstance(outcome.decided_by, Hold):
        return not is_empty(claim) and freeze(claim.value) == freeze(outcome.value)
    if outcome.united:
        return claim.record in outcome.united
    if is_unspoken(claim) or (outcome.winner is None and outcome.decided_by is None):
        return False
    return freeze(identity(claim)) == freeze(outcome.std)


def _trust(heard: Hearing) -> dict[str, float]:
    """Return the trust numbers that were compared, by record."""
    beliefs = heard.docket.ruling.beliefs
    if beliefs is None:
        return {}
    return {claim.record: beliefs.on(claim, heard.day) for claim in standing(heard.docket.ruling, heard.voices)}

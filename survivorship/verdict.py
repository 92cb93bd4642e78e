"""Explains one attribute at one instant: who won, by which rule, and why each other lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survivorship.claim import JSON, Claim, Hold, Override, freeze, identity, is_empty
from survivorship.election import Losers, Outcome, decide, voices
from survivorship.policy import Policy
from survivorship.rules import Loser, Reason, Ruling
from survivorship.survive import Docket, open_dockets, unexpired
from survivorship.timeline import at


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
    dockets = open_dockets(
        [claim for claim in claims if policy.unit_of(claim.attribute) == unit],
        policy,
        overrides=[o for o in unexpired(overrides, evaluated_at) if policy.unit_of(o.attribute) == unit],
        holds=[hold for hold in holds if policy.unit_of(hold.attribute) == unit],
    )
    docket = dockets.get(unit) or Docket(policy.ruling(unit))
    heard = at(docket.claims, valid_at)
    lost: Losers = []
    outcome = decide(docket.ruling, heard, at(docket.overrides, valid_at), at(docket.holds, valid_at), lost)
    return _verdict(docket.ruling, outcome, heard, lost)


def _verdict(ruling: Ruling, outcome: Outcome, heard: list[Claim], lost: Losers) -> Verdict:
    """Sort the claims into winner, supporters and losers."""
    reasons = {loser.claim.record: loser.reason for loser in lost}
    winner = outcome.winner
    supporters: list[Claim] = []
    losers: list[Loser] = []
    for claim in sorted(voices(ruling, heard), key=lambda claim: claim.record):
        if winner is not None and claim.record == winner.record:
            continue
        if _supports(claim, outcome):
            supporters.append(claim)
        else:
            losers.append(Loser(claim, reasons.get(claim.record, Reason.HELD)))
    return Verdict(
        attribute=ruling.unit,
        value=outcome.value,
        std=outcome.std,
        record=outcome.record,
        rule=outcome.rule,
        winner=winner,
        decided_by=outcome.decided_by,
        supporters=tuple(supporters),
        losers=tuple(losers),
    )


def _supports(claim: Claim, outcome: Outcome) -> bool:
    """Tell whether a claim asserts what came out."""
    if isinstance(outcome.decided_by, Hold):
        return not is_empty(claim) and freeze(claim.value) == freeze(outcome.value)
    if outcome.united:
        return claim.record in outcome.united
    if outcome.winner is None and outcome.decided_by is None:
        return False
    return freeze(identity(claim)) == freeze(outcome.std)

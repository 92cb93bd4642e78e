"""Who wins one attribute or coupled group at one instant of valid time."""

from dataclasses import dataclass

from survivorship.claim import JSON, Claim, Hold, Kind, Override, freeze, identity, is_empty, is_unspoken
from survivorship.policy.rules import Loser, Reason, Rule
from survivorship.ruling import Candidate, Ruling, candidates_of
from survivorship.union import union
from survivorship.voices import voices

OVERRIDE = "override"  # the rule named where an override or a hold decided
HOLD = "hold"
UNION, FOLLOW = Rule.UNION.value, Rule.FOLLOW.value  # plain names: looking members up in an enum is slow in this place
SUPPLIED = Kind.SUPPLIED
ABSENCES = {Kind.DELETED: Reason.DELETED, Kind.MASKED: Reason.MASKED, Kind.WITHHELD: Reason.WITHHELD}
FEW = 8  # claims that are compared with each other to see that no two agree
Losers = list[Loser]


@dataclass(slots=True)
class Outcome:
    """What came out: the value, its std, and the record and rule that provenance names."""

    value: JSON
    std: JSON
    record: str | list[str] | None
    rule: str
    winner: Claim | None = None
    united: frozenset[str] = frozenset()  # records with an element in a union
    decided_by: Override | Hold | None = None


def decide(
    ruling: Ruling,
    claims: list[Claim],
    overrides: list[Override],
    holds: list[Hold],
    *,
    day: int,
    leader: str | None = None,
    lost: Losers | None = None,
) -> Outcome:
    """Decide between what is in force at one instant, by the trust of one day (its ordinal).

    `leader` is the record that won what the unit follows. Losers are collected only into a given list.
    """
    if overrides:
        override = max(overrides, key=lambda pinned: (pinned.made_at, pinned.id))
        if lost is not None:
            lost += [Loser(claim, Reason.OVERRIDDEN) for claim in voices(ruling, claims)]
        return Outcome(override.value, identity(override), override.id, OVERRIDE, decided_by=override)
    outcome = elect(ruling, voices(ruling, claims), day=day, leader=leader, lost=lost)
    if holds:
        held = freeze(outcome.std)
        for hold in holds:
            if freeze(hold.std) == held:
                return Outcome(hold.approved, outcome.std, hold.record, HOLD, decided_by=hold)
    return outcome


def elect(
    ruling: Ruling, claims: list[Claim], *, day: int, leader: str | None = None, lost: Losers | None = None
) -> Outcome:
    """Let one value per record compete by the rule alone."""
    if ruling.name == UNION:
        return _unite(ruling, claims, lost)
    competing = standing(ruling, claims, lost) if ruling.name != FOLLOW else _led(claims, leader, lost)
    if not competing:
        return Outcome(None, None, None, ruling.name)
    best = _clear_winner(ruling, competing, day) if lost is None else []
    best = best or _narrow(ruling, candidates_of(competing), day, lost)
    winner = best[0] if len(best) == 1 else min(best, key=ruling.speaker)
    if ruling.empty_wins and is_empty(winner):
        return Outcome(None, None, winner.record, ruling.name, winner)
    std = winner.std
    return Outcome(winner.value, winner.value if std is None else std, winner.record, ruling.name, winner)


def standing(ruling: Ruling, claims: list[Claim], lost: Losers | None = None) -> list[Claim]:
    """Drop the claims that bring no value beside those that do, then those with findings beside those without.

    Where trust decides, findings that lower it do not exclude.
    """
    clean = [claim for claim in claims if claim.kind is SUPPLIED and not claim.findings and claim.value is not None]
    if len(clean) == len(claims):
        return clean
    voiced = [claim for claim in claims if not is_unspoken(claim)]
    if not ruling.empty_wins:
        voiced = [claim for claim in voiced if not is_empty(claim)]
    clean = [claim for claim in voiced if not claim.findings or _is_lowered(ruling, claim)]
    _note(lost, claims, voiced)
    _note(lost, voiced, clean or voiced, Reason.FINDING)
    return clean or voiced


def _is_lowered(ruling: Ruling, claim: Claim) -> bool:
    """Tell whether all findings of a claim cost it trust, so that it need not be excluded."""
    return ruling.beliefs is not None and ruling.beliefs.downgrades.cover(claim.findings)


def _led(claims: list[Claim], leader: str | None, lost: Losers | None) -> list[Claim]:
    """Leave only what the record says that won elsewhere."""
    filled = [claim for claim in claims if not is_empty(claim)]
    chosen = [claim for claim in filled if claim.record == leader]
    _note(lost, claims, filled)
    _note(lost, filled, chosen, Reason.RULE)
    return chosen


def _clear_winner(ruling: Ruling, claims: list[Claim], day: int) -> Candidate:
    """Return the candidate that comparing single claims finds; empty where candidates must be weighed as a whole."""
    values = [claim.value if claim.std is None else claim.std for claim in claims]
    if values.count(values[0]) == len(values):
        return claims
    if len(values) <= FEW and max(map(values.count, values)) == 1:
        return [_first_of_all(ruling, claims, day)]
    stage = ruling.stages[0]
    measures = [stage.measure(claim, day) for claim in claims]
    best = stage.best(measures)
    if stage.gather is sum or measures.count(best) > 1:
        return []
    value = values[measures.index(best)]
    return [claim for claim, other in zip(claims, values, strict=True) if other == value]


def _first_of_all(ruling: Ruling, claims: list[Claim], day: int) -> Claim:
    """Run the rule and then the tie-breaks on claims of which no two agree."""
    for stage in ruling.stages:
        measure = stage.measure
        measures = [measure(claim, day) for claim in claims]
        best = stage.best(measures)
        if measures.count(best) == 1:
            return claims[measures.index(best)]
        claims = [claim for claim, reached in zip(claims, measures, strict=True) if reached == best]
    return claims[0]


def _narrow(ruling: Ruling, candidates: list[Candidate], day: int, lost: Losers | None) -> Candidate:
    """Run the rule and then the tie-breaks until one candidate is left."""
    for stage in ruling.stages:
        if len(candidates) == 1:
            break
        measure, gather = stage.measure, stage.gather
        measures = [
            measure(candidate[0], day) if len(candidate) == 1 else gather([measure(claim, day) for claim in candidate])
            for candidate in candidates
        ]
        best = stage.best(measures)
        if lost is not None:
            beaten = [c for c, reached in zip(candidates, measures, strict=True) if reached != best]
            lost += [Loser(claim, stage.reason) for candidate in beaten for claim in candidate]
        if measures.count(best) < len(measures):
            candidates = [c for c, reached in zip(candidates, measures, strict=True) if reached == best]
    return candidates[0]


def _unite(ruling: Ruling, claims: list[Claim], lost: Losers | None) -> Outcome:
    """Unite the lists of all records; every one with an element is a supporter."""
    filled = [claim for claim in claims if claim.value and not is_empty(claim)]
    _note(lost, claims, filled)
    value, std = union(ruling, filled)
    if not value:
        return Outcome(None, None, None, ruling.name)
    records = {claim.record for claim in filled}
    return Outcome(value, std, sorted(records), ruling.name, united=frozenset(records))


def _note(lost: Losers | None, before: list[Claim], after: list[Claim], reason: Reason | None = None) -> None:
    """Collect the claims that are gone, for a reason or for the kind of their absence."""
    if lost is not None and len(after) < len(before):
        kept = set(map(id, after))
        gone = [claim for claim in before if id(claim) not in kept]
        lost += [Loser(claim, reason or ABSENCES.get(claim.kind, Reason.EMPTY)) for claim in gone]

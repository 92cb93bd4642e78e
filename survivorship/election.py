"""Who wins one attribute or coupled group at one instant of valid time."""

from dataclasses import dataclass

from survivorship.claim import JSON, Claim, Hold, Kind, Override, freeze, identity, is_empty
from survivorship.errors import InvalidClaims
from survivorship.rules import Candidate, Loser, Reason, Rule, Ruling, candidates_of
from survivorship.union import union

OVERRIDE = "override"  # the rule named where an override or a hold decided
HOLD = "hold"
UNION = Rule.UNION.value  # plain names: looking members up in an enum is slow in this place
EMPTY = Kind.EMPTY
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
    ruling: Ruling, claims: list[Claim], overrides: list[Override], holds: list[Hold], lost: Losers | None = None
) -> Outcome:
    """Decide between what is in force at one instant; losers are collected only into a given list."""
    if overrides:
        override = max(overrides, key=lambda pinned: (pinned.made_at, pinned.id))
        if lost is not None:
            lost += [Loser(claim, Reason.OVERRIDDEN) for claim in voices(ruling, claims)]
        return Outcome(override.value, identity(override), override.id, OVERRIDE, decided_by=override)
    outcome = elect(ruling, voices(ruling, claims), lost)
    if holds:
        held = freeze(outcome.std)
        for hold in holds:
            if freeze(hold.std) == held:
                return Outcome(hold.approved, outcome.std, hold.record, HOLD, decided_by=hold)
    return outcome


def elect(ruling: Ruling, claims: list[Claim], lost: Losers | None) -> Outcome:
    """Let one value per record compete by the rule alone."""
    if ruling.name == UNION:
        return _unite(ruling, claims, lost)
    competing = _standing(ruling, claims, lost)
    if not competing:
        return Outcome(None, None, None, ruling.name)
    if len(competing) == 1:
        winner = competing[0]
    else:
        candidates = candidates_of(competing)
        if len(candidates) > 1:
            candidates = _narrow(ruling, candidates, lost)
        best = candidates[0]
        winner = best[0] if len(best) == 1 else min(best, key=ruling.speaker)
    if ruling.empty_wins and is_empty(winner):
        return Outcome(None, None, winner.record, ruling.name, winner)
    return Outcome(winner.value, identity(winner), winner.record, ruling.name, winner)


def voices(ruling: Ruling, claims: list[Claim]) -> list[Claim]:
    """Return one claim per record: the claims themselves, or what each record says about a whole group."""
    if ruling.members:
        return _coupled(ruling, claims)
    if len(claims) > 1 and len({claim.record for claim in claims}) < len(claims):
        raise _overlap(claims)
    return claims


def _standing(ruling: Ruling, claims: list[Claim], lost: Losers | None) -> list[Claim]:
    """Drop the empty claims beside supplied ones, then those with findings beside those without."""
    standing = claims
    if not ruling.empty_wins:
        standing = [claim for claim in claims if claim.value is not None and claim.kind is not EMPTY]
        _note(lost, claims, standing, Reason.EMPTY)
    clean = [claim for claim in standing if not claim.findings]
    if not clean:
        return standing
    _note(lost, standing, clean, Reason.FINDING)
    return clean


def _narrow(ruling: Ruling, candidates: list[Candidate], lost: Losers | None) -> list[Candidate]:
    """Run the rule and then the tie-breaks until one candidate is left."""
    for stage in ruling.stages:
        measures = list(map(stage.measure, candidates))
        best = stage.best(measures)
        if lost is not None:
            beaten = [c for c, measure in zip(candidates, measures, strict=True) if measure != best]
            lost += [Loser(claim, stage.reason) for candidate in beaten for claim in candidate]
        if measures.count(best) == 1:
            return [candidates[measures.index(best)]]
        candidates = [c for c, measure in zip(candidates, measures, strict=True) if measure == best]
    return candidates


def _unite(ruling: Ruling, claims: list[Claim], lost: Losers | None) -> Outcome:
    """Unite the lists of all records; every one with an element is a supporter."""
    filled = [claim for claim in claims if claim.value and not is_empty(claim)]
    _note(lost, claims, filled, Reason.EMPTY)
    value, std = union(ruling, filled)
    if not value:
        return Outcome(None, None, None, ruling.name)
    records = {claim.record for claim in filled}
    return Outcome(value, std, sorted(records), ruling.name, united=frozenset(records))


def _coupled(ruling: Ruling, claims: list[Claim]) -> list[Claim]:
    """Make one claim per record of what it says about the members of a group."""
    by_record: dict[str, list[Claim]] = {}
    for claim in claims:
        by_record.setdefault(claim.record, []).append(claim)
    return [_couple(ruling, spoken) for spoken in by_record.values()]


def _couple(ruling: Ruling, spoken: list[Claim]) -> Claim:
    """Join the claims of one record about the members of a group into a claim about the group."""
    filled = {claim.attribute: claim for claim in spoken if not is_empty(claim)}
    if len({claim.attribute for claim in spoken}) < len(spoken):
        raise _overlap(spoken)
    members = [filled[name] for name in ruling.members if name in filled]
    latest = max(spoken, key=lambda claim: claim.asserted_at)
    return Claim(
        source=latest.source,
        record=latest.record,
        attribute=ruling.unit,
        value={claim.attribute: claim.value for claim in members} or None,
        std={claim.attribute: identity(claim) for claim in members} or None,
        asserted_at=latest.asserted_at,
        findings=tuple(sorted({finding for claim in members for finding in claim.findings})),
        echo=all(claim.echo for claim in spoken),
    )


def _note(lost: Losers | None, before: list[Claim], after: list[Claim], reason: Reason) -> None:
    """Collect the claims that are gone."""
    if lost is not None and len(after) < len(before):
        kept = set(map(id, after))
        lost += [Loser(claim, reason) for claim in before if id(claim) not in kept]


def _overlap(claims: list[Claim]) -> InvalidClaims:
    """Say which record claims the same attribute twice at one time."""
    seen: set[tuple[str, str]] = set()
    for claim in sorted(claims, key=lambda claim: (claim.record, claim.attribute)):
        if (claim.record, claim.attribute) in seen:
            break
        seen.add((claim.record, claim.attribute))
    return InvalidClaims(
        f"{claim.record} makes two claims about {claim.attribute!r} at one time. Fold the facts of a record first, so "
        "that its claims about an attribute do not overlap in valid time."
    )

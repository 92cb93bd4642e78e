"""What each record says about a unit as a whole: one claim per record, also about a coupled group."""

from survivorship.claim import Claim, Kind, identity, is_empty
from survivorship.errors import InvalidClaims
from survivorship.ruling import Ruling


def voices(ruling: Ruling, claims: list[Claim]) -> list[Claim]:
    """Return one claim per record: the claims themselves, or what each record says about a whole group."""
    if ruling.members:
        return _coupled(ruling, claims)
    if len(claims) > 1 and len({claim.record for claim in claims}) < len(claims):
        raise _overlap(claims)
    return claims


def _coupled(ruling: Ruling, claims: list[Claim]) -> list[Claim]:
    """Make one claim per record of what it says about the members of a group."""
    by_record: dict[str, list[Claim]] = {}
    for claim in claims:
        by_record.setdefault(claim.record, []).append(claim)
    return [_couple(ruling, spoken) for spoken in by_record.values()]


def _couple(ruling: Ruling, spoken: list[Claim]) -> Claim:
    """Join the claims of one record about the members of a group into a claim about the group."""
    if len({claim.attribute for claim in spoken}) < len(spoken):
        raise _overlap(spoken)
    kind = _kind(spoken)
    filled = {claim.attribute: claim for claim in spoken if not is_empty(claim)} if kind is Kind.SUPPLIED else {}
    members = [filled[name] for name in ruling.members if name in filled]
    latest = max(spoken, key=lambda claim: claim.asserted_at)
    return Claim(
        source=latest.source,
        record=latest.record,
        attribute=ruling.unit,
        value={claim.attribute: claim.value for claim in members} or None,
        std={claim.attribute: identity(claim) for claim in members} or None,
        asserted_at=latest.asserted_at,
        kind=kind,
        findings=tuple(sorted({finding for claim in members for finding in claim.findings})),
        echo=all(claim.echo for claim in spoken),
    )


def _kind(spoken: list[Claim]) -> Kind:
    """Return how a record speaks about a group: it survives whole, so one masked or withheld member stands for it."""
    kinds = {claim.kind for claim in spoken}
    for kind in (Kind.MASKED, Kind.WITHHELD):
        if kind in kinds:
            return kind
    return Kind.DELETED if kinds == {Kind.DELETED} else Kind.SUPPLIED


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

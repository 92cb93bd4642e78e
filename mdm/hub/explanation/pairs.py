"""The explanation of a pair of source records, as far as the actor may see their values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain, block_keys_of
from mdm.core.matching import MatchModel, Outcome, Scored, explain, score
from mdm.core.security import Permission
from mdm.errors import InvalidInput, UnknownRecord
from mdm.hub.explanation import words
from mdm.hub.golden.read import in_sight
from mdm.hub.golden.sight import sight_of
from mdm.hub.resolution import standing_partition
from mdm.hub.tasks.importance import probability_of
from mdm.store import records, resolution, tasks
from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records; `masked` names what is not shown.

    `values` hold for each attribute what the source says now: `raw` as it was sent, `value` cleaned, `std` to compare.
    """

    record_id: int
    source: str
    key: str
    master_id: UUID | None
    deleted: bool
    values: dict[str, dict[str, Any]]
    masked: list[str]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One comparison: the level reached and the bits it is worth; `masked`: its values are not shown."""

    comparison: str
    level: str
    weight: float
    adjustment: float
    left: Any
    right: Any
    masked: bool
    text: str


@dataclass(frozen=True, slots=True)
class Veto:
    """What keeps a match from being made without a steward."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a steward has decided about the two, and what of its evidence has changed since."""

    kind: str
    reason: str
    decided_by: str
    decided_at: datetime
    changed: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """All that speaks for and against two records being one; weights and thresholds are bits."""

    domain: str
    release: int
    left: Side
    right: Side
    together: bool
    prior: float
    waterfall: list[Waterfall]
    weight: float
    probability: float
    review: float
    match: float
    outcome: str
    shared_keys: list[str]
    left_keys: list[str]
    right_keys: list[str]
    vetoes: list[Veto]
    decided: Decided | None
    text: list[str]


def explain_named(work: Work, domain_name: str, left: tuple[str, str], right: tuple[str, str]) -> PairExplanation:
    """Explain two records, each given as source and key, however little they resemble each other."""
    domain = work.catalog.domain(domain_name)
    work.actor.require(Permission.READ, domain=domain.name)
    names = [RecordName(domain.name, *one) for one in (left, right)]
    found = records.read(work.session, names)
    for name in names:
        if name not in found:
            raise _unknown(domain, f"{name.source}/{name.key}")
    return explain_pair(work, domain, found[names[0]].id, found[names[1]].id)


def explain_pair(work: Work, domain: Domain, left_id: int, right_id: int) -> PairExplanation:
    """Explain two records of a domain; raises UnknownRecord for one that is not in the actor's sight."""
    work.actor.require(Permission.READ, domain=domain.name)
    if left_id == right_id:
        raise InvalidInput("A record is always itself: name two.", path="right")
    left, right = _rows(work, domain, left_id, right_id)
    scored = score(domain.match, left.comparable, right.comparable)
    left_side, right_side = _side(work, domain, left), _side(work, domain, right)
    masked = _masked_columns(domain.match, {*left_side.masked, *right_side.masked})
    together = left.master_id is not None and left.master_id == right.master_id
    vetoes = _vetoes(work, domain, scored, left, right, together=together)
    shared, only_left, only_right = _keys(domain, left, right, masked)
    waterfall = _waterfall(domain, left, right, masked)
    prior, probability = round(domain.match.prior, 3), round(probability_of(scored.weight), 6)
    decided = _decided(work, left_id, right_id)
    text = [
        words.of_prior(domain, prior),
        *(step.text for step in waterfall),
        words.of_sum(domain.match, scored.weight, probability, scored.outcome),
        *(f"Against it: {veto.text} ({veto.name})." for veto in vetoes),
        words.of_keys(shared),
        *_told(decided, together=together),
    ]
    return PairExplanation(
        domain=domain.name,
        release=domain.release,
        left=left_side,
        right=right_side,
        together=together,
        prior=prior,
        waterfall=waterfall,
        weight=scored.weight,
        probability=probability,
        review=domain.match.review,
        match=domain.match.match,
        outcome=scored.outcome,
        shared_keys=shared,
        left_keys=only_left,
        right_keys=only_right,
        vetoes=vetoes,
        decided=decided,
        text=text,
    )


def _rows(work: Work, domain: Domain, left_id: int, right_id: int) -> tuple[Row, Row]:
    found = tasks.sides(work.session, [left_id, right_id])
    sides = [found.get(record) for record in (left_id, right_id)]
    masters = {side.master_id for side in sides if side is not None and side.master_id is not None}
    seen = in_sight(work, domain, masters)
    for side, record in zip(sides, (left_id, right_id), strict=True):
        if side is None or side.domain != domain.name or (side.master_id is not None and side.master_id not in seen):
            raise _unknown(domain, str(record))
    return found[left_id], found[right_id]


def _unknown(domain: Domain, name: str) -> UnknownRecord:
    return UnknownRecord(f"There is no {domain.name} record {name[:200]}.", hint="Name it as source/key.")


def _side(work: Work, domain: Domain, row: Row) -> Side:
    now, sent = work.now.isoformat(), _sent(work, row.id)
    values = {
        name: {"raw": sent.get(name), **said}
        for name, segments in row.state["claims"].items()
        if (said := _said(segments, now))
    }
    shown = sight_of(work.actor, domain).shown({name: said["value"] for name, said in values.items()})
    return Side(
        record_id=row.id,
        source=row.source,
        key=row.source_key,
        master_id=row.master_id,
        deleted=row.ended_at is not None,
        values={name: said for name, said in values.items() if name in shown},
        masked=sorted(values.keys() - shown.keys()),
    )


def _said(segments: Sequence[Sequence[Any]], now: str) -> dict[str, Any] | None:
    """Return what a source says about an attribute now, or will first, if it does not say that it is empty."""
    begun = [s for s in segments if s[0] <= now] or segments[:1]
    return {"value": begun[-1][2], "std": begun[-1][3]} if begun and begun[-1][2] is not None else None


def _sent(work: Work, record_id: int) -> dict[str, Any]:
    """Return the attributes as the source sent them last."""
    facts = sorted(records.facts(work.session, record_id), key=lambda f: (f.version or 0, f.delivery_id))
    return {name: value for fact in facts for name, value in fact.attributes.items()}


def _masked_columns(model: MatchModel, masked: Collection[str]) -> frozenset[str]:
    return frozenset(column for column, names in model.attributes.items() if not set(names).isdisjoint(masked))


def _waterfall(domain: Domain, left: Row, right: Row, masked: Collection[str]) -> list[Waterfall]:
    steps = explain(domain.match, left.comparable, right.comparable)[1:]
    return [
        Waterfall(
            comparison=step.comparison,
            level=step.level,
            weight=step.weight,
            adjustment=step.adjustment,
            left=None if comparison.column in masked else step.left,
            right=None if comparison.column in masked else step.right,
            masked=comparison.column in masked,
            text=words.of_step(comparison, step),
        )
        for comparison, step in zip(domain.match.comparisons, steps, strict=True)
    ]


def _keys(domain: Domain, left: Row, right: Row, masked: Collection[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the blocking keys that both, only the left, and only the right record has."""
    hidden = {key.name: any(column in masked for column, _ in key.parts) for key in domain.match.keys}
    one, other = (block_keys_of(domain, row.comparable) for row in (left, right))
    parts = ([k for k in one if k in other], [k for k in one if k not in other], [k for k in other if k not in one])
    shared, only_left, only_right = ([words.shown_key(key, hidden=hidden) for key in part] for part in parts)
    return shared, only_left, only_right


def _vetoes(work: Work, domain: Domain, scored: Scored, left: Row, right: Row, *, together: bool) -> list[Veto]:
    """Return what stands against the pair itself, and against the clusters its match would join."""
    names = dict.fromkeys(scored.vetoes)
    if scored.outcome == Outcome.MATCH and not together:
        clusters = standing_partition(work, domain, [left.id, right.id])
        pair = {left.id, right.id}
        names |= dict.fromkeys(d.veto for d in clusters.demoted if {d.edge.left, d.edge.right} == pair)
    return [Veto(name, words.of_veto(domain.match, name)) for name in names]


def _decided(work: Work, left_id: int, right_id: int) -> Decided | None:
    found = resolution.constraint(work.session, min(left_id, right_id), max(left_id, right_id))
    if found is None:
        return None
    return Decided(found.kind, found.reason, found.decided_by, found.decided_at, found.changed)


def _told(decided: Decided | None, *, together: bool) -> Sequence[str]:
    standing = "They are one master now." if together else "They are two masters now."
    if decided is None:
        return [standing]
    said = "one" if decided.kind == "must" else "not one"
    since = " What this rested on has changed since." if decided.changed is not None else ""
    return [f"{decided.decided_by} decided on {decided.decided_at:%Y-%m-%d} that they are {said}.{since}", standing]

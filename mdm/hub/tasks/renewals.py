"""What the machine may not decide: questions that come up, stay and fall away as records and masters change."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.matching import Outcome, Scored, score, strong_identifiers
from mdm.hub.tasks.importance import probability_of
from mdm.hub.tasks.questions import DOUBTFUL_LINK, MATCH_REVIEW, ORPHANED, Question, renew
from mdm.store import golden, records, tasks
from mdm.store.rows import Row
from mdm.store.work import Work

CONFLICT = "conflicting_identifier"


def renew_match_reviews(
    work: Work, domain: Domain, masters: Collection[UUID], *, kept_back: Mapping[tuple[int, int], str]
) -> None:
    """Ask about every edge between these masters and others; close the questions that no longer stand.

    A pair that a steward told apart is asked about again when what the decision rested on has changed.
    """
    pairs = tasks.review_pairs(work.session, masters)
    values = _current(work, {m for p in pairs for m in (p.master_id, p.other_id)})
    questions = [_review(domain, p, kept_back.get((p.left_id, p.right_id)), values) for p in pairs]
    renew(work, domain, MATCH_REVIEW, questions, around=masters)


def renew_doubtful_links(work: Work, domain: Domain, masters: Collection[UUID]) -> None:
    """Ask about records whose source named their master though they hardly resemble it, and must-links that aged."""
    declared, musts = tasks.declared_members(work.session, masters), tasks.aged_musts(work.session, masters)
    ids = {record for row in declared for record in (row.record_id, *row.others)}
    known = records.comparables(work.session, ids) if ids else {}
    questions = [q for row in declared if (q := _doubt(domain, row, known)) is not None]
    questions += [_aged(row) for row in musts]
    renew(work, domain, DOUBTFUL_LINK, questions, around=masters)


def renew_orphans(work: Work, domain: Domain, statuses: Mapping[UUID, str]) -> None:
    """Ask what to do with masters whose last source record was deleted."""
    reason = "The last source record was deleted; the values are kept."
    questions = [Question(master, reason) for master, status in statuses.items() if status == "orphaned"]
    renew(work, domain, ORPHANED, questions, around=statuses.keys())


def _review(domain: Domain, pair: Row, veto: str | None, values: Mapping[UUID, Mapping[str, Any]]) -> Question:
    vetoes = list(dict.fromkeys([*pair.vetoes, *([veto] if veto else [])]))
    one, other = values.get(pair.master_id, {}), values.get(pair.other_id, {})
    return Question(
        master_id=pair.master_id,
        other_id=pair.other_id,
        reason=_told(pair, vetoes),
        evidence={"left": pair.left_id, "right": pair.right_id, "weight": pair.weight, "vetoes": vetoes},
        probability=probability_of(pair.weight),
        touched=[n for n in domain.attributes if n in one and n in other and one[n] != other[n]],
        what_changed=pair.changed,
    )


def _told(pair: Row, vetoes: Sequence[str]) -> str:
    if pair.changed is not None:
        return "Told apart by a steward, but what the decision rested on has changed."
    against = f"; against it: {', '.join(vetoes)}" if vetoes else ", too little to merge them"
    if pair.declared:
        return f"The source of one record named the other as its master{against}."
    return f"The strongest pair of records has {pair.weight:+.1f} bits{against}."


def _doubt(domain: Domain, row: Row, known: Mapping[int, dict[str, Any]]) -> Question | None:
    """Return the question about a record and the other one of its master that it resembles most."""
    mine = known[row.record_id]
    scored = {other: score(domain.match, mine, known[other]) for other in row.others}
    nearest = max(sorted(scored), key=lambda other: scored[other].weight)
    vetoes = _against(domain, scored[nearest], mine, known[nearest])
    if scored[nearest].outcome != Outcome.DISTINCT and not vetoes:
        return None
    weight, (left, right) = scored[nearest].weight, sorted((row.record_id, nearest))
    against = f"; against it: {', '.join(vetoes)}" if vetoes else ", below review"
    return Question(
        master_id=row.master_id,
        topic=f"{left}-{right}",
        reason=f"Linked because its source named the master; the records have {weight:+.1f} bits{against}.",
        evidence={"left": left, "right": right, "weight": weight, "vetoes": vetoes, "declared": True},
        probability=1 - probability_of(weight) if not vetoes else 1.0,
    )


def _against(domain: Domain, scored: Scored, mine: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return the vetoes of a pair; conflicting identifiers count below the review threshold too."""
    found = dict.fromkeys(scored.vetoes)
    own, others = (
        {i.partition(":")[0]: i for i in strong_identifiers(domain.match, record)} for record in (mine, other)
    )
    if scored.outcome == Outcome.DISTINCT and any(own[c] != others[c] for c in own.keys() & others.keys()):
        found[CONFLICT] = None
    return list(found)


def _aged(row: Row) -> Question:
    return Question(
        master_id=row.master_id,
        topic=f"{row.left_id}-{row.right_id}",
        reason="Linked by a steward, but what the decision rested on has changed.",
        evidence={"left": row.left_id, "right": row.right_id, "weight": row.changed["weight"][1], "vetoes": []},
        what_changed=row.changed,
    )


def _current(work: Work, masters: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Return the golden values of masters as they are now, or begin with."""
    if not masters:
        return {}
    now = work.now
    found: dict[UUID, Mapping[str, Any]] = {}
    for master, stretches in golden.current_slices(work.session, masters).items():
        begun = [s for s in stretches if s.valid_from is None or s.valid_from <= now]
        found[master] = (begun or stretches)[-1 if begun else 0].attributes
    return found

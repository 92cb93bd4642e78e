"""Opening, renewing and closing tasks: one stands for each question as long as it is to be answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.hub.tasks.importance import importance
from mdm.store import tasks
from mdm.store.work import Work

MATCH_REVIEW, DOUBTFUL_LINK, APPROVAL = "match_review", "doubtful_link", "approval"
QUALITY_EXCEPTION, ORPHANED, CYCLE, PIN_REVIEW = "quality_exception", "orphaned", "cycle", "pin_review"
KINDS = (MATCH_REVIEW, DOUBTFUL_LINK, APPROVAL, QUALITY_EXCEPTION, ORPHANED, CYCLE, PIN_REVIEW)
OBSOLETE = "obsolete"  # the outcome of a task that nobody needs to answer any more


@dataclass(frozen=True, slots=True)
class Question:
    """What a task asks about a master; `reason` says why in words, without any value that may be masked.

    `owner` is the role that answers, None: the domain's steward. `touched` are the attributes or groups that the
    answer may change. `authors` in the evidence names who may not answer.
    """

    master_id: UUID
    reason: str
    other_id: UUID | None = None  # larger than master_id
    topic: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None
    probability: float = 1.0
    touched: Collection[str] = ()
    what_changed: Mapping[str, Any] | None = None


def open_or_renew(work: Work, domain: Domain, kind: str, questions: Sequence[Question]) -> None:
    """Open a task for each question; the one that is open already gets its evidence, reason and importance."""
    if not questions:
        return
    masters = {m for q in questions for m in (q.master_id, q.other_id) if m is not None}
    reach = tasks.reach(work.session, masters)
    rows = [_row(work, domain, kind, q, reach) for q in questions]
    tasks.open_tasks(work.session, rows, domain=domain.name, kind=kind, now=work.now)


def renew(work: Work, domain: Domain, kind: str, questions: Sequence[Question], *, around: Collection[UUID]) -> None:
    """Ask these questions, and close the tasks of the kind around these masters that ask anything else."""
    wanted = {(q.master_id, q.other_id, q.topic, q.owner or domain.steward) for q in questions}
    standing = tasks.open_around(work.session, around, kind=kind)
    open_or_renew(work, domain, kind, questions)
    close(work, [task for place, task in standing.items() if place not in wanted], outcome=OBSOLETE)


def _correlation_id(work: Work, question: Question) -> str | None:
    """Return the correlation id of what a question came of, as far as its masters were rebuilt in this Work."""
    masters = (question.master_id, question.other_id)
    return next((work.origins[one] for one in masters if one is not None and one in work.origins), None)


def close(
    work: Work,
    ids: Sequence[UUID],
    *,
    outcome: str,
    by: str | None = None,
    reason_code: str | None = None,
    note: str | None = None,
) -> None:
    """Close open tasks with an outcome; `by` is who answered, None: nobody had to."""
    tasks.close_tasks(work.session, ids, outcome=outcome, by=by, reason_code=reason_code, note=note, now=work.now)


def _row(work: Work, domain: Domain, kind: str, question: Question, reach: Mapping[UUID, int]) -> dict[str, Any]:
    other = reach.get(question.other_id, 0) if question.other_id is not None else 0
    weighed = importance(
        kind,
        records=reach.get(question.master_id, 0) + other,
        probability=question.probability,
        critical=len(domain.critical.intersection(map(domain.unit_of, question.touched))),
    )
    return {
        "id": new_id(),
        "owner": question.owner or domain.steward,
        "severity": weighed.severity,
        "consequence": weighed.consequence,
        "master_id": question.master_id,
        "other_id": question.other_id,
        "topic": question.topic,
        "reason": question.reason,
        "evidence": question.evidence,
        "what_changed": question.what_changed,
        "due_at": work.now + weighed.due_in,
        "correlation_id": _correlation_id(work, question),
    }

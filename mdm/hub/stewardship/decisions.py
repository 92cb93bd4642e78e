"""Answers to tasks: each is carried out, remembered with its reason, and closes what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, InvalidInput
from mdm.hub import tasks
from mdm.hub.action_log import log_action
from mdm.hub.stewardship import identity, links, pin_reviews, values
from mdm.hub.stewardship.approvals import Choice, Effective, RequestView, decide_request
from mdm.hub.stewardship.effects import Effects
from mdm.hub.tasks import (
    APPROVAL,
    CYCLE,
    DOUBTFUL_LINK,
    MATCH_REVIEW,
    ORPHANED,
    PIN_REVIEW,
    QUALITY_EXCEPTION,
    REASONS,
)
from mdm.hub.tasks.hand import check_free
from mdm.hub.tasks.inbox import find
from mdm.store.tables import Task
from mdm.store.work import Work

Decision = Literal[
    "match", "distinct", "confirm", "unlink", "approve", "reject", "retire", "keep", "release", "accept", "acknowledge"
]
DECISIONS: Mapping[str, tuple[Decision, ...]] = {
    MATCH_REVIEW: ("match", "distinct"),
    DOUBTFUL_LINK: ("confirm", "unlink"),
    APPROVAL: ("approve", "reject"),
    ORPHANED: ("retire", "keep"),
    PIN_REVIEW: ("keep", "release"),
    QUALITY_EXCEPTION: ("accept",),
    CYCLE: ("acknowledge",),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of an answer: the effects on masters, or the change request it decided."""

    task_id: UUID
    decision: Decision
    effects: Effects | None = None
    request: RequestView | None = None


def decide(
    work: Work,
    task_id: UUID,
    decision: Decision,
    *,
    reason_code: str | None = None,
    note: str | None = None,
    digest: str | None = None,
    effective: Effective = "as_dated",
    review_at: datetime | None = None,
) -> Decided:
    """Answer a task; raises AlreadyDecided, TaskTaken, Forbidden, OwnChange or OutdatedRequest.

    An approval needs the `digest` of the change request as it was looked at. A pinned value that is kept is reviewed
    again at `review_at`.
    """
    seen = find(work, task_id)
    _check(seen, decision, reason_code)
    if seen.kind == APPROVAL:
        return Decided(task_id, decision, request=_approve(work, seen, decision, digest, note, effective))
    domain = identity.steward_of(work, seen.domain)
    concerned = [seen.master_id, *([seen.other_id] if seen.other_id is not None else [])]
    identity.lock_living(work, domain, concerned, around=True)
    task = find(work, task_id, lock=True)
    if task.closed_at is not None:
        raise AlreadyDecided(f"This task was closed before: {task.outcome}.")
    check_free(work, task)
    tasks.close(work, [task.id], outcome=decision, by=work.actor.name, reason_code=reason_code, note=note)
    reason = _reason(task.kind, reason_code, note)
    if task.kind == PIN_REVIEW:
        effects: Effects | None = _reviewed(work, domain, task, decision, review_at, reason=reason)
    else:
        effects = _carry_out(work, domain, task, decision, reason=reason)
    log_action(
        work,
        action="task.decided",
        domain=domain.name,
        subject=f"task/{task.id}",
        reason=note,
        after=decision,
        details={"kind": task.kind, "decision": decision, "reason_code": reason_code, "masters": concerned},
    )
    return Decided(task_id, decision, effects=effects)


def _check(task: Task, decision: Decision, reason_code: str | None) -> None:
    allowed = DECISIONS[task.kind]
    if decision not in allowed:
        raise InvalidInput(
            f"`{decision}` is no answer to a task of kind {task.kind}.",
            hint=f"Answers are {', '.join(allowed)}.",
            path="decision",
        )
    tasks.check_reason(task.kind, reason_code)


def _carry_out(work: Work, domain: Domain, task: Task, decision: Decision, *, reason: str) -> Effects | None:
    if decision == "match" and task.other_id is not None:
        return identity.merge(work, domain.name, [task.master_id, task.other_id], reason=reason)
    if decision in ("distinct", "unlink"):
        return identity.keep_records_apart(work, domain, task.evidence["left"], task.evidence["right"], reason=reason)
    if decision == "confirm":
        left, right = task.evidence["left"], task.evidence["right"]
        links.must(work, domain, [links.pair(left, right)], reason=reason)
        return identity.settle_decision(work, "confirm", domain, [left, right], reason=reason)
    if decision == "retire":
        return values.retire(work, domain.name, task.master_id, reason=reason)
    return None


def _reviewed(
    work: Work, domain: Domain, task: Task, decision: Decision, review_at: datetime | None, *, reason: str
) -> Effects:
    if decision == "keep":
        return pin_reviews.keep(work, domain, task, review_at=review_at, reason=reason)
    return pin_reviews.release(work, domain, task, reason=reason)


def _approve(
    work: Work, task: Task, decision: Decision, digest: str | None, note: str | None, effective: Effective
) -> RequestView:
    work.actor.require(Permission.READ, domain=task.domain)
    if digest is None:
        raise InvalidInput(
            "An approval names the `digest` of what was looked at.",
            hint=f"GET /v1/change-requests/{task.evidence['request']} shows it.",
            path="digest",
        )
    choice: Choice = "approve" if decision == "approve" else "reject"
    request_id = UUID(task.evidence["request"])
    return decide_request(work, request_id, choice, digest=digest, note=note, effective=effective)


def _reason(kind: str, code: str | None, note: str | None) -> str:
    said = [REASONS[kind][code]] if code is not None else []
    return ": ".join([*said, *([note] if note else [])]) or "Decided by a steward"

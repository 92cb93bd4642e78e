"""Who has a task in hand: taking the next one, keeping and giving it back, and leaving it to others or to later."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, Forbidden, InvalidInput, TaskTaken
from mdm.hub.access.holding import known_actor
from mdm.hub.action_log import log_action
from mdm.hub.tasks.inbox import Shown, find, may_decide, shown
from mdm.hub.tasks.questions import APPROVAL
from mdm.hub.tasks.reasons import check_reason
from mdm.store import tasks
from mdm.store.people import principals
from mdm.store.tables import Task
from mdm.store.tasks import Chosen
from mdm.store.work import Work

LOOKED_AT = 20  # candidates of one query for the next task
LONGEST_DEFERRAL = timedelta(days=366)


def take_next(work: Work, wanted: Chosen, *, domain: str | None = None, lease: timedelta) -> Shown | None:
    """Give the actor the task with the greatest consequence that he may answer and nobody has in hand, if any.

    What is assigned to somebody else, was skipped by the actor, or waits for its date is left out.
    """
    if domain is not None:
        work.actor.require(Permission.READ, domain=work.catalog.domain(domain).name)
    scope = work.actor.scope(Permission.STEWARD)
    domains = scope if domain is None else {domain} if scope is None or domain in scope else ()
    approvals = [
        (d.name, owner)
        for d in work.catalog.domains.values()
        if domain in (None, d.name)
        for owner in d.owners
        if work.actor.holds(owner, domain=d.name)
    ]
    who = work.actor.name
    found = tasks.takeable(
        work.session, name=who, domains=domains, approvals=approvals, wanted=wanted, now=work.now, limit=LOOKED_AT
    )
    for task in found:
        if may_decide(work.actor, task):
            taken = tasks.lease(work.session, task.id, name=who, now=work.now, until=work.now + lease)
            if taken is not None:
                return shown(work, taken)
    return None


def take(work: Work, task_id: UUID, *, lease: timedelta) -> Shown:
    """Give the actor this task, or more time for it; raises TaskTaken if somebody else has it."""
    task = _mine_to_decide(work, task_id)
    check_free(work, task)
    return _changed(work, task, leased_by=work.actor.name, leased_until=work.now + lease)


def give_back(work: Work, task_id: UUID, *, skip: bool = False) -> Shown:
    """End the actor's hold of a task; `skip` keeps it from being his next one until something changes."""
    task = _mine_to_decide(work, task_id)
    check_free(work, task)
    skipped = sorted({*task.skipped_by, work.actor.name}) if skip else task.skipped_by
    return _changed(work, task, leased_by=None, leased_until=None, skipped_by=skipped)


def assign(work: Work, task_id: UUID, assignee: str | None, *, note: str | None = None) -> Shown:
    """Leave a task to somebody who may answer it, or (None) to everybody who may."""
    task = _mine_to_decide(work, task_id)
    if assignee is not None:
        _check_assignee(work, task, assignee)
    before = {"assignee": task.assignee}
    freed = {} if task.leased_by == assignee else {"leased_by": None, "leased_until": None}
    changed = _changed(work, task, assignee=assignee, **freed)
    _log(work, "task.assigned", task, reason=note, before=before, after={"assignee": assignee})
    return changed


def defer(
    work: Work, task_id: UUID, *, until: datetime, reason_code: str | None = None, note: str | None = None
) -> Shown:
    """Put a task aside until an instant, when it is open again by itself."""
    task = _mine_to_decide(work, task_id)
    check_free(work, task)
    check_reason(task.kind, reason_code)
    if not work.now < until <= work.now + LONGEST_DEFERRAL:
        raise InvalidInput("`until` must lie ahead, by no more than a year.", path="until")
    before = {"deferred_until": task.deferred_until and task.deferred_until.isoformat()}
    said = {"reason_code": reason_code or task.reason_code, "note": note or task.note}
    changed = _changed(work, task, deferred_until=until, leased_by=None, leased_until=None, **said)
    _log(work, "task.deferred", task, reason=note, before=before, after={"deferred_until": until.isoformat()})
    return changed


def annotate(work: Work, task_id: UUID, note: str | None) -> Shown:
    """Write a note on a task for whoever meets it next."""
    task = _mine_to_decide(work, task_id)
    before = {"note": task.note}
    changed = _changed(work, task, note=note)
    _log(work, "task.annotated", task, reason=None, before=before, after={"note": note})
    return changed


def check_free(work: Work, task: Task) -> None:
    """Raise TaskTaken if somebody else has the task in hand."""
    if task.leased_until is not None and task.leased_until > work.now and task.leased_by != work.actor.name:
        raise TaskTaken(
            f"{task.leased_by} has this task in hand until {task.leased_until:%H:%M} UTC.",
            hint="Take another one, or ask for it.",
        )


def _mine_to_decide(work: Work, task_id: UUID) -> Task:
    """Lock an open task that the actor may answer."""
    task = find(work, task_id, lock=True)
    if task.closed_at is not None:
        raise AlreadyDecided(f"This task was closed before: {task.outcome}.")
    if not may_decide(work.actor, task):
        needed = task.owner if task.kind == APPROVAL else f"steward or {task.owner}"
        raise Forbidden(f"{work.actor.name} may not answer this task.", hint=f"It is for the role {needed}.")
    return task


def _check_assignee(work: Work, task: Task, name: str) -> None:
    principal = principals.find(work.session, name)
    if principal is None or principal.deactivated_at is not None:
        raise InvalidInput(f"There is nobody active called {name[:80]}.", path="assignee")
    if not may_decide(known_actor(work, principal), task):
        raise InvalidInput(f"{name} may not answer this task.", hint=f"It is for {task.owner}.", path="assignee")


def _changed(work: Work, task: Task, **values: Any) -> Shown:
    for name, value in values.items():
        setattr(task, name, value)
    work.session.flush()
    return shown(work, task)


def _log(work: Work, action: str, task: Task, *, reason: str | None, before: Any, after: Any) -> None:
    log_action(
        work, action=action, subject=f"task/{task.id}", domain=task.domain, reason=reason, before=before, after=after
    )

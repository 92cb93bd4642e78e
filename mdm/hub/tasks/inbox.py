"""What stewards and owners see of their work: the greatest consequence first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mdm.core.security import Actor, Permission
from mdm.errors import NotFound
from mdm.hub.tasks.questions import APPROVAL
from mdm.store import tasks
from mdm.store.tables import Task
from mdm.store.tasks import Chosen
from mdm.store.work import Work

__all__ = ["Chosen", "Count", "Shown", "authors_of", "closed", "counts", "find", "may_decide", "page", "show", "shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A task as one actor sees it: what state it is in, and whether he may answer it."""

    task: Task
    state: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks there are of one domain, kind and severity."""

    domain: str
    kind: str
    severity: str
    tasks: int
    overdue: int


def page(
    work: Work, chosen: Chosen, *, domain: str | None = None, after: tuple[float, UUID] | None = None, limit: int = 50
) -> list[Shown]:
    """Return open tasks of the domains the actor reads: the greatest consequence first, then the oldest."""
    found = tasks.page(work.session, _within(work, chosen, domain), now=work.now, after=after, limit=limit)
    return [shown(work, task) for task in found]


def closed(
    work: Work,
    chosen: Chosen,
    *,
    domain: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Shown]:
    """Return closed tasks of the domains the actor reads, the last closed first."""
    found = tasks.closed_page(work.session, _within(work, chosen, domain), now=work.now, after=after, limit=limit)
    return [shown(work, task) for task in found]


def counts(work: Work, chosen: Chosen, *, domain: str | None = None) -> list[Count]:
    """Count the tasks of the domains the actor reads."""
    rows = tasks.counts(work.session, _within(work, chosen, domain), now=work.now)
    return [Count(row.domain, row.kind, row.severity, row.n, row.overdue) for row in rows]


def show(work: Work, task_id: UUID) -> Shown:
    """Return one task."""
    return shown(work, find(work, task_id))


def shown(work: Work, task: Task) -> Shown:
    """Return a task as the actor sees it."""
    return Shown(task, state_of(task, work.now), task.closed_at is None and may_decide(work.actor, task))


def find(work: Work, task_id: UUID, *, lock: bool = False) -> Task:
    """Return a task of a domain the actor reads; raises NotFound."""
    task = tasks.get(work.session, task_id, lock=lock)
    if task is None or not work.actor.may(Permission.READ, domain=task.domain):
        raise NotFound(f"There is no task {task_id}.")
    return task


def may_decide(actor: Actor, task: Task) -> bool:
    """Tell whether an actor may answer: approvals in their owner's role and never one's own, others as a steward."""
    if task.kind == APPROVAL:
        return actor.may_decide(task.owner, authors=authors_of(task), domain=task.domain)
    return actor.may(Permission.STEWARD, domain=task.domain)


def authors_of(task: Task) -> Collection[str]:
    """Return who made the change that a task asks about."""
    authors: Sequence[str] = task.evidence.get("authors", ())
    return authors


def state_of(task: Task, now: datetime) -> str:
    """Return closed, deferred, leased or open."""
    if task.closed_at is not None:
        return "closed"
    if task.deferred_until is not None and task.deferred_until > now:
        return "deferred"
    return "leased" if task.leased_until is not None and task.leased_until > now else "open"


def _within(work: Work, chosen: Chosen, domain: str | None) -> Chosen:
    """Limit a choice to the domains the actor reads; raises UnknownDomain or Forbidden for another one."""
    work.actor.require(Permission.READ)
    if domain is None:
        return replace(chosen, scope=work.actor.scope(Permission.READ))
    work.actor.require(Permission.READ, domain=work.catalog.domain(domain).name)
    return replace(chosen, scope=[domain])

"""Queries on tasks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import REAL, ColumnElement, and_, cast, false, func, or_, select
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import Task

Place = tuple[UUID, UUID | None, str, str]  # master, other, topic, owner
TaskState = Literal["open", "leased", "deferred", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which tasks are meant: `scope` are the domains (None: all), `assignee` a name, or `""` for nobody."""

    state: TaskState = "open"
    scope: Collection[str] | None = None
    kind: str | None = None
    owner: str | None = None
    severity: str | None = None
    assignee: str | None = None
    master: UUID | None = None
    text: str | None = None
    overdue: bool = False


def review_pairs(session: Session, ids: Iterable[UUID]) -> Sequence[Row]:
    """Return what to ask around masters: master_id, other_id, left_id, right_id, weight, vetoes, declared, changed."""
    return run(session, "tasks/find_review_pairs", ids=list(ids))


def declared_members(session: Session, ids: Iterable[UUID]) -> Sequence[Row]:
    """Return the records whose source named their master: master_id, record_id, others."""
    return run(session, "tasks/find_declared_members", ids=list(ids))


def aged_musts(session: Session, ids: Iterable[UUID]) -> Sequence[Row]:
    """Return the must-links whose evidence has changed: master_id, left_id, right_id, changed."""
    return run(session, "tasks/find_aged_musts", ids=list(ids))


def sides(session: Session, ids: Iterable[int]) -> dict[int, Row]:
    """Return source records with all that is known of them: state, comparable, source and key, and their master."""
    return {r.id: r for r in run(session, "tasks/read_sides", ids=list(ids))}


def reach(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many source records masters have, and how many golden records refer to them."""
    return {r.master_id: r.records for r in run(session, "tasks/read_reach", ids=list(ids))}


def open_around(session: Session, ids: Iterable[UUID], *, kind: str) -> dict[Place, UUID]:
    """Return the open tasks of a kind that concern masters: what each is about → its id."""
    found = run(session, "tasks/read_open_tasks", ids=list(ids), kind=kind)
    return {(r.master_id, r.other_id, r.topic, r.owner): r.id for r in found}


def open_tasks(session: Session, rows: Sequence[dict[str, Any]], *, domain: str, kind: str, now: datetime) -> None:
    """Open tasks, or renew what those already open rest on."""
    if rows:
        run(session, "tasks/open_tasks", rows=as_json(rows), domain=domain, kind=kind, now=now)


def close_tasks(
    session: Session,
    ids: Sequence[UUID],
    *,
    outcome: str,
    now: datetime,
    by: str | None = None,
    reason_code: str | None = None,
    note: str | None = None,
) -> None:
    """Close open tasks with an outcome."""
    if ids:
        said = {"outcome": outcome, "by": by, "reason_code": reason_code, "note": note}
        run(session, "tasks/close_tasks", ids=list(ids), now=now, **said)


def count_open(session: Session) -> dict[tuple[str, str], int]:
    """Count open tasks per (domain, kind)."""
    counted = (
        select(col(Task.domain), col(Task.kind), func.count().label("n"))
        .where(col(Task.closed_at).is_(None))
        .group_by(col(Task.domain), col(Task.kind))
    )
    return {(row.domain, row.kind): row.n for row in session.connection().execute(counted)}


def open_pairs(session: Session, *, kind: str) -> list[tuple[UUID, UUID]]:
    """Return the pairs of masters that open tasks of a kind ask about."""
    asked = select(col(Task.master_id), col(Task.other_id)).where(col(Task.kind) == kind, col(Task.closed_at).is_(None))
    return [(row.master_id, row.other_id) for row in session.connection().execute(asked) if row.other_id is not None]


def get(session: Session, task_id: UUID, *, lock: bool = False) -> Task | None:
    """Return one task as it is now, or None."""
    return session.get(Task, task_id, with_for_update=lock or None, populate_existing=True)


def page(
    session: Session, chosen: Chosen, *, now: datetime, after: tuple[float, UUID] | None, limit: int
) -> Sequence[Task]:
    """Return open tasks, those with the greatest consequence first, then the oldest."""
    consequence, number = col(Task.consequence), col(Task.id)
    listed = select(Task).where(*_chosen(chosen, now)).order_by(consequence.desc(), number).limit(limit)
    if after is not None:
        least = cast(after[0], REAL)  # as it is kept, or what is equal would be missed
        listed = listed.where(consequence <= least, or_(consequence < least, number > after[1]))
    return list(session.scalars(listed))


def closed_page(
    session: Session, chosen: Chosen, *, now: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Task]:
    """Return closed tasks, the last closed first."""
    closed, number = col(Task.closed_at), col(Task.id)
    listed = select(Task).where(*_chosen(chosen, now)).order_by(closed.desc(), number.desc()).limit(limit)
    if after is not None:
        listed = listed.where(closed <= after[0], or_(closed < after[0], number < after[1]))
    return list(session.scalars(listed))


def counts(session: Session, chosen: Chosen, *, now: datetime) -> Sequence[Row]:
    """Count tasks: domain, kind, severity, n, overdue."""
    overdue = func.count().filter(col(Task.due_at) <= now).label("overdue")
    group = (col(Task.domain), col(Task.kind), col(Task.severity))
    counted = select(*group, func.count().label("n"), overdue).where(*_chosen(chosen, now))
    return session.connection().execute(counted.group_by(*group).order_by(*group)).all()


def takeable(
    session: Session,
    *,
    name: str,
    domains: Collection[str] | None,
    approvals: Iterable[tuple[str, str]],
    wanted: Chosen,
    now: datetime,
    limit: int,
) -> Sequence[Task]:
    """Return tasks that nobody has in hand, greatest consequence first, without those somebody else is to answer.

    `domains` are those whose tasks other than approvals may be decided (None: all), `approvals` the (domain, owner
    role) pairs of approvals that may.
    """
    kind = col(Task.kind)
    steward = kind != "approval" if domains is None else and_(kind != "approval", col(Task.domain).in_(domains))
    owned = [and_(col(Task.domain) == domain, col(Task.owner) == role) for domain, role in approvals]
    mine = or_(col(Task.assignee).is_(None), col(Task.assignee) == name)
    free = or_(col(Task.leased_until).is_(None), col(Task.leased_until) <= now, col(Task.leased_by) == name)
    listed = select(Task).where(
        *_chosen(wanted, now),
        mine,
        free,
        ~col(Task.skipped_by).contains([name]),
        or_(steward, and_(kind == "approval", or_(false(), *owned))),
    )
    return list(session.scalars(listed.order_by(col(Task.consequence).desc(), col(Task.id)).limit(limit)))


def lease(session: Session, task_id: UUID, *, name: str, now: datetime, until: datetime) -> Task | None:
    """Give somebody a task for a while, unless somebody else has it or is just taking it."""
    found = run(session, "tasks/lease_task", id=task_id, by=name, now=now, until=until)
    return get(session, task_id) if found else None


def _chosen(chosen: Chosen, now: datetime) -> list[ColumnElement[bool]]:
    return [*_in_state(chosen.state, now), *_conditions(chosen, now)]


def _in_state(state: TaskState, now: datetime) -> list[ColumnElement[bool]]:
    is_open, deferred = col(Task.closed_at).is_(None), col(Task.deferred_until)
    if state == "closed":
        return [col(Task.closed_at).is_not(None)]
    if state == "deferred":
        return [is_open, deferred > now]
    awake = [is_open, or_(deferred.is_(None), deferred <= now)]
    return [*awake, col(Task.leased_until) > now] if state == "leased" else awake


def _conditions(chosen: Chosen, now: datetime) -> Iterable[ColumnElement[bool]]:
    equal = ((Task.kind, chosen.kind), (Task.owner, chosen.owner), (Task.severity, chosen.severity))
    yield from (col(column) == value for column, value in equal if value is not None)
    if chosen.scope is not None:
        yield col(Task.domain).in_(sorted(chosen.scope))
    if chosen.assignee is not None:
        yield col(Task.assignee) == chosen.assignee if chosen.assignee else col(Task.assignee).is_(None)
    if chosen.master is not None:
        yield or_(col(Task.master_id) == chosen.master, col(Task.other_id) == chosen.master)
    if chosen.overdue:
        yield col(Task.due_at) <= now
    if chosen.text is not None:
        literal = chosen.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        yield col(Task.reason).ilike(f"%{literal}%")

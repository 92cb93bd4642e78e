"""Queries on tasks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import Task


def review_pairs(session: Session, ids: Iterable[UUID]) -> Sequence[Row]:
    """Return the open questions around masters: master_id, other_id, left_id, right_id, weight, vetoes."""
    return run(session, "tasks/find_review_pairs", ids=list(ids))


def open_around(session: Session, ids: Iterable[UUID], *, kind: str) -> dict[tuple[UUID, UUID | None], UUID]:
    """Return the open tasks of a kind that concern masters: (master, other) → task id."""
    found = run(session, "tasks/read_open_tasks", ids=list(ids), kind=kind)
    return {(r.master_id, r.other_id): r.id for r in found}


def open_tasks(
    session: Session,
    rows: Sequence[dict[str, Any]],
    *,
    domain: str,
    kind: str,
    owner: str,
    severity: str,
    now: datetime,
) -> None:
    """Open tasks (id, master_id, other_id, evidence) or renew the evidence of those already open."""
    if rows:
        run(
            session,
            "tasks/open_tasks",
            rows=as_json(rows),
            domain=domain,
            kind=kind,
            owner=owner,
            severity=severity,
            now=now,
        )


def close_tasks(session: Session, ids: Sequence[UUID], *, outcome: str, now: datetime) -> None:
    """Close tasks with an outcome."""
    if ids:
        run(session, "tasks/close_tasks", ids=list(ids), outcome=outcome, now=now)


def count_open(session: Session) -> dict[tuple[str, str], int]:
    """Count open tasks per (domain, kind)."""
    is_open = col(Task.closed_at).is_(None)
    counted = (
        select(col(Task.domain), col(Task.kind), func.count().label("n"))
        .where(is_open)
        .group_by(col(Task.domain), col(Task.kind))
    )
    return {(row.domain, row.kind): row.n for row in session.connection().execute(counted)}


def open_pairs(session: Session, *, kind: str) -> list[tuple[UUID, UUID]]:
    """Return the pairs of masters that open tasks of a kind ask about."""
    asked = select(col(Task.master_id), col(Task.other_id)).where(col(Task.kind) == kind, col(Task.closed_at).is_(None))
    return [(row.master_id, row.other_id) for row in session.connection().execute(asked) if row.other_id is not None]

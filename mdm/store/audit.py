"""Queries that look for broken invariants."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import run, statement
from mdm.store.tables import ChangeRequest, Crosswalk, Master, Override, Redo

PAGE = 500


def freeze(session: Session) -> None:
    """See one state of the database from now on, and change nothing; the first statement of its transaction."""
    session.connection().execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def database_time(session: Session) -> datetime:
    """Return the instant on the clock by which the database says when an event was published."""
    return cast("datetime", session.connection().execute(text("SELECT clock_timestamp()")).scalar_one())


def unpublished_subjects(session: Session) -> set[str]:
    """Return the subjects with an event in the outbox that awaits publishing."""
    waiting = text("SELECT DISTINCT subject FROM publishers.outbox WHERE published_at IS NULL")
    return set(session.connection().execute(waiting).scalars())


def findings(session: Session, name: str, *, limit: int, **parameters: Any) -> list[str]:
    """Run the invariant's statement and return what it finds, up to `limit` sentences."""
    bounded = text(f"SELECT finding FROM ({statement(f'audit/{name}').text}) AS broken LIMIT {limit}")
    return [row.finding for row in session.connection().execute(bounded, parameters)]


def versions(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """Return every version of masters: version, evaluated_at, status, release, approval."""
    return _by_master(run(session, "audit/versions_of", ids=list(ids)))


def slices(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """Return every slice masters ever had, with the versions it belongs to."""
    return _by_master(run(session, "audit/slices_of", ids=list(ids)))


def _by_master(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    grouped: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.master_id].append(row)
    return grouped


def approved_requests(session: Session) -> set[str]:
    """Return the ids of all approved change requests."""
    approved = select(col(ChangeRequest.id)).where(col(ChangeRequest.state) == "approved")
    return {str(request) for request in session.scalars(approved)}


def pins(session: Session, ids: Sequence[UUID]) -> set[tuple[UUID, str]]:
    """Return every override ever made on masters: (master, id)."""
    made = select(col(Override.master_id), col(Override.id)).where(col(Override.master_id).in_(ids))
    return {(row.master_id, str(row.id)) for row in session.connection().execute(made)}


def awaiting_rules(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these masters have a record that is still to be done again because other rules are in force."""
    waiting = (
        select(col(Crosswalk.master_id))
        .join(Redo, col(Redo.record_id) == col(Crosswalk.record_id))
        .where(col(Crosswalk.master_id).in_(ids), col(Crosswalk.until_version).is_(None))
        .where(col(Redo.reasons).contains(["release"]))
    )
    return set(session.scalars(waiting))


def masters(session: Session) -> Iterator[list[Master]]:
    """Yield pages of masters in id order."""
    after: UUID | None = None
    while True:
        page = select(Master).order_by(col(Master.id)).limit(PAGE)
        if after is not None:
            page = page.where(col(Master.id) > after)
        rows = list(session.scalars(page))
        if not rows:
            return
        yield rows
        after = rows[-1].id

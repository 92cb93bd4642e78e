"""Queries on loads."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from mdm.core.ids import lock_number
from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Delivery, Load, LoadPause


def find(session: Session, *, source: str, feed: str, file_digest: str) -> Load | None:
    """Return the load of a file by its content, locked."""
    same = select(Load).where(col(Load.source) == source, col(Load.feed) == feed, col(Load.file_digest) == file_digest)
    return session.scalars(same.with_for_update()).first()


def add(session: Session, load: Load) -> Load:
    """Keep a new load and return it, locked; or the one of the same content that another process has kept meanwhile."""
    session.connection().execute(insert(Load).values(load.model_dump()).on_conflict_do_nothing(constraint="load_once"))
    kept = find(session, source=load.source, feed=load.feed, file_digest=load.file_digest)
    return kept or load


def get(session: Session, load_id: UUID, *, lock: bool = False) -> Load | None:
    """Return a load, or None."""
    return session.get(Load, load_id, with_for_update=lock or None)


def page(
    session: Session, *, state: str | None, scope: Collection[str] | None, before: UUID | None, limit: int
) -> Sequence[Load]:
    """Return loads, newest first; `scope` limits them to those that speak of one of these domains."""
    newest = select(Load).order_by(col(Load.id).desc()).limit(limit)
    if state is not None:
        newest = newest.where(col(Load.state) == state)
    if scope is not None:
        newest = newest.where(col(Load.domains).op("&&")(sorted(scope)))
    if before is not None:
        newest = newest.where(col(Load.id) < before)
    return list(session.scalars(newest))


def to_compare(session: Session) -> list[UUID]:
    """Return the loads that wait to be compared, the oldest first."""
    waiting = select(col(Load.id)).where(col(Load.state) == "comparing").order_by(col(Load.id))
    return list(session.scalars(waiting))


def guard(session: Session, load_id: UUID) -> bool:
    """Take the right to compare a load until the transaction ends; False if another has it."""
    number = lock_number(f"compare|{load_id}")
    return bool(session.connection().execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one())


def rows_after(session: Session, load_id: UUID, *, after: int, size: int) -> Sequence[Row]:
    """Return pending deliveries of a load by id, unlocked; columns as those that are claimed."""
    return run(session, "ingest/read_deliveries_of_load", load_id=load_id, after=after, size=size)


def rows(session: Session, ids: Collection[int]) -> Sequence[Row]:
    """Return deliveries of loads, with `row_number`; the other columns as those that are claimed."""
    return run(session, "ingest/read_named_deliveries", ids=sorted(ids))


def bring_to(
    session: Session, load_id: UUID, state: str, *, from_states: Sequence[str], ended_at: datetime | None
) -> None:
    """Bring the deliveries of a load that are in one of some states to another."""
    run(session, "ingest/end_load", load_id=load_id, state=state, from_states=list(from_states), ended_at=ended_at)


def senders(session: Session, load_id: UUID) -> set[str]:
    """Return who delivered rows of a load."""
    by = select(col(Delivery.delivered_by)).where(col(Delivery.load_id) == load_id)
    return set(session.connection().execute(by.distinct()).scalars())


def count_held(session: Session) -> int:
    """Count the loads that somebody must decide about."""
    held = select(func.count()).select_from(Load).where(col(Load.state) == "held")
    return session.connection().execute(held).scalar_one()


def paused(session: Session) -> LoadPause | None:
    """Return since when loads wait, and because of how many events; None if they do not."""
    return session.scalars(select(LoadPause)).first()


def pause(session: Session, *, now: datetime, events: int) -> bool:
    """Let loads wait; False if they do already."""
    pausing = insert(LoadPause).values(id=1, since=now, events=events).on_conflict_do_nothing()
    return session.connection().execute(pausing.returning(col(LoadPause.id))).scalar() is not None


def resume(session: Session) -> bool:
    """Let loads go on; False if they do already."""
    return session.connection().execute(delete(LoadPause).returning(col(LoadPause.id))).scalar() is not None

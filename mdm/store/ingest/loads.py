"""Queries on loads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from mdm.store.tables import Load, LoadPause


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


def page(session: Session, *, before: UUID | None, limit: int) -> Sequence[Load]:
    """Return loads, newest first."""
    newest = select(Load).order_by(col(Load.id).desc()).limit(limit)
    if before is not None:
        newest = newest.where(col(Load.id) < before)
    return list(session.scalars(newest))


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

"""Queries on what was announced before the database was restored, and is not in it any more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from mdm.store.resolution import Link
from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import Restoration

UNKNOWN_EVENT = UUID(int=0)  # of a lost version whose event is not in the stream any more


def make_ghosts(session: Session, ids: Iterable[UUID], *, domain: str, now: datetime) -> int:
    """Bring back the ids of masters that are lost, at version 0, and return how many of these were."""
    return len(run(session, "restoring/make_ghosts", ids=list(ids), domain=domain, now=now))


def lose_versions(
    session: Session,
    events: Mapping[UUID, Mapping[int, UUID]],
    *,
    release: int,
    correlation_id: str,
    now: datetime,
) -> None:
    """Count masters up to the highest version announced; `events` are the ids by master and version."""
    rows = [
        {"id": master, "version": max(known), "events": {str(version): event for version, event in known.items()}}
        for master, known in events.items()
    ]
    run(
        session,
        "restoring/lose_versions",
        rows=as_json(rows),
        release=release,
        correlation_id=correlation_id,
        now=now,
        unknown=UNKNOWN_EVENT,
    )


def withdraw_links(session: Session, rows: Sequence[dict[str, Any]], *, domain: str) -> set[UUID]:
    """Keep announced links (master_id, source, source_key, link_no, linked) that are lost.

    Returns the masters that the same records are linked to now.
    """
    return {r.master_id for r in run(session, "restoring/withdraw_links", rows=as_json(rows), domain=domain)}


def ask_for_announcement(session: Session, rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Note masters to announce anew (master_id, lost_from, lost_until)."""
    run(session, "restoring/ask_for_announcement", rows=as_json(rows), now=now)


def next_to_announce(session: Session, *, size: int) -> Sequence[Row]:
    """Lock and return masters to announce anew: id, domain, created_at, lost_until."""
    return run(session, "restoring/next_to_announce", size=size)


def outrun_links(session: Session, ids: Iterable[UUID]) -> list[Link]:
    """Return the current links of masters that need a number above those that are lost."""
    rows = run(session, "restoring/outrun_links", ids=list(ids))
    return [Link(row.master_id, row.record_id, 0, row.number, row.reason) for row in rows]


def note_announced(session: Session, ids: Iterable[UUID], *, now: datetime) -> None:
    """Note that masters have been announced anew."""
    done = update(Restoration).where(col(Restoration.master_id).in_(list(ids)), col(Restoration.announced_at).is_(None))
    session.connection().execute(done.values(announced_at=now))


def count_to_announce(session: Session) -> int:
    """Count the masters that must still be announced anew."""
    waiting = select(func.count()).select_from(Restoration).where(col(Restoration.announced_at).is_(None))
    return int(session.connection().execute(waiting).scalar_one())

"""Queries on replays."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Replay, ReplayMaster


def add(session: Session, replay: Replay) -> None:
    """Keep a new replay."""
    session.add(replay)
    session.flush()


def get(session: Session, replay_id: UUID, *, lock: bool = False) -> Replay | None:
    """Return a replay, or None."""
    return session.get(Replay, replay_id, with_for_update=lock or None)


def page(
    session: Session, *, state: str | None, scope: Collection[str] | None, before: UUID | None, limit: int
) -> Sequence[Replay]:
    """Return replays, newest first; `scope` limits them to those of these domains alone."""
    newest = select(Replay).order_by(col(Replay.id).desc()).limit(limit)
    if state is not None:
        newest = newest.where(col(Replay.state) == state)
    if scope is not None:
        newest = newest.where(col(Replay.domains).contained_by(sorted(scope)))  # type: ignore[attr-defined]
    if before is not None:
        newest = newest.where(col(Replay.id) < before)
    return list(session.scalars(newest))


def choose_masters(session: Session, replay_id: UUID, **selection: Any) -> None:
    """Write down the masters a replay is for: domains, masters, load, since, until."""
    run(session, "replays/choose_masters", id=replay_id, **selection)


def masters(session: Session, replay_id: UUID) -> set[UUID]:
    """Return the masters a replay is for."""
    chosen = select(col(ReplayMaster.master_id)).where(col(ReplayMaster.replay_id) == replay_id)
    return set(session.scalars(chosen))


def count_masters(session: Session, replay_id: UUID) -> int:
    """Count the masters a replay is for."""
    counted = select(func.count()).where(col(ReplayMaster.replay_id) == replay_id)
    return int(session.connection().execute(counted).scalar_one())


def forget_masters(session: Session, replay_id: UUID) -> None:
    """Let go of the masters of a replay that has ended."""
    session.connection().execute(delete(ReplayMaster).where(col(ReplayMaster.replay_id) == replay_id))


def take(session: Session, *, now: datetime, until: datetime) -> Row | None:
    """Take the oldest replay that nobody works on: id, begun (for the first time)."""
    taken = run(session, "replays/take", now=now, until=until)
    return taken[0] if taken else None


def heads(session: Session, replay_id: UUID, *, after: str, root: str, limit: int) -> Sequence[Row]:
    """Return the newest events of the next masters: master_id, subject, headers, data."""
    return run(session, "replays/read_heads", id=replay_id, after=after or UUID(int=0), root=root, limit=limit)

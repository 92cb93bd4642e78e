"""Queries on the records that are to be processed again when their time comes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import as_document, as_json, run
from mdm.store.tables import Redo

Origins: TypeAlias = Mapping[str, Any]


class Depth(IntEnum):
    """How much of a record is done again; each includes those before it."""

    LOOK = 0  # where its references lead, what holds today, and its master's golden record
    COMPARE = 1  # with which records it matches
    FOLD = 2  # what its facts say


def add(session: Session, rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Have records done again: record_id, reason, due_at, origin (None: nothing that is known)."""
    if rows:
        run(session, "redo/add_redo", rows=as_json(rows), now=now)


def add_referrers(
    session: Session,
    *,
    domain: str,
    records: Collection[int],
    masters: Collection[UUID],
    origins: Origins,
    now: datetime,
) -> None:
    """Have the records done again that refer to these records and masters of a domain, as far as they have moved.

    `origins` tells what set each of these in motion, by its id as text.
    """
    moved = {"records": list(records), "masters": list(masters), "origins": as_document(origins)}
    run(session, "redo/add_referrers", domain=domain, now=now, **moved)


def add_pinned(session: Session, *, masters: Collection[UUID], reason: str, origins: Origins, now: datetime) -> None:
    """Have a record of each master done again on which a reference to one of these masters is pinned."""
    moved = {"masters": list(masters), "origins": as_document(origins)}
    run(session, "redo/add_pinned", reason=reason, now=now, **moved)


def take_due(session: Session, *, now: datetime, size: int, ids: Sequence[int] | None = None) -> Sequence[Row]:
    """Take records that are due and nobody else's: record_id, reasons, depth, origin, domain, source, source_key.

    `ids` limits the choice.
    """
    return run(session, "redo/take_due", now=now, size=size, ids=None if ids is None else list(ids))


def postpone(session: Session, record_id: int, *, until: datetime) -> None:
    """Leave a record for later."""
    session.connection().execute(update(Redo).where(col(Redo.record_id) == record_id).values(due_at=until))


def due(session: Session, *, now: datetime) -> int:
    """Count the records that are due."""
    return int(session.connection().execute(select(func.count()).where(col(Redo.due_at) <= now)).scalar_one())


def due_since(session: Session, *, now: datetime, size: int) -> dict[str, datetime]:
    """Return since when the first of the due records is due, for each reason among so many of the oldest."""
    return {row.reason: row.due_at for row in run(session, "redo/read_due_since", now=now, size=size)}

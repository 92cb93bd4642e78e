"""Queries on what records refer to, and what moved under such references."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from mdm.store.records import RecordName
from mdm.store.records.redo import Origins
from mdm.store.rows import Row
from mdm.store.sql import as_document, as_json, run
from mdm.store.tables import ReferenceMove


def masters(session: Session, names: Iterable[RecordName]) -> dict[RecordName, UUID]:
    """Return the living masters of the records that have one; the key of source `hub` is a master's id."""
    wanted = list(names)
    if not wanted:
        return {}
    domains, sources, keys = zip(*wanted, strict=True)
    rows = run(session, "references/find_masters", domains=list(domains), sources=list(sources), keys=list(keys))
    return {RecordName(r.domain, r.source, r.key): r.master_id for r in rows}


def replace(session: Session, ids: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
    """Keep what records refer to: record_id, attribute, source, key, domain, master_id."""
    run(session, "references/delete_references", ids=list(ids))
    if rows:
        run(session, "references/write_references", rows=as_json(rows))


def write_move(
    session: Session,
    *,
    domain: str,
    records: Collection[int],
    masters: Collection[UUID],
    origins: Origins,
    now: datetime,
) -> None:
    """Remember which records and masters of a domain moved, and what set each of them in motion."""
    moved = {"records": list(records), "masters": list(masters), "origins": as_document(origins)}
    run(session, "references/write_move", domain=domain, now=now, **moved)


def take_moves(session: Session, *, size: int) -> Sequence[Row]:
    """Take moves (domain, records, masters, origins) that every transaction still running knows of."""
    run(session, "references/see_moves")
    return run(session, "references/take_moves", size=size)


def moves(session: Session) -> int:
    """Count the moves that wait."""
    return int(session.connection().execute(select(func.count(col(ReferenceMove.id)))).scalar_one())

"""Queries on quarantined input."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from mdm.store.tables import Delivery, Quarantine


def add(session: Session, rows: Iterable[Quarantine]) -> None:
    """Keep quarantined input."""
    session.add_all(rows)
    session.flush()


def get(session: Session, quarantine_id: int, *, lock: bool = False) -> Quarantine | None:
    """Return one quarantined input, or None."""
    return session.get(Quarantine, quarantine_id, with_for_update=lock or None)


def page(
    session: Session,
    *,
    state: str | None,
    domain: str | None,
    source: str | None,
    scope: Collection[str] | None,
    before: int | None,
    limit: int,
) -> Sequence[Quarantine]:
    """Return quarantined input, newest first; `scope` limits it to these domains."""
    newest = select(Quarantine).order_by(col(Quarantine.id).desc()).limit(limit)
    for column, wanted in ((Quarantine.state, state), (Quarantine.domain, domain), (Quarantine.source, source)):
        if wanted is not None:
            newest = newest.where(col(column) == wanted)
    if scope is not None:
        newest = newest.where(col(Quarantine.domain).in_(sorted(scope)))
    if before is not None:
        newest = newest.where(col(Quarantine.id) < before)
    return list(session.scalars(newest))


def raw_bytes(session: Session, quarantined: Quarantine) -> bytes:
    """Return the bytes as they were received."""
    if quarantined.raw is not None:
        return quarantined.raw
    kept = select(col(Delivery.raw)).where(col(Delivery.id) == quarantined.delivery_id)
    return session.connection().execute(kept).scalar_one()


def holds(session: Session, *, source: str, message_id: str, raw: bytes) -> bool:
    """Tell whether a message that was not accepted is in quarantine with exactly these bytes."""
    same = select(col(Quarantine.id)).where(
        col(Quarantine.source) == source, col(Quarantine.message_id) == message_id, col(Quarantine.raw) == raw
    )
    return session.connection().execute(same.limit(1)).first() is not None


def reopen_delivery(session: Session, delivery_id: int) -> None:
    """Let a quarantined delivery be processed again."""
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == "quarantined")
        .values(state="pending", attempts=0, ended_at=None)
    )


def discard_delivery(session: Session, delivery_id: int, *, now: datetime) -> None:
    """End a quarantined delivery for good."""
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == "quarantined")
        .values(state="discarded", ended_at=now)
    )


def count_open(session: Session) -> dict[str, int]:
    """Count open quarantined input per reason code."""
    of_code = select(col(Quarantine.code), func.count().label("n")).group_by(col(Quarantine.code))
    counted = of_code.where(col(Quarantine.state) == "open")
    return {row.code: row.n for row in session.connection().execute(counted)}

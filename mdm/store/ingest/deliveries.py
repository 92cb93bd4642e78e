"""Queries on deliveries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from mdm.core.ids import lock_number
from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Delivery, DeliveryQueue


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to accept; `digest` is the SHA-256 of `raw`."""

    message_id: str
    raw: bytes
    digest: bytes
    correlation_id: str
    row_number: int | None = None


def accept(
    session: Session,
    new: Sequence[NewDelivery],
    *,
    source: str,
    actor: str,
    now: datetime,
    load_id: UUID | None = None,
    feed: str | None = None,
    traceparent: str | None = None,
    tracestate: str | None = None,
) -> dict[str, Row]:
    """Keep what is new and return the kept rows (id, message_id, digest, state, received_at) by message id."""
    run(
        session,
        "ingest/accept_deliveries",
        source=source,
        load_id=load_id,
        feed=feed,
        actor=actor,
        now=now,
        traceparent=traceparent,
        tracestate=tracestate,
        message_ids=[d.message_id for d in new],
        raws=[d.raw for d in new],
        digests=[d.digest for d in new],
        row_numbers=[d.row_number for d in new],
        correlation_ids=[d.correlation_id for d in new],
    )
    kept = select(
        col(Delivery.id), col(Delivery.message_id), col(Delivery.digest), col(Delivery.state), col(Delivery.received_at)
    ).where(col(Delivery.source) == source, col(Delivery.message_id).in_([d.message_id for d in new]))
    return {row.message_id: row for row in session.connection().execute(kept)}


def claim(session: Session, *, size: int, loads: bool = True) -> Sequence[Row]:
    """Lock the oldest pending deliveries, all single ones or all of one load, that may be processed.

    Columns: id, source, message_id, raw, received_at, correlation_id, traceparent, tracestate, delivered_by, load_id,
    hold_id, feed, context, initial. Without `loads` only those that came singly.
    """
    for load_id in _pending_groups(session, loads=loads):
        if load_id is None:
            claimed = run(session, "ingest/claim_single_deliveries", size=size)
        else:
            claimed = run(session, "ingest/claim_deliveries_of_load", load_id=load_id, size=size)
        if claimed:
            return claimed
    return ()


def _pending_groups(session: Session, *, loads: bool) -> list[UUID | None]:
    """Return the loads with pending deliveries that may be processed, None for single ones, the oldest first."""
    return [row.load_id for row in run(session, "ingest/find_pending_groups", loads=loads)]


def claim_named(session: Session, ids: Sequence[int]) -> Sequence[Row]:
    """Lock those of these deliveries that are pending and free, unless their load waits; columns as in `claim`."""
    return run(session, "ingest/claim_named_deliveries", ids=list(ids))


def end(session: Session, ended: Iterable[tuple[int, str, int | None]], *, now: datetime) -> None:
    """Record the final state and source record of each (delivery id, state, record id)."""
    ids, states, records = zip(*ended, strict=True)
    run(session, "ingest/end_deliveries", ids=list(ids), states=list(states), record_ids=list(records), now=now)


def count_attempt(session: Session, delivery_id: int) -> int | None:
    """Count one more attempt to process the delivery alone; None if it is no longer pending."""
    counted = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == "pending")
        .values(attempts=col(Delivery.attempts) + 1)
        .returning(col(Delivery.attempts))
    )
    return session.connection().execute(counted).scalar()


def discount_attempt(session: Session, delivery_id: int) -> None:
    """Take an attempt back that was not the delivery's fault."""
    session.connection().execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == "pending")
        .values(attempts=col(Delivery.attempts) - 1)
    )


def oldest_pending(session: Session, *, size: int) -> list[int]:
    """Return the ids of the oldest pending deliveries that may be processed, unlocked."""
    ids: list[int] = []
    pending = select(col(Delivery.id)).where(col(Delivery.state) == "pending").limit(size)
    pending = pending.order_by(col(Delivery.load_id), col(Delivery.id))  # as the index has it, also where it is NULL
    for load_id in _pending_groups(session, loads=True):
        ids += session.connection().execute(pending.where(col(Delivery.load_id) == load_id)).scalars()
    return sorted(ids)[:size]


def get(session: Session, delivery_id: int) -> Delivery | None:
    """Return a delivery, or None."""
    return session.get(Delivery, delivery_id)


def states(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the state of each of these deliveries."""
    found = select(col(Delivery.id), col(Delivery.state)).where(col(Delivery.id).in_(ids))
    return {row.id: row.state for row in session.connection().execute(found)}


def count_by_state(session: Session, *, load_id: UUID | None = None, hold_id: UUID | None = None) -> dict[str, int]:
    """Count deliveries per state: those of a load, or that a hold has kept back."""
    counted = select(col(Delivery.state), func.count().label("n")).group_by(col(Delivery.state))
    for column, wanted in ((Delivery.load_id, load_id), (Delivery.hold_id, hold_id)):
        if wanted is not None:
            counted = counted.where(col(column) == wanted)
    return {row.state: row.n for row in session.connection().execute(counted)}


def pending(session: Session, *, load_ids: Sequence[UUID] | None = None, bound: int = 1_000_000) -> int:
    """Count pending deliveries, of some loads or of all, up to `bound`."""
    some = select(col(Delivery.id)).where(col(Delivery.state) == "pending").limit(bound)
    if load_ids is not None:
        some = some.where(col(Delivery.load_id).in_(load_ids))
    return session.connection().execute(select(func.count()).select_from(some.subquery())).scalar_one()


def guard(session: Session, delivery_id: int) -> bool:
    """Take the right to process a delivery alone until the transaction ends; False if another has it."""
    number = lock_number(f"alone|{delivery_id}")
    return bool(session.connection().execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one())


def expect_queues(session: Session, names: Collection[str], *, now: datetime) -> None:
    """Begin to wait for queues that were never reached, and forget those that are not expected any more."""
    session.connection().execute(delete(DeliveryQueue).where(col(DeliveryQueue.name).not_in(names)))
    rows = insert(DeliveryQueue).values([{"name": name, "waiting": 0, "seen_at": now} for name in names])
    session.connection().execute(rows.on_conflict_do_nothing())


def note_queue(session: Session, *, name: str, waiting: int, now: datetime) -> None:
    """Keep how many messages a queue of deliveries was seen to hold."""
    seen = {"waiting": waiting, "seen_at": now}
    row = insert(DeliveryQueue).values(name=name, **seen)
    session.connection().execute(row.on_conflict_do_update(index_elements=["name"], set_=seen))


def queues(session: Session) -> Sequence[DeliveryQueue]:
    """Return every queue of deliveries as it was last seen."""
    return list(session.scalars(select(DeliveryQueue).order_by(col(DeliveryQueue.name))))

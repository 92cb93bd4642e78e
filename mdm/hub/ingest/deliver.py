"""Accepting deliveries: each message id once, committed before it is acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from mdm.core.domains import STEWARD_SOURCE
from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.errors import Forbidden, MessageConflict
from mdm.hub.ingest.quarantine import set_aside_unaccepted
from mdm.store.ingest import deliveries
from mdm.store.ingest.deliveries import NewDelivery
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Message:
    """What a source sends: bytes, and the id under which it may send them again."""

    raw: bytes
    message_id: str | None = None
    row_number: int | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The hub's answer to one message; `error` is set where it was not accepted."""

    message_id: str
    delivery_id: int | None = None
    state: str | None = None
    received_at: datetime | None = None
    error: MessageConflict | None = None


def deliver(
    work: Work,
    messages: Sequence[Message],
    *,
    source: str,
    load_id: UUID | None = None,
    feed: str | None = None,
    traceparent: str | None = None,
    tracestate: str | None = None,
) -> list[Acknowledgement]:
    """Accept messages of one source and acknowledge each, in their order.

    A message id seen before with the same bytes gets the acknowledgement it had; with other bytes it is quarantined
    and its acknowledgement carries the MessageConflict.
    """
    work.actor.require(Permission.DELIVER)
    if source == STEWARD_SOURCE:
        raise Forbidden("Records of the stewards are made by them alone.", hint="Deliver under your own source.")
    new = [_new(message) for message in messages]
    kept = deliveries.accept(
        work.session,
        new,
        source=source,
        actor=work.actor.name,
        now=work.now,
        load_id=load_id,
        feed=feed,
        traceparent=traceparent,
        tracestate=tracestate,
    )
    answers = []
    for delivery in new:
        row = kept[delivery.message_id]
        if row.digest == delivery.digest:
            answers.append(Acknowledgement(row.message_id, row.id, row.state, row.received_at))
            continue
        conflict = MessageConflict(
            f"Message {delivery.message_id} of {source} was accepted before with other bytes.",
            hint="Send changed content under a new message id.",
            delivery=row.id,
        )
        set_aside_unaccepted(work, conflict, source=source, message_id=delivery.message_id, raw=delivery.raw)
        answers.append(Acknowledgement(delivery.message_id, error=conflict))
    return answers


def _new(message: Message) -> NewDelivery:
    message_id = message.message_id or str(new_id())
    return NewDelivery(
        message_id=message_id,
        raw=message.raw,
        digest=sha256(message.raw).digest(),
        correlation_id=message.correlation_id or str(new_id()),
        row_number=message.row_number,
    )

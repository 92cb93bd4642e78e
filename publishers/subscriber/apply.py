"""The rule of every subscriber: apply a version greater than its own, once, together with its position."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from publishers.event import Event
from publishers.subscriber.store import Checkpoint, Connection, Store, Transaction

logger = logging.getLogger(__name__)
Handler = Callable[[Connection, Event], Any]


@dataclass(frozen=True, slots=True)
class Received:
    """An event, its place in the stream, and the number of its delivery by the consumer."""

    event: Event
    sequence: int
    delivered: int


@dataclass(slots=True)
class Applied:
    """What became of a batch."""

    applied: int = 0
    stale: int = 0  # versions the store already had, or newer ones
    gaps: int = 0  # versions never seen, which the next one replaced
    failed: list[Received] = field(default_factory=list)


class HandlerFailed(Exception):
    """The handler raised; its cause says what."""


def apply(
    store: Store[Connection], handler: Handler[Connection], batch: Sequence[Received], *, consumer: str
) -> Applied:
    """Apply a batch in one transaction; if the handler fails, one event at a time, and return those that fail alone.

    Raises StoreFailed when the store cannot commit; then nothing of the batch in hand was applied.
    """
    try:
        return _together(store, handler, batch, consumer=consumer)
    except HandlerFailed:
        pass
    total = Applied()
    for received in batch:
        try:
            single = _together(store, handler, [received], consumer=consumer)
        except HandlerFailed as error:
            event = received.event
            logger.warning("%s version %s failed: %r", event.subject, event.version, error.__cause__)
            total.failed.append(received)
        else:
            total.applied += single.applied
            total.stale += single.stale
            total.gaps += single.gaps
    return total


def _together(
    store: Store[Connection], handler: Handler[Connection], batch: Sequence[Received], *, consumer: str
) -> Applied:
    result = Applied()
    with store.transaction() as transaction:
        for received in batch:
            _one(transaction, handler, received.event, result)
        if batch:
            _save(store, transaction, Checkpoint(consumer, max(received.delivered for received in batch)))
    return result


def note(store: Store[Connection], checkpoint: Checkpoint) -> None:
    """Note deliveries that are never applied, so that the consumer does not seem to be ahead of the store."""
    with store.transaction() as transaction:
        _save(store, transaction, checkpoint)


def _save(store: Store[Connection], transaction: Transaction[Connection], checkpoint: Checkpoint) -> None:
    last = store.checkpoint()
    if last is None or last.consumer != checkpoint.consumer or last.delivered < checkpoint.delivered:
        transaction.save(checkpoint)


def _one(transaction: Transaction[Connection], handler: Handler[Connection], event: Event, result: Applied) -> None:
    known = transaction.version(event.subject)
    if event.version <= known:
        result.stale += 1
        return
    if known:
        result.gaps += event.version - known - 1
    try:
        handler(transaction.connection, event)
    except Exception as error:
        raise HandlerFailed from error
    transaction.advance(event.subject, event.version)
    result.applied += 1

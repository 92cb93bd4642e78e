"""The rule of every subscriber: apply a version greater than its own, once, together with its position."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from publishers.errors import StoreFailed, Unavailable
from publishers.event import Event
from publishers.subscriber.store import Checkpoint, Connection, GivenUp, HandlerFailed, Store, Transaction

logger = logging.getLogger(__name__)
Handler = Callable[[Connection, Event], Any]
Halted = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Received:
    """An event, the number of its delivery by the consumer, and whether it is a copy made by a replay."""

    event: Event
    delivered: int
    replayed: bool = False


@dataclass(slots=True)
class Applied:
    """What became of a batch."""

    applied: int = 0
    stale: int = 0  # versions the store already had, or newer ones
    gaps: int = 0  # versions never seen, which the next one replaced
    failed: list[tuple[Received, str]] = field(default_factory=list)  # and why
    left: list[Received] = field(default_factory=list)  # not looked at, because the subscriber is to stop


def never() -> bool:
    """Tell that nobody wants to stop."""
    return False


def apply(
    store: Store[Connection],
    handler: Handler[Connection],
    batch: Sequence[Received],
    *,
    consumer: str | None,
    halted: Halted = never,
) -> Applied:
    """Apply a batch in one transaction; if the handler fails, one event at a time, and return those that fail alone.

    The position within `consumer` is saved with it, unless None. Once `halted`, what is not begun is left. Raises
    StoreFailed when the store cannot commit; then nothing of the batch in hand was applied.
    """
    try:
        return _together(store, handler, batch, consumer=consumer, halted=halted)
    except HandlerFailed:
        pass
    total = Applied()
    for received in batch:
        try:
            single = _together(store, handler, [received], consumer=consumer, halted=halted)
        except HandlerFailed as error:
            event = received.event
            whose = (event.id, event.correlation_id)
            text = "%s version %s (event %s, correlation %s) failed: %r"
            logger.warning(text, event.subject, event.version, *whose, error.__cause__)
            total.failed.append((received, repr(error.__cause__)))
        else:
            total.applied += single.applied
            total.stale += single.stale
            total.gaps += single.gaps
            total.left += single.left
    return total


def give_up(store: Store[Connection], events: Sequence[GivenUp], checkpoint: Checkpoint | None) -> list[GivenUp]:
    """Note events that are never applied, and that the store has seen their deliveries; return all that is given up."""
    with store.transaction() as transaction:
        known = transaction.versions({event.subject for event in events})
        transaction.give_up([event for event in events if not 0 < event.version < known.get(event.subject, 0)])
        _save(transaction, checkpoint)
        return transaction.given_up()


def _together(
    store: Store[Connection],
    handler: Handler[Connection],
    batch: Sequence[Received],
    *,
    consumer: str | None,
    halted: Halted,
) -> Applied:
    result = Applied()
    with store.transaction() as transaction:
        versions = transaction.versions({received.event.subject for received in batch})
        advanced: dict[str, int] = {}
        delivered = 0
        for number, received in enumerate(batch):
            if halted():
                result.left = list(batch[number:])
                break
            if _one(store, transaction, handler, received, versions=versions, result=result):
                advanced[received.event.subject] = versions[received.event.subject] = received.event.version
            delivered = max(delivered, received.delivered)
        if advanced:
            transaction.advance(advanced)
        _save(transaction, Checkpoint(consumer, delivered) if consumer and delivered else None)
    return result


def _one(
    store: Store[Connection],
    transaction: Transaction[Connection],
    handler: Handler[Connection],
    received: Received,
    *,
    versions: dict[str, int],
    result: Applied,
) -> bool:
    event, known = received.event, versions.get(received.event.subject, 0)
    if event.version < known or (event.version == known and not received.replayed):
        result.stale += 1
        return False
    try:
        handler(transaction.connection, event)
    except Exception as error:
        if isinstance(error, StoreFailed | Unavailable) or store.is_outage(error):
            raise StoreFailed(f"The store fails under the handler: {error!r}.") from error
        raise HandlerFailed from error
    if known and event.version > known:
        result.gaps += event.version - known - 1
    result.applied += 1
    return True


def _save(transaction: Transaction[Connection], checkpoint: Checkpoint | None) -> None:
    last = transaction.checkpoint() if checkpoint else None
    if checkpoint and (last is None or last.consumer != checkpoint.consumer or last.delivered < checkpoint.delivered):
        transaction.save(checkpoint)

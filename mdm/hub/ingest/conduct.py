"""How processing goes on whatever happens: chunks, tries again, and records that crash alone."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

import structlog

from mdm.errors import MdmError, Moved, RepeatedCrash, Unavailable
from mdm.hub.ingest.interpret import Refused
from mdm.hub.ingest.process import process
from mdm.hub.ingest.quarantine import set_aside
from mdm.sources import Registry
from mdm.store.ingest import deliveries
from mdm.store.publishing import tracing
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

CHUNK = 50
TRIES = 5
CRASHES = 3  # of one record alone, before it is quarantined
SHOWN = 5  # correlation ids of a chunk in a line of the log
SUSPICIOUS = 3  # records that crash in a row before any succeeds

log = structlog.get_logger(__name__)


def process_next(begin: Begin, *, registry: Registry, size: int = CHUNK, loads: bool = True) -> int:
    """Process the oldest pending deliveries that nobody else has, and return how many were taken.

    Without `loads` only those that came singly. When a chunk crashes, its deliveries are processed one by one; raises
    Unavailable while PostgreSQL is away.
    """
    ids: list[int] = []
    whose: list[str] = []
    try:
        for _ in range(TRIES):
            try:
                with begin() as work:
                    claimed = deliveries.claim(work.session, size=size, loads=loads)
                    ids = [delivery.id for delivery in claimed]
                    whose = [delivery.correlation_id for delivery in claimed[:SHOWN]]
                    if claimed:
                        process(work, claimed, registry=registry)
            except Moved:
                log.debug("chunk_moved", deliveries=len(ids), correlation_ids=whose)
            else:
                return len(ids)
    except Unavailable:
        raise
    except Exception:
        log.exception("chunk_crashed", first=ids[:1], deliveries=len(ids), correlation_ids=whose)
    process_one_by_one(begin, ids, registry=registry)
    return len(ids)


def process_oldest_one_by_one(begin: Begin, *, registry: Registry, size: int = CHUNK) -> None:
    """Process the oldest pending deliveries one by one, as a worker does first: one of them may have killed another."""
    with begin() as work:
        ids = deliveries.oldest_pending(work.session, size=size)
    process_one_by_one(begin, ids, registry=registry)


def process_one_by_one(begin: Begin, ids: Sequence[int], *, registry: Registry) -> None:
    """Process deliveries each in a Work of its own; one that crashes for the third time is quarantined.

    Raises RepeatedCrash when the first ones crash and none succeeds: then the fault is hardly theirs.
    """
    crashed = 0
    for done, delivery_id in enumerate(ids):
        with begin() as guard:
            if deliveries.guard(guard.session, delivery_id):
                crashed += not _processed_alone(begin, delivery_id, registry=registry)
        if crashed > done == SUSPICIOUS - 1:
            raise RepeatedCrash("One record after the other fails to be processed.", hint="The log says why.")


def process_now(begin: Begin, ids: Sequence[int], *, registry: Registry) -> None:
    """Process deliveries that were just accepted, if nobody else has them; what fails is left to the workers."""
    try:
        with begin() as work:
            claimed = deliveries.claim_named(work.session, ids)
            if claimed:
                process(work, claimed, registry=registry)
    except Moved:
        log.debug("inline_moved", deliveries=len(ids))
    except Exception:
        log.exception("inline_crashed", deliveries=list(ids))


def _processed_alone(begin: Begin, delivery_id: int, *, registry: Registry) -> bool:
    """Process one delivery and tell whether it came to an end without crashing; the log says whose it is."""
    with begin() as work:
        attempt = deliveries.count_attempt(work.session, delivery_id)
        whose = tracing.correlation_of(work.session, "delivery", delivery_id)
    if attempt is None:
        return True
    with structlog.contextvars.bound_contextvars(correlation_id=whose):
        return _tried(begin, delivery_id, attempt, registry=registry)


def _tried(begin: Begin, delivery_id: int, attempt: int, *, registry: Registry) -> bool:
    if attempt > CRASHES:
        _give_up(begin, delivery_id, RepeatedCrash("Processing this record ended the worker three times."))
        return True
    try:
        _try_until_settled(begin, delivery_id, registry=registry)
    except Unavailable:
        raise
    except Moved:
        log.info("record_moved", delivery=delivery_id)
        with begin() as work:
            deliveries.discount_attempt(work.session, delivery_id)
    except Exception as error:
        log.exception("record_crashed", delivery=delivery_id, attempt=attempt)
        if attempt == CRASHES:
            _give_up(begin, delivery_id, RepeatedCrash(f"Processing failed three times: {error!r}."))
        return False
    return True


def _try_until_settled(begin: Begin, delivery_id: int, *, registry: Registry) -> None:
    for _ in range(TRIES):
        try:
            with begin() as work:
                claimed = deliveries.claim_named(work.session, [delivery_id])
                if claimed:
                    process(work, claimed, registry=registry)
        except Moved:
            continue
        return
    raise Moved


def _give_up(begin: Begin, delivery_id: int, error: MdmError) -> None:
    with begin() as work:
        for delivery in deliveries.claim_named(work.session, [delivery_id]):
            set_aside(work, [Refused(delivery, error)])
            deliveries.end(work.session, [(delivery_id, "quarantined", None)], now=work.now)

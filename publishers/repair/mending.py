"""Bringing the newest events back into a stream from the heads, byte for byte, behind whatever it has of a subject."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from publishers import head
from publishers.broker import Broker, Message
from publishers.errors import Refused, SequenceConflict, Unavailable, UnknownOutcome
from publishers.event import MESSAGE_ID
from publishers.head import Head
from publishers.repair.comparing import MENDABLE, Difference, Trouble, judge

SQL = Path(__file__).parent.parent / "sql"
PAGE = 128
ATTEMPTS = 6
FIRST_PAUSE = 0.2  # seconds; doubles with every attempt


@dataclass(slots=True)
class Mended:
    """What was done: events stored again, and heads that now say where theirs is."""

    republished: int = 0
    relocated: int = 0
    moved_on: int = 0  # subjects that changed meanwhile; the next comparison says whether they are well
    refused: int = 0  # events that the broker does not take, though it takes others
    refusal: str = ""  # the last reason


async def mend(
    dsn: str,
    broker: Broker,
    differences: Sequence[Difference],
    *,
    run: UUID,
    progress: Callable[[int], None] = lambda _count: None,
) -> Mended:
    """Put differences right; `run` names this repair, `progress` is told how many subjects are done.

    Relays may run meanwhile: every event is stored only behind the message that was looked at. Doing it again does
    nothing. Raises psycopg.Error, or Unavailable, UnknownOutcome or (of a whole page) Refused when it cannot go on.
    """
    done = Mended()
    with await asyncio.to_thread(_connected, dsn) as connection:
        for start in range(0, len(differences), PAGE):
            page = differences[start : start + PAGE]
            await _mend_page(connection, broker, [d.subject for d in page if d.trouble in MENDABLE], run, done)
            progress(start + len(page))
    return done


def _connected(dsn: str) -> psycopg.Connection[Any]:
    return psycopg.connect(dsn, autocommit=True)


async def _mend_page(
    connection: psycopg.Connection[Any], broker: Broker, subjects: Sequence[str], run: UUID, done: Mended
) -> None:
    heads = await asyncio.to_thread(head.read_many, connection, subjects)
    results = await asyncio.gather(*(_patiently(broker, newest, run) for newest in heads), return_exceptions=True)
    found = [(newest, result) for newest, result in zip(heads, results, strict=True) if isinstance(result, Found)]
    await asyncio.to_thread(_locate, connection, found)
    for _, result in found:
        done.republished += result.stored
        done.relocated += not result.stored
    refused = [result for result in results if isinstance(result, Refused)]
    if refused:
        done.refused, done.refusal = done.refused + len(refused), refused[-1].message
    for failure in results:
        if isinstance(failure, BaseException) and (failure not in refused or len(refused) == PAGE):
            raise failure
    done.moved_on += len(heads) - len(found) - len(refused)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the stream has the event of a head, and whether it was stored just now."""

    sequence: int
    stored: bool


async def _patiently(broker: Broker, newest: Head, run: UUID) -> Found | None:
    """Try again while the broker does not say what became of an event."""
    for attempt in range(ATTEMPTS - 1):
        try:
            return await _bring_back(broker, newest, run)
        except (Unavailable, UnknownOutcome):
            await asyncio.sleep(FIRST_PAUSE * 2**attempt)
    return await _bring_back(broker, newest, run)


async def _bring_back(broker: Broker, newest: Head, run: UUID) -> Found | None:
    """Store the event of a head unless the stream has it; None if the subject has moved on.

    The message id is new: a broker knows ids longer than messages, and would take the event for stored.
    """
    last = await broker.last(newest.subject)
    trouble = judge(newest, last)
    if last is not None and trouble in (None, Trouble.MISPLACED):
        return Found(last.sequence, stored=False)
    if trouble is Trouble.AHEAD:
        return None
    headers = {**newest.headers, MESSAGE_ID: f"{newest.event_id}:repair:{run.hex}"}
    try:
        sequence = await broker.publish(
            Message(newest.subject, headers, newest.data), after=last.sequence if last else 0
        )
    except SequenceConflict:
        return None
    return Found(sequence, stored=True)


def _locate(connection: psycopg.Connection[Any], found: Sequence[tuple[Head, Found]]) -> None:
    """Note in the heads where their events are, but in those that have moved on."""
    columns = {
        "subject": [h.subject for h, _ in found],
        "version": [h.version for h, _ in found],
        "event_id": [h.event_id for h, _ in found],
        "stream_sequence": [f.sequence for _, f in found],
    }
    connection.execute((SQL / "locate.sql").read_text(), columns)

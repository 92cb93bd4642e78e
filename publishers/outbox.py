"""The transactional outbox: written by whoever changes something, read and marked by the relay."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from publishers import body
from publishers.broker import Message
from publishers.errors import LeaseLost
from publishers.event import DIGEST, Event

FOLDER = Path(__file__).parent
LEASE = "relay"


@dataclass(frozen=True, slots=True)
class Fence:
    """What an event must follow: the last message of its subject, as far as the database knows."""

    version: int
    event_id: UUID
    stream_sequence: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """An unpublished event and the fence it must pass."""

    seq: int
    id: UUID
    version: int
    digest: str
    message: Message
    attempts: int
    fence: Fence | None


def ddl() -> str:
    """Return the statements that create the schema `publishers`."""
    return (FOLDER / "sql" / "tables" / "outbox.sql").read_text()


def append(connection: psycopg.Connection[Any], events: Sequence[Event]) -> None:
    """Write events, and the bodies they refer to, into the outbox in the caller's transaction.

    Versions of a subject must be numbered under a lock held until commit, or they may be published out of order.
    Raises psycopg.errors.UniqueViolation for a version the subject already has.
    """
    if not events:
        return
    headers = [event.headers() for event in events]
    columns = {
        "id": [event.id for event in events],
        "subject": [event.subject for event in events],
        "version": [event.version for event in events],
        "type": [event.type for event in events],
        "digest": [header[DIGEST] for header in headers],
        "headers": [json.dumps(header) for header in headers],
        "data": [event.data for event in events],
    }
    connection.execute(_binary("append"), columns)
    body.keep(connection, events)


def backlog(connection: psycopg.Connection[Any]) -> tuple[int, float]:
    """Return how many events await publishing and the age of the oldest in seconds."""
    [(count, age)] = connection.execute(_statement("backlog")).fetchall()
    return count, age


def pending_count(connection: psycopg.Connection[Any], *, bound: int) -> int:
    """Return how many events await publishing, counted up to `bound`."""
    [(count,)] = connection.execute(_statement("pending_count"), {"bound": bound}).fetchall()
    return int(count)


def delete_published(connection: psycopg.Connection[Any], *, before: datetime, limit: int = 10_000) -> int:
    """Delete up to `limit` events published before an instant, never unpublished ones, and return how many.

    The bodies that only they referred to go with them.
    """
    deleted = connection.execute(_statement("delete_published"), {"before": before, "limit": limit}).rowcount
    body.drop_outdated(connection, limit=limit)
    return deleted


async def read_next(
    connection: psycopg.AsyncConnection[Any], *, busy: Collection[str], room: int, scan: int
) -> list[Pending]:
    """Read the next event of up to `room` subjects that are not busy, among the `scan` oldest events of such."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(_statement("next"), {"busy": list(busy), "room": room, "scan": scan})
    return [_pending(row) for row in await cursor.fetchall()]


async def read_again(connection: psycopg.AsyncConnection[Any], *, seq: int) -> Pending | None:
    """Read an event once more, with the fence it must pass by now; None if it no longer awaits publishing."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(_statement("again"), {"seq": seq})
    row = await cursor.fetchone()
    return _pending(row) if row else None


async def mark(connection: psycopg.AsyncConnection[Any], *, epoch: int, stored: Sequence[tuple[int, int]]) -> None:
    """Mark events (seq, stream sequence) as published and move their heads; raise LeaseLost under an old epoch."""
    values = {
        "name": LEASE,
        "epoch": epoch,
        "seq": [seq for seq, _ in stored],
        "stream_sequence": [sequence for _, sequence in stored],
    }
    row = await (await connection.execute(_statement("mark"), values)).fetchone()
    if not (row and row[0]):
        raise LeaseLost


async def note_failure(connection: psycopg.AsyncConnection[Any], *, seq: int, error: str) -> None:
    """Count an attempt that failed and keep its reason beside the event."""
    await connection.execute(
        "UPDATE publishers.outbox SET attempts = attempts + 1, last_error = %s WHERE seq = %s AND published_at IS NULL",
        (error, seq),
    )


async def take_lease(connection: psycopg.AsyncConnection[Any], *, holder: str, seconds: float) -> int | None:
    """Take the lease if nobody else holds it and return its new epoch."""
    values = {"name": LEASE, "holder": holder, "seconds": seconds}
    row = await (await connection.execute(_statement("take_lease"), values)).fetchone()
    return row[0] if row else None


async def renew_lease(connection: psycopg.AsyncConnection[Any], *, epoch: int, seconds: float) -> None:
    """Hold the lease for longer (0 seconds: give it back); raise LeaseLost if another relay has taken it."""
    values = {"name": LEASE, "epoch": epoch, "seconds": seconds}
    if await (await connection.execute(_statement("renew_lease"), values)).fetchone() is None:
        raise LeaseLost


async def read_backlog(connection: psycopg.AsyncConnection[Any]) -> tuple[int, float]:
    """Return how many events await publishing and the age of the oldest in seconds."""
    [(count, age)] = await (await connection.execute(_statement("backlog"))).fetchall()
    return count, age


def _pending(row: TupleRow) -> Pending:
    seq, event_id, subject, version, digest, headers, data, attempts, *fence = row
    return Pending(
        seq=seq,
        id=event_id,
        version=version,
        digest=digest,
        message=Message(subject, headers, data),
        attempts=attempts,
        fence=Fence(*fence) if fence[0] is not None else None,
    )


@cache
def _statement(name: str) -> str:
    return (FOLDER / "sql" / f"{name}.sql").read_text()


@cache
def _binary(name: str) -> str:
    """Return a statement whose parameters travel in binary: bytes would double in size as text."""
    return _statement(name).replace(")s", ")b")

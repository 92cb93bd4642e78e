"""The bodies large events refer to: written with the event, kept as long as anyone may ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from publishers.errors import InvalidEvent
from publishers.event import Event

FOLDER = Path(__file__).parent
INLINE_MOST = 256 * 1024  # bytes of data an event should carry itself


@dataclass(frozen=True, slots=True)
class Body:
    """The full data of an event; None when it is no longer kept."""

    event_id: UUID
    subject: str
    version: int
    digest: str
    data: bytes | None


def ddl() -> str:
    """Return the statements that create the table of bodies."""
    return (FOLDER / "sql" / "tables" / "body.sql").read_text()


def keep(connection: psycopg.Connection[Any], events: Sequence[Event]) -> None:
    """Keep the bodies of those events that refer to one, in the caller's transaction."""
    large = [event for event in events if event.dataref is not None]
    if not large:
        return
    for event in large:
        if event.full is None:
            raise InvalidEvent(f"{event.subject} version {event.version} refers to a body it does not bring.")
    columns = {
        "event_id": [event.id for event in large],
        "subject": [event.subject for event in large],
        "version": [event.version for event in large],
        "digest": [event.full_digest for event in large],
        "data": [event.full for event in large],
    }
    connection.execute(_statement("keep_bodies").replace(")s", ")b"), columns)


def read(connection: psycopg.Connection[Any], event_id: UUID) -> Body | None:
    """Return the body of an event, None if it never referred to one."""
    with connection.cursor(row_factory=class_row(Body), binary=True) as cursor:
        cursor.execute(
            "SELECT event_id, subject, version, digest, data FROM publishers.body WHERE event_id = %s", (event_id,)
        )
        return cursor.fetchone()


def drop_outdated(connection: psycopg.Connection[Any], *, limit: int) -> int:
    """Drop up to `limit` bodies whose event has left the outbox and is not the newest of its subject."""
    return connection.execute(_statement("drop_outdated_bodies"), {"limit": limit}).rowcount


@cache
def _statement(name: str) -> str:
    return (FOLDER / "sql" / f"{name}.sql").read_text()

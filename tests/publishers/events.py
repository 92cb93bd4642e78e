"""Events for tests, and the outbox they stand in."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg

from publishers import Event, Message, outbox


def an_event(subject: str = "test.v1.one", version: int = 1, data: bytes = b'{"name": "Acme"}', **fields: Any) -> Event:
    known = {"id": uuid4(), "type": "golden.changed", "time": datetime.now(UTC), "source": "hub"}
    return Event(subject=subject, version=version, data=data, **{**known, **fields})


def a_message(subject: str = "test.v1.one", version: int = 1, **fields: Any) -> Message:
    event = an_event(subject, version, **fields)
    return Message(event.subject, event.headers(), event.data)


def message_of(event: Event) -> Message:
    return Message(event.subject, event.headers(), event.data)


def append(dsn: str, *events: Event) -> None:
    with psycopg.connect(dsn) as connection:
        outbox.append(connection, events)


def query(dsn: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement, values).fetchall()

"""Going on after a database was restored: the stream knows more than the heads, and they learn it from the stream."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self
from uuid import UUID

import psycopg

from publishers.broker import Stored
from publishers.event import digest

SQL = Path(__file__).parent.parent / "sql"
NO_EVENT = UUID(int=0)


class Mark(NamedTuple):
    """A message of a stream, by the event in it."""

    subject: str
    version: int
    event_id: UUID

    @classmethod
    def of(cls, stored: Stored) -> Self:
        """Return the mark of a message; one that is no event has an id that no event has."""
        try:
            return cls(stored.subject, stored.version, UUID(stored.event_id))
        except ValueError:
            return cls(stored.subject, stored.version, NO_EVENT)

    @property
    def is_event(self) -> bool:
        """Tell whether the message is an event."""
        return self.version > 0 and self.event_id != NO_EVENT


def strangers(connection: psycopg.Connection[Any], marks: Sequence[Mark]) -> list[Mark]:
    """Return those messages of a stream that the database has never written."""
    subjects, versions, event_ids = zip(*marks, strict=True) if marks else ((), (), ())
    given = {"subjects": list(subjects), "versions": list(versions), "event_ids": list(event_ids)}
    rows = connection.execute((SQL / "strangers.sql").read_text(), given).fetchall()
    return [Mark(*row) for row in rows]


def adopt(connection: psycopg.Connection[Any], last: Sequence[Stored]) -> int:
    """Take the last messages of subjects for their heads, and return how many waiting events this makes void.

    An event that waits under a version the stream has already can never be published; what it says must be said again
    under a higher one, in the same transaction.
    """
    statement, void = (SQL / "adopt.sql").read_text(), 0
    for stored in last:
        given = {
            "subject": stored.subject,
            "version": stored.version,
            "event_id": UUID(stored.event_id),
            "digest": digest(stored.data),
            "sequence": stored.sequence,
            "headers": json.dumps(dict(stored.headers)),
            "data": stored.data,
            "time": stored.time,
        }
        void += connection.execute(statement, given).rowcount
    return void

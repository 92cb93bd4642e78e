"""The heads: what the stream holds last of every subject, byte for byte, as far as the database knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event of a subject the stream has acknowledged."""

    subject: str
    version: int
    event_id: UUID
    digest: str
    stream_sequence: int
    headers: dict[str, str]
    data: bytes
    published_at: datetime


@dataclass(frozen=True, slots=True)
class HeadMark:
    """A head without its bytes, for comparing many with a stream."""

    subject: str
    version: int
    event_id: UUID
    digest: str
    stream_sequence: int
    published_at: datetime


def read(connection: psycopg.Connection[Any], subject: str) -> Head | None:
    """Return the head of a subject."""
    with connection.cursor(row_factory=class_row(Head), binary=True) as cursor:
        cursor.execute("SELECT * FROM publishers.head WHERE subject = %s", (subject,))
        return cursor.fetchone()


def read_many(connection: psycopg.Connection[Any], subjects: Sequence[str]) -> list[Head]:
    """Return the heads of subjects, in the order of these, without those that have none."""
    with connection.cursor(row_factory=class_row(Head), binary=True) as cursor:
        cursor.execute("SELECT * FROM publishers.head WHERE subject = ANY (%s)", (list(subjects),))
        found = {head.subject: head for head in cursor.fetchall()}
    return [found[subject] for subject in subjects if subject in found]


def walk(connection: psycopg.Connection[Any], prefix: str = "") -> Iterator[HeadMark]:
    """Yield the heads of all subjects that start with `prefix`, in order of subject, without their bytes."""
    after = ""
    while True:
        with connection.cursor(row_factory=class_row(HeadMark)) as cursor:
            cursor.execute(
                "SELECT subject, version, event_id, digest, stream_sequence, published_at FROM publishers.head"
                " WHERE subject > %s AND starts_with(subject, %s) ORDER BY subject LIMIT %s",
                (after, prefix, PAGE),
            )
            page = cursor.fetchall()
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].subject

"""What the heads say a stream ends with, subject by subject, against what it does end with."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import psycopg

from publishers import head
from publishers.broker import Broker, Stored
from publishers.event import digest
from publishers.head import Head, HeadMark
from publishers.repair.adoption import Mark, strangers

WINDOW = 64  # subjects asked for at once
PAGE = 5_000


class Trouble(StrEnum):
    """How a subject differs from its head."""

    MISSING = "missing"  # the stream has no message of it
    BEHIND = "behind"  # an older version is its last
    DAMAGED = "damaged"  # its last says it is the head's event, and has other bytes
    MISPLACED = "misplaced"  # the head's event is there, under another sequence
    AHEAD = "ahead"  # its last is an event that the database has never written


MENDABLE = frozenset({Trouble.MISSING, Trouble.BEHIND, Trouble.DAMAGED, Trouble.MISPLACED})


@dataclass(frozen=True, slots=True)
class Difference:
    """A subject that differs; the versions are 0 where there is no head or no message."""

    subject: str
    trouble: Trouble
    head_version: int
    stream_version: int
    published_as: int  # sequence by which the head is in its old place among others


@dataclass(slots=True)
class Comparison:
    """What was compared, and every subject that differs."""

    heads: int = 0
    differences: list[Difference] = field(default_factory=list)

    def counts(self) -> Counter[Trouble]:
        """Count the subjects by what is wrong with them."""
        return Counter(difference.trouble for difference in self.differences)

    def mendable(self) -> list[Difference]:
        """Return what can be put right from the heads, in the order in which it was first published."""
        found = [difference for difference in self.differences if difference.trouble in MENDABLE]
        return sorted(found, key=lambda difference: difference.published_as)


async def compare(dsn: str, broker: Broker | None, *, prefix: str) -> Comparison:
    """Compare the heads of subjects that start with `prefix` with a stream (None: there is none).

    The heads are read first: what was published by then must be in the stream, whatever is published meanwhile.
    Raises psycopg.Error or a BrokerError.
    """
    marks = await asyncio.to_thread(_marks, dsn, prefix)
    if broker is None:
        return Comparison(len(marks), [_difference(mark, None, Trouble.MISSING) for mark in marks.values()])
    unseen, suspects = set(marks), dict[str, Difference]()
    strange = dict[str, Mark]()

    def note(subject: str, last: Stored | None) -> None:
        unseen.discard(subject)
        suspects.pop(subject, None)
        mark = marks.get(subject)
        trouble = judge(mark, last)
        if trouble is not None:
            suspects[subject] = _difference(mark, last, trouble)
        if trouble is Trouble.AHEAD and last is not None:
            strange[subject] = Mark.of(last)

    async for stored in broker.walk(newest=True, whole=True):
        if stored.subject.startswith(prefix):
            note(stored.subject, stored)
    # A server may stop at a message that it cannot read: whoever was not seen is asked for alone.
    doubtful = [*unseen, *(subject for subject, d in suspects.items() if d.trouble is not Trouble.AHEAD)]
    for start in range(0, len(doubtful), WINDOW):
        subjects = doubtful[start : start + WINDOW]
        for subject, last in zip(subjects, await asyncio.gather(*map(broker.last, subjects)), strict=True):
            note(subject, last)
    ahead = await asyncio.to_thread(_strangers, dsn, list(strange.values()))
    differences = [d for d in suspects.values() if d.trouble is not Trouble.AHEAD or d.subject in ahead]
    return Comparison(len(marks), differences)


def judge(mark: HeadMark | Head | None, last: Stored | None) -> Trouble | None:
    """Say how the last message of a subject differs from its head, None if it does not."""
    if last is None:
        return Trouble.MISSING
    if mark is None or last.version > mark.version:
        return Trouble.AHEAD
    if last.version < mark.version:
        return Trouble.BEHIND
    if last.event_id != str(mark.event_id):
        return Trouble.AHEAD
    if digest(last.data) != mark.digest:
        return Trouble.DAMAGED
    return Trouble.MISPLACED if last.sequence != mark.stream_sequence else None


def _difference(mark: HeadMark | None, last: Stored | None, trouble: Trouble) -> Difference:
    return Difference(
        subject=mark.subject if mark else last.subject if last else "",
        trouble=trouble,
        head_version=mark.version if mark else 0,
        stream_version=last.version if last else 0,
        published_as=mark.stream_sequence if mark else 0,
    )


def _marks(dsn: str, prefix: str) -> dict[str, HeadMark]:
    with psycopg.connect(dsn) as connection:
        return {mark.subject: mark for mark in head.walk(connection, prefix)}


def _strangers(dsn: str, marks: Sequence[Mark]) -> set[str]:
    """Return the subjects whose last message the database has never written, as far as it knows by now."""
    if not marks:
        return set()
    with psycopg.connect(dsn) as connection:
        pages = (marks[start : start + PAGE] for start in range(0, len(marks), PAGE))
        return {mark.subject for page in pages for mark in strangers(connection, page)}

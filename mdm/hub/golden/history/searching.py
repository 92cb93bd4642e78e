"""Searching golden records as they were, are or will be at any valid and recorded time: right, and not fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.hub.golden.read import Found, readable, words_of
from mdm.hub.golden.sight import sight_of
from mdm.hub.golden.times import Times
from mdm.store.records import golden_history
from mdm.store.rows import Row
from mdm.store.work import Work
from survivorship import intervals

BATCH = 1_000
MOST_LOOKED_AT = 20_000  # masters of one call


@dataclass(frozen=True, slots=True)
class FoundThen:
    """Search results, and the last id that was looked at: more may follow it; None: all were looked at."""

    items: list[Found]
    last: UUID | None


def search_at(
    work: Work, domain_name: str, text: str | None, times: Times, *, after: UUID | None = None, limit: int = 50
) -> FoundThen:
    """Find masters that were live and whose name, identifiers or place contained every word at these times; None: all.

    The index knows golden records as they are now, so that one after the other is looked at, in id order. A call ends
    when it has found `limit`, or has looked at 20,000.
    """
    domain = readable(work, domain_name)
    words = [] if text is None else words_of(text)
    found: list[Found] = []
    for _ in range(MOST_LOOKED_AT // BATCH):
        rows = golden_history.masters(
            work.session, domain=domain.name, known_at=times.known_at, after=after, limit=BATCH
        )
        for match in _matches(work, domain, rows, words, times):
            found.append(match)
            if len(found) == limit:
                return FoundThen(found, match.master_id)
        if len(rows) < BATCH:
            return FoundThen(found, None)
        after = rows[-1].id
    return FoundThen(found, after)


def _matches(work: Work, domain: Domain, rows: Sequence[Row], words: Sequence[str], times: Times) -> list[Found]:
    """Return those of the masters that were live, in sight, and contained every word."""
    live = [row for row in rows if row.version is not None and row.status != "merged"]
    timelines = golden_history.timelines(work.session, {row.id: row.version for row in live})
    sight, instant = sight_of(work.actor, domain), times.instant(work.now)
    matches = []
    for row in live:
        stretches: Sequence[Any] = timelines.get(row.id, ())
        in_force = intervals.first_at(stretches, instant)
        attributes = {} if in_force is None else in_force.attributes
        contained = domain.search_text(attributes) if words else ""
        in_question = stretches if in_force is None else [in_force]
        if all(word in contained for word in words) and sight.reaches(s.attributes for s in in_question):
            matches.append(Found(row.id, row.version, row.status, sight.shown(attributes)))
    return matches

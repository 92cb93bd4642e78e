"""When a master is to be looked at again by itself, and why: the earliest of all that time alone will change."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from mdm.store.rows import Row
from survivorship import Rebuilt

EXPIRY, RECORD_END, BOUNDARY, DECAY, REVIEW = "expiry", "record_end", "boundary", "decay", "review"
ON_TIME = (EXPIRY, RECORD_END, BOUNDARY, REVIEW)  # of several at one instant the first names it
PARTS = 1 << 32  # into which the time is divided over which masters of one day are spread


class Occasion(NamedTuple):
    """An instant at which a master is due, and what happens then."""

    at: datetime
    reason: str


def next_occasion(
    rebuilt: Rebuilt,
    *,
    master_id: UUID,
    links: Sequence[Row],
    overrides: Sequence[Row],
    spread: timedelta,
    now: datetime,
) -> Occasion | None:
    """Return the next occasion after `now`.

    Trust fades in whole days, so that many masters may be due at one midnight: each has its own place in the time over
    which they are spread. Everything else is due to the instant.
    """
    found = [o for o in _on_time(rebuilt, links, overrides) if o.at > now]
    if rebuilt.due_at is not None and rebuilt.due_at not in {o.at for o in found if o.reason in (BOUNDARY, EXPIRY)}:
        found.append(Occasion(rebuilt.due_at + spread * place(master_id), DECAY))
    return min(found, key=lambda o: (o.at, (*ON_TIME, DECAY).index(o.reason)), default=None)


def place(master_id: UUID) -> float:
    """Return the place of a master among all, from 0 to 1, always the same."""
    return master_id.int % PARTS / PARTS


def _on_time(rebuilt: Rebuilt, links: Sequence[Row], overrides: Sequence[Row]) -> Iterator[Occasion]:
    given = [(bound, BOUNDARY) for s in rebuilt.slices for bound in (s.valid_from, s.valid_to)]
    given += [(link.ended_at, RECORD_END) for link in links if link.linked]
    given += [(pin.expires_at, EXPIRY) for pin in overrides]
    given += [(pin.review_at, REVIEW) for pin in overrides]
    yield from (Occasion(at, reason) for at, reason in given if at is not None)

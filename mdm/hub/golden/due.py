"""Masters whose time has come: slices begin or end, overrides and records expire, trust has faded."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import structlog

from mdm.errors import Moved, Unavailable
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.golden.occasions import BOUNDARY, DECAY, EXPIRY, ON_TIME
from mdm.hub.golden.rebuild import rebuild
from mdm.hub.golden.touched import Touched
from mdm.store import golden
from mdm.store.ingest import loads
from mdm.store.rows import Row
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

SIZE = 100
REST = timedelta(minutes=10)  # for a master that cannot be rebuilt, before it is tried once more
SLOWLY = 20  # masters a second whose trust has faded, while loads wait until events are published
SECOND = 1.0

log = structlog.get_logger(__name__)


def lag(work: Work) -> float:
    """Return for how many seconds the first of what is due to the instant has waited."""
    waited = ages(work)
    return max((waited[reason] for reason in ON_TIME if reason in waited), default=0.0)


def fading_lag(work: Work) -> float:
    """Return for how many seconds the first master whose trust has faded has waited beyond its place."""
    return ages(work).get(DECAY, 0.0)


def ages(work: Work) -> dict[str, float]:
    """Return for how many seconds the first due master has waited, for every reason for which one is due."""
    found = golden.due_since(work.session, reasons=[*ON_TIME, DECAY], now=work.now)
    return {reason: (work.now - since).total_seconds() for reason, since in found.items()}


def advance(begin: Begin, *, reasons: Sequence[str] = ON_TIME, size: int = SIZE) -> int:
    """Rebuild masters that are due for these reasons, once each, and return how many were; in order within a reason.

    Masters that others have locked are left for the next time, and one that cannot be rebuilt rests and does not keep
    the others waiting. Correctness does not wait for this: reads are as-of. Raises Unavailable and Moved.
    """
    rows: list[Row] = []
    try:
        with begin() as work:
            work.hold_rules(work.catalog.domains.values())
            for reason in reasons:
                rows += golden.due_masters(work.session, reason=reason, now=work.now, size=size - len(rows))
            _advance(work, rows)
    except (Unavailable, Moved):
        raise
    except Exception:
        log.exception("due_crashed", first=[row.id for row in rows[:1]], masters=len(rows))
        for row in rows:
            _advance_alone(begin, row)
    return len(rows)


class Fading:
    """Rebuilds masters whose trust has faded, slowly while so many events await publishing that loads wait."""

    def __init__(self) -> None:
        """Be ready to begin at once."""
        self._next = 0.0

    def advance(self, begin: Begin) -> int:
        """Take the next turn and return how many masters were due; raises as `advance` does."""
        if time.monotonic() < self._next:
            return 0
        with begin() as work:
            slowly = loads.paused(work.session) is not None
        done = advance(begin, reasons=(DECAY,), size=SLOWLY if slowly else SIZE)
        if slowly:
            self._next = time.monotonic() + SECOND
        return done


def _advance_alone(begin: Begin, due: Row) -> None:
    try:
        with begin() as work:
            work.hold_rules(work.catalog.domains.values())
            _advance(work, golden.due_masters(work.session, reason=due.due_reason, now=work.now, size=1, ids=[due.id]))
    except (Unavailable, Moved):
        raise
    except Exception:
        log.exception("due_postponed", master=str(due.id), reason=due.due_reason)
        with begin() as work:
            golden.postpone(work.session, due.id, until=work.now + REST)


def _advance(work: Work, rows: Sequence[Row]) -> None:
    by_domain: dict[str, dict[UUID, Row]] = defaultdict(dict)
    for row in rows:
        by_domain[row.domain][row.id] = row
    for name, found in sorted(by_domain.items()):
        domain = work.catalog.domain(name)
        before = golden.causes(work.session, [(row.id, row.version) for row in found.values()])
        origins = {row.master_id: {**row.cause, "causation_id": f"event-{row.event_id}"} for row in before}
        causes = {master: Cause.following(_kind(row), origins.get(master)) for master, row in found.items()}
        drafts = rebuild(work, domain, {id_: Touched.of(id_, row) for id_, row in found.items()}, causes=causes)
        tasks.renew_orphans(work, domain, {master: draft.status for master, draft in drafts.items()})
        work.reach("advanced")


def _kind(due: Row) -> str:
    """Return what a change is caused by that shows when a master is due: a day that was known before, or by decay."""
    return due.due_reason if due.due_reason in (DECAY, EXPIRY) else BOUNDARY

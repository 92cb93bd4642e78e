"""Loads wait while too many events await publishing, and what comes singly goes on."""

import time

import structlog

from mdm.hub.ingest.conduct import Begin
from mdm.store.ingest import loads
from mdm.store.work import Work
from publishers import outbox

RESUME = 2  # loads go on when only one part in so many of the limit still waits
CHECK_SECONDS = 1.0
CHECK_SHARE = 20  # counting may take one part in so many of the time

log = structlog.get_logger(__name__)


def decide(work: Work, *, limit: int) -> bool:
    """Decide whether loads wait: from more than `limit` waiting events on, until half of them are out."""
    pause = loads.paused(work.session)
    waiting = outbox.pending_count(work.connection, bound=limit + 1)
    if pause is None and waiting > limit:
        if loads.pause(work.session, now=work.now, events=waiting):
            log.warning("loads_paused", events=waiting, limit=limit)
        return True
    if pause is not None and waiting <= limit // RESUME:
        if loads.resume(work.session):
            log.info("loads_resumed", events=waiting, seconds=round((work.now - pause.since).total_seconds()))
        return False
    return pause is not None


class Backlog:
    """Whether loads wait, as far as this process knows; it looks again every second or less often."""

    def __init__(self, begin: Begin, *, limit: int) -> None:
        """Have not looked yet."""
        self._begin = begin
        self._limit = limit
        self._holds = False
        self._next_look = 0.0

    def holds_loads(self) -> bool:
        """Tell whether loads wait; raises Unavailable while PostgreSQL is away."""
        began = time.monotonic()
        if began >= self._next_look:
            with self._begin() as work:
                self._holds = decide(work, limit=self._limit)
            took = time.monotonic() - began
            self._next_look = began + max(CHECK_SECONDS, CHECK_SHARE * took)
        return self._holds

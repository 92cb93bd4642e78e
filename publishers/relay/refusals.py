"""Subjects whose event the broker has refused: each waits alone, longer every time."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from publishers.errors import Refused
from publishers.event import CORRELATION
from publishers.outbox import Pending
from publishers.relay.metrics import Metrics
from publishers.relay.pace import Pace

logger = logging.getLogger(__name__)
MOST_BLOCKED = 8  # windows of refused subjects, then the broker itself is taken to be the trouble


@dataclass(slots=True)
class Refusal:
    """When a refused subject is tried again, and how long it waits after the next refusal."""

    until: float
    pause: float


class Refusals:
    """The refused subjects of one term of office."""

    def __init__(self, pace: Pace, metrics: Metrics) -> None:
        """Begin without any."""
        self._pace = pace
        self._metrics = metrics
        self._refusals: dict[str, Refusal] = {}

    def waiting(self) -> list[str] | None:
        """Return the subjects not to be tried yet, None when there are so many that nothing should be."""
        now = asyncio.get_running_loop().time()
        waiting = [subject for subject, refusal in self._refusals.items() if refusal.until > now]
        return None if len(waiting) > MOST_BLOCKED * self._pace.window else waiting

    def add(self, event: Pending, error: Refused) -> None:
        """Let the subject of an event wait, twice as long as the last time."""
        subject = event.message.subject
        pause = self._refusals[subject].pause if subject in self._refusals else self._pace.refusal
        until = asyncio.get_running_loop().time() + pause
        self._refusals[subject] = Refusal(until, min(pause * 2, self._pace.refusal_most))
        self._metrics.refused += 1
        self._metrics.blocked = len(self._refusals)
        self._metrics.fail(error)
        whose = event.message.headers.get(CORRELATION)
        text = "%s version %s (event %s, correlation %s) waits %.0f s: %s"
        logger.warning(text, subject, event.version, event.id, whose, pause, error)

    def drop(self, subjects: Iterable[str]) -> None:
        """Forget the refusals of subjects that were published at last."""
        for subject in subjects:
            self._refusals.pop(subject, None)
        self._metrics.blocked = len(self._refusals)

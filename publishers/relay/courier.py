"""Bringing one event into the stream exactly once: fence, doubt, and what a conflict means."""

import asyncio
import random

from publishers.broker import Broker, Stored
from publishers.errors import (
    NotReady,
    Refused,
    SequenceConflict,
    StreamAhead,
    StreamLost,
    SubjectPurged,
    Unavailable,
    UnknownOutcome,
)
from publishers.event import digest
from publishers.outbox import Pending
from publishers.relay.metrics import Metrics, State
from publishers.relay.pace import Faults
from publishers.waiting import wait

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
DOUBT = (Unavailable, UnknownOutcome, SequenceConflict, NotReady)


class Courier:
    """Publishes events over a broker, never skipping one whose outcome is unknown."""

    def __init__(self, broker: Broker, metrics: Metrics, *, faults: Faults) -> None:
        """`faults` is called at named points, for tests that stop the process there."""
        self._broker = broker
        self._metrics = metrics
        self._faults = faults

    async def deliver(self, event: Pending, stop: asyncio.Event) -> int | None:
        """Return the sequence under which the stream has the event, None if told to stop while in doubt.

        Raises Refused when the broker does not take the event, StreamAhead or StreamLost when stream and database
        contradict each other.
        """
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                return await self._attempt(event)
            except DOUBT as error:
                self._metrics.retried += 1
                self._metrics.reach(State.WAITING)
                self._metrics.fail(error)
            await wait(stop, pause * random.uniform(0.5, 1.0))  # noqa: S311 (spreads the retries)
            pause = min(pause * 2, LONGEST_PAUSE)
        return None

    async def _attempt(self, event: Pending) -> int:
        fence = event.fence
        if fence is not None and fence.version >= event.version:
            raise Refused(
                f"{event.message.subject} has reached version {fence.version}: version {event.version} comes too late.",
                hint="Versions were not numbered under a lock held until commit.",
            )
        self._faults("before_publish")
        try:
            sequence = await self._broker.publish(event.message, after=fence.stream_sequence if fence else 0)
        except SequenceConflict:
            sequence = await self._resolve(event)
        self._faults("after_publish")
        self._metrics.reach(State.PUBLISHING)
        return sequence

    async def _resolve(self, event: Pending) -> int:
        """Look at what the stream holds instead of what was expected."""
        self._faults("in_conflict")
        last = await self._broker.last(event.message.subject)
        if last is None:
            return await self._vanished(event)
        if last.event_id == str(event.id) and digest(last.data) == event.digest:
            self._metrics.recognised += 1
            return last.sequence
        if event.fence is not None and last.event_id == str(event.fence.event_id):
            return await self._broker.publish(event.message, after=last.sequence)  # the head was stored again
        raise _contradiction(event, last)

    async def _vanished(self, event: Pending) -> int:
        """Tell a lost stream from a purged subject by the age of the stream."""
        subject = event.message.subject
        if event.fence is None:
            raise UnknownOutcome(f"{subject} has no message and yet refuses the first.")
        created_at = await self._broker.created_at(subject)
        if created_at > event.fence.published_at:
            raise StreamLost(
                f"The stream was created at {created_at:%Y-%m-%d %H:%M:%S}, after {subject} reached version"
                f" {event.fence.version}; what it held before is gone.",
                hint="Repair the stream from the heads before publishing goes on.",
            )
        raise SubjectPurged(
            f"{subject} was purged from the stream after version {event.fence.version}.",
            hint="Repair the subject from its head.",
        )


def _contradiction(event: Pending, last: Stored) -> StreamAhead | StreamLost:
    known = event.fence.version if event.fence else 0
    if last.version < known:
        return StreamLost(
            f"The stream ends with version {last.version} of {last.subject}, version {known} was stored in it.",
            hint="Repair the stream from the heads before publishing goes on.",
        )
    return StreamAhead(
        f"The stream has version {last.version} of {last.subject} (event {last.event_id or 'unknown'}); the database"
        f" knows version {known} and wants to publish version {event.version} (event {event.id}).",
        hint="The database was restored to an earlier point, or another hub publishes to this stream.",
    )

"""What a relay does while it holds the lease: read, deliver, mark, renew, measure."""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from publishers import outbox
from publishers.broker import Broker
from publishers.errors import LeaseLost, Refused, StreamError
from publishers.outbox import Pending
from publishers.relay.courier import Courier
from publishers.relay.metrics import Metrics
from publishers.relay.pace import Faults, Pace
from publishers.waiting import wait

logger = logging.getLogger(__name__)
MOST_BLOCKED = 8  # windows of refused subjects, then the broker itself is taken to be the trouble
READ_SHARE = 2  # a rest is so many times as long as the read, which is slow while old snapshots hold dead rows
MEASURE = 1.0
MEASURE_SHARE = 20  # measuring may take one part in so many of the time


@dataclass(slots=True)
class Refusal:
    """When a refused subject is tried again, and how long it waits after the next refusal."""

    until: float
    pause: float


class Session:
    """One term of office of a relay; a subject is busy from reading its event until that is marked."""

    def __init__(
        self,
        reader: psycopg.AsyncConnection[Any],
        marker: psycopg.AsyncConnection[Any],
        broker: Broker,
        *,
        epoch: int,
        pace: Pace,
        metrics: Metrics,
        faults: Faults,
        woken: asyncio.Event,
    ) -> None:
        """Work under the epoch of a lease, on two connections of its own."""
        self._reader = reader
        self._marker = marker
        self._courier = Courier(broker, metrics, faults=faults)
        self._epoch = epoch
        self._pace = pace
        self._metrics = metrics
        self._faults = faults
        self._woken = woken
        self._queue: asyncio.Queue[Pending] = asyncio.Queue(maxsize=pace.window)
        self._busy: set[str] = set()
        self._refusals: dict[str, Refusal] = {}
        self._acknowledged: list[tuple[Pending, int]] = []
        self._any_acknowledged = asyncio.Event()
        self._hurry = asyncio.Event()
        self._finishing = False
        metrics.blocked = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop, then let what is in flight arrive and be marked.

        Raises LeaseLost, StreamError or psycopg.Error.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                workers = [tasks.create_task(self._work(stop)) for _ in range(self._pace.window)]
                workers += [tasks.create_task(self._renew()), tasks.create_task(self._measure())]
                marking = tasks.create_task(self._mark())
                await self._read(stop)
                await self._queue.join()
                self._finish()
                await marking
                for worker in workers:
                    worker.cancel()
        except BaseExceptionGroup as group:
            error = _gravest(group.exceptions)
            if isinstance(error, StreamError):
                with suppress(psycopg.Error, LeaseLost):
                    await self._flush()
            raise error from None

    async def _read(self, stop: asyncio.Event) -> None:
        loop, delay = asyncio.get_running_loop(), self._pace.poll_least
        while not stop.is_set():
            begun = loop.time()
            events = await self._next()
            least = max(self._pace.poll_least, READ_SHARE * (loop.time() - begun))
            if events:
                self._faults("after_read")
            self._busy.update(event.message.subject for event in events)
            for event in events:
                await self._queue.put(event)
            if len(events) == self._pace.window:
                continue
            delay = self._pace.poll_least if events else min(delay * 2, self._pace.poll_most)
            await self._rest(stop, least, delay)

    async def _rest(self, stop: asyncio.Event, least: float, delay: float) -> None:
        """Wait `least` seconds in any case, and up to `delay` unless woken."""
        await wait(stop, least)
        if delay > least and not stop.is_set():
            await wait(self._woken, delay - least)
        self._woken.clear()

    async def _next(self) -> list[Pending]:
        now = asyncio.get_running_loop().time()
        waiting = [subject for subject, refusal in self._refusals.items() if refusal.until > now]
        if len(waiting) > MOST_BLOCKED * self._pace.window:
            return []
        # A subject that is released while this reads is not in the answer: it was busy when the statement began.
        return await outbox.read_next(self._reader, busy=[*self._busy, *waiting], room=self._pace.window)

    async def _work(self, stop: asyncio.Event) -> None:
        while True:
            event = await self._queue.get()
            try:
                sequence = await self._courier.deliver(event, stop)
            except Refused as error:
                await self._refuse(event, error)
            else:
                if sequence is not None:
                    self._acknowledge(event, sequence)
            finally:
                self._queue.task_done()

    def _acknowledge(self, event: Pending, sequence: int) -> None:
        self._acknowledged.append((event, sequence))
        self._any_acknowledged.set()
        if len(self._acknowledged) >= self._pace.window // 2:
            self._hurry.set()

    async def _refuse(self, event: Pending, error: Refused) -> None:
        subject = event.message.subject
        pause = self._refusals[subject].pause if subject in self._refusals else self._pace.refusal
        until = asyncio.get_running_loop().time() + pause
        self._refusals[subject] = Refusal(until, min(pause * 2, self._pace.refusal_most))
        self._metrics.refused += 1
        self._metrics.blocked = len(self._refusals)
        self._metrics.last_error = str(error)
        logger.warning("%s version %s waits %.0f s: %s", subject, event.version, pause, error)
        await outbox.note_failure(self._reader, seq=event.seq, error=str(error))
        self._busy.discard(subject)

    async def _mark(self) -> None:
        while True:
            await self._any_acknowledged.wait()
            await wait(self._hurry, self._pace.linger)
            if not self._finishing:
                self._any_acknowledged.clear()
                self._hurry.clear()
            await self._flush()
            if self._finishing and not self._acknowledged:
                return

    def _finish(self) -> None:
        self._finishing = True
        self._any_acknowledged.set()
        self._hurry.set()

    async def _flush(self) -> None:
        batch, self._acknowledged = self._acknowledged, []
        if not batch:
            return
        self._faults("before_mark")
        await outbox.mark(self._marker, epoch=self._epoch, stored=[(event.seq, sequence) for event, sequence in batch])
        self._faults("after_mark")
        for event, _ in batch:
            self._busy.discard(event.message.subject)
            self._refusals.pop(event.message.subject, None)
        self._metrics.published += len(batch)
        self._metrics.blocked = len(self._refusals)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._pace.lease / 3)
            self._faults("before_renew")
            await outbox.renew_lease(self._marker, epoch=self._epoch, seconds=self._pace.lease)

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            self._metrics.pending, self._metrics.lag_seconds = await outbox.read_backlog(self._reader)
            await asyncio.sleep(max(MEASURE, MEASURE_SHARE * (loop.time() - begun)))


def _gravest(errors: Sequence[BaseException]) -> BaseException:
    """Choose the one error to report of several tasks that failed together."""
    order = (StreamError, LeaseLost, psycopg.Error)
    return min(
        errors, key=lambda error: next((i for i, kind in enumerate(order) if isinstance(error, kind)), -math.inf)
    )

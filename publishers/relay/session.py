"""What a relay does while it holds the lease: read, deliver, mark, renew, measure, report."""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from publishers import outbox, roster
from publishers.broker import Broker
from publishers.errors import LeaseLost, Refused, StreamError
from publishers.outbox import Pending
from publishers.relay.courier import Courier
from publishers.relay.metrics import Metrics
from publishers.relay.pace import Faults, Pace
from publishers.relay.patience import patient
from publishers.relay.refusals import Refusals
from publishers.waiting import wait

logger = logging.getLogger(__name__)
READ_SHARE = 2  # a rest is so many times as long as the read, which is slow while old snapshots hold dead rows
SCAN, SCAN_FAR = 2, 8  # events looked at per event wanted; far after few were found: one subject may have many
MEASURE = 1.0
MEASURE_SHARE = 20  # measuring may take one part in so many of the time


class Session:
    """One term of office of a relay; a subject is busy from reading its event until that is marked."""

    def __init__(
        self,
        reader: psycopg.AsyncConnection[Any],
        marker: psycopg.AsyncConnection[Any],
        broker: Broker,
        *,
        holder: str,
        pace: Pace,
        metrics: Metrics,
        faults: Faults,
        woken: asyncio.Event,
    ) -> None:
        """Work under the epoch `metrics` has, on two connections of its own."""
        self._reader = reader
        self._marker = marker
        self._courier = Courier(broker, metrics, faults=faults)
        self._holder = holder
        self._epoch = metrics.epoch
        self._pace = pace
        self._metrics = metrics
        self._faults = faults
        self._woken = woken
        self._queue: asyncio.Queue[Pending] = asyncio.Queue(maxsize=pace.window)
        self._busy: set[str] = set()
        self._scan = pace.window * SCAN_FAR
        self._refusals = Refusals(pace, metrics)
        self._acknowledged: list[tuple[Pending, int]] = []
        self._any_acknowledged = asyncio.Event()
        self._hurry = asyncio.Event()
        self._finishing = False
        self._contradicted: set[int] = set()  # events of which the stream says what it cannot

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop, then let what is in flight arrive and be marked.

        Raises LeaseLost or psycopg.Error.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                workers = [tasks.create_task(self._work(stop)) for _ in range(self._pace.window)]
                workers += [tasks.create_task(task()) for task in (self._renew, self._measure, self._report)]
                marking = tasks.create_task(self._mark())
                await self._read(stop)
                await self._arrived()
                self._finish()
                await marking
                for worker in workers:
                    worker.cancel()
        except BaseExceptionGroup as group:
            raise _gravest(group.exceptions) from None

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
        waiting = self._refusals.waiting()
        if waiting is None or self._contradicted:
            return []
        # A subject that is released while this reads is not in the answer: it was busy when the statement began.
        with self._patient():
            events = await outbox.read_next(
                self._reader, busy=[*self._busy, *waiting], room=self._pace.window, scan=self._scan
            )
        self._scan = self._pace.window * (SCAN if len(events) == self._pace.window else SCAN_FAR)
        return events

    async def _work(self, stop: asyncio.Event) -> None:
        while True:
            event = await self._queue.get()
            self._metrics.in_flight += 1
            if self._metrics.in_flight == self._pace.window:
                self._faults("window_full")
            try:
                await self._deliver(event, stop)
            finally:
                self._metrics.in_flight -= 1
                self._queue.task_done()

    async def _deliver(self, event: Pending, stop: asyncio.Event) -> None:
        pending: Pending | None = event
        while pending is not None:
            try:
                sequence = await self._courier.deliver(pending, stop)
            except StreamError as error:
                pending = await self._look_again(pending, error, stop)
                continue
            except Refused as error:
                await self._refuse(pending, error)
            else:
                self._acknowledge(pending, sequence)
            break
        else:
            self._busy.discard(event.message.subject)
        self._contradicted.discard(event.seq)
        self._metrics.contradict(len(self._contradicted))

    async def _look_again(self, event: Pending, error: StreamError, stop: asyncio.Event) -> Pending | None:
        """Halt, and after a while return the event as it is by then: None if somebody has settled it."""
        # To a relay that has lost its lease what its successor published looks like a contradiction.
        with self._patient():
            await outbox.renew_lease(self._marker, epoch=self._epoch, seconds=self._pace.lease)
        if not self._contradicted:
            logger.error("relay %s halts: %s", self._holder, error)
        self._contradicted.add(event.seq)
        self._metrics.fail(error)
        self._metrics.contradict(len(self._contradicted))
        await wait(stop, self._pace.halted)
        with self._patient():
            return await outbox.read_again(self._reader, seq=event.seq)

    async def _refuse(self, event: Pending, error: Refused) -> None:
        self._refusals.add(event, error)
        with self._patient():
            await outbox.note_failure(self._reader, seq=event.seq, error=str(error))
        self._busy.discard(event.message.subject)

    def _acknowledge(self, event: Pending, sequence: int | None) -> None:
        if sequence is None:  # in doubt when told to stop
            return
        self._acknowledged.append((event, sequence))
        self._any_acknowledged.set()
        if len(self._acknowledged) >= self._pace.window // 2:
            self._hurry.set()

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

    async def _arrived(self) -> None:
        """Wait for what is in flight; what has not arrived in time is looked for by the next term of office."""
        try:
            async with asyncio.timeout(self._pace.farewell):
                await self._queue.join()
        except TimeoutError:
            logger.warning("relay %s leaves %d events in doubt", self._holder, self._metrics.in_flight)

    def _finish(self) -> None:
        self._finishing = True
        self._any_acknowledged.set()
        self._hurry.set()

    async def _flush(self) -> None:
        batch, self._acknowledged = self._acknowledged, []
        if not batch:
            return
        self._faults("before_mark")
        stored = [(event.seq, sequence) for event, sequence in batch]
        with self._patient():
            await outbox.mark(self._marker, epoch=self._epoch, stored=stored)
        self._faults("after_mark")
        subjects = [event.message.subject for event, _ in batch]
        self._busy.difference_update(subjects)
        self._refusals.drop(subjects)
        self._metrics.published += len(batch)

    def _patient(self) -> AbstractContextManager[None]:
        return patient(self._pace, self._reader, self._marker)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._pace.lease / 3)
            self._faults("before_renew")
            with self._patient():
                await outbox.renew_lease(self._marker, epoch=self._epoch, seconds=self._pace.lease)

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            with self._patient():
                self._metrics.pending, self._metrics.lag_seconds = await outbox.read_backlog(self._reader)
            await asyncio.sleep(max(MEASURE, MEASURE_SHARE * (loop.time() - begun)))

    async def _report(self) -> None:
        while True:
            with self._patient():
                await roster.report(self._marker, self._metrics.said(self._holder))
            await asyncio.sleep(self._pace.standby)


def _gravest(errors: Sequence[BaseException]) -> BaseException:
    """Choose the one error to report of several tasks that failed together."""
    order = (LeaseLost, psycopg.Error)
    return min(
        errors, key=lambda error: next((i for i, kind in enumerate(order) if isinstance(error, kind)), -math.inf)
    )

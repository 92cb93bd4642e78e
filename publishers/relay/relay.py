"""One relay by lease: reads the outbox by state, publishes in order per subject, marks under its epoch."""

import asyncio
import logging
import socket
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import psycopg

from publishers import outbox
from publishers.broker import Broker
from publishers.errors import LeaseLost, StreamError
from publishers.relay.metrics import Metrics, State
from publishers.relay.pace import Faults, Pace, no_faults
from publishers.relay.session import Session
from publishers.waiting import wait

logger = logging.getLogger(__name__)


class Relay:
    """Moves events from the outbox to the broker; run as many as you like, one of them publishes."""

    def __init__(
        self,
        dsn: str,
        broker: Broker,
        *,
        pace: Pace = Pace(),  # noqa: B008 (immutable)
        holder: str | None = None,
        faults: Faults = no_faults,
    ) -> None:
        """`holder` names this relay in the lease; `faults` is called at every one of FAULT_POINTS."""
        self.metrics = Metrics()
        self._dsn = dsn
        self._broker = broker
        self._pace = pace
        self._holder = holder or f"{socket.gethostname()}/{uuid4().hex[:8]}"
        self._faults = faults
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Look into the outbox soon, instead of at the next poll; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Publish, or stand by, until `stop` is set; survive the loss of database, broker and lease.

        Raises StreamAhead or StreamLost when stream and database contradict each other: that needs a person.
        """
        self._loop = asyncio.get_running_loop()
        try:
            while not stop.is_set():
                try:
                    await self._serve(stop)
                except LeaseLost:
                    logger.warning("relay %s lost its lease", self._holder)
                    self.metrics.state = State.STANDBY
                except psycopg.Error as error:
                    logger.warning("relay %s waits for the database: %s", self._holder, error)
                    self.metrics.state, self.metrics.last_error = State.WAITING, str(error)
                    await wait(stop, self._pace.standby)
        except StreamError as error:
            self.metrics.last_error = str(error)
            raise
        finally:
            self.metrics.state = State.STOPPED

    async def _serve(self, stop: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            reader = await stack.enter_async_context(await _connected(self._dsn))
            marker = await stack.enter_async_context(await _connected(self._dsn))
            epoch = await self._lease(marker, stop)
            if epoch is None:
                return
            self._faults("lease_taken")
            self.metrics.state, self.metrics.epoch = State.PUBLISHING, epoch
            session = Session(
                reader, marker, self._broker, epoch=epoch, pace=self._pace, metrics=self.metrics, faults=self._faults,
                woken=self._woken,
            )  # fmt: skip
            await session.run(stop)
            self._faults("before_release")
            await outbox.renew_lease(marker, epoch=epoch, seconds=0)

    async def _lease(self, connection: psycopg.AsyncConnection[Any], stop: asyncio.Event) -> int | None:
        while not stop.is_set():
            epoch = await outbox.take_lease(connection, holder=self._holder, seconds=self._pace.lease)
            if epoch is not None:
                return epoch
            self.metrics.state = State.STANDBY
            await wait(stop, self._pace.standby)
        return None


def _connected(dsn: str) -> Awaitable[psycopg.AsyncConnection[Any]]:
    return psycopg.AsyncConnection.connect(
        dsn,
        autocommit=True,
        application_name="relay",
        connect_timeout=5,
        keepalives_idle=5,  # a connection cut without a word is noticed after seconds
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )

"""One relay by lease: reads the outbox by state, publishes in order per subject, marks under its epoch."""

import asyncio
import logging
import socket
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict

from publishers import outbox, roster
from publishers.broker import Broker
from publishers.errors import LeaseLost
from publishers.relay.metrics import Metrics, State
from publishers.relay.pace import Faults, Pace, no_faults
from publishers.relay.patience import patient
from publishers.relay.session import Session
from publishers.waiting import wait

logger = logging.getLogger(__name__)
CALM = 60.0  # seconds between two lines about the same outage
PLANS = {  # by index in order whatever the statistics say: those of an outbox that has just grown are of an empty one
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_custom_plan",
}


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
        """`holder` names this process, and no other, in the lease; `faults` is called at every one of FAULT_POINTS."""
        self.metrics = Metrics()
        self.holder = holder or f"{socket.gethostname()}/{uuid4().hex[:8]}"
        self._dsn = dsn
        self._broker = broker
        self._pace = pace
        self._faults = faults
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._quiet_until = 0.0

    def wake(self) -> None:
        """Look into the outbox soon, instead of at the next poll; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Publish, or stand by, until `stop` is set; survive the loss of database, broker and lease.

        While stream and database contradict each other the relay keeps its lease, publishes nothing, and says so.
        """
        self._loop = asyncio.get_running_loop()
        try:
            while not stop.is_set():
                try:
                    await self._serve(stop)
                except LeaseLost as error:
                    logger.warning("relay %s lost its lease", self.holder)
                    self.metrics.fail(error)
                    self.metrics.end(State.STANDBY)
                except psycopg.Error as error:
                    self._report_outage(error)
                    await wait(stop, self._pace.standby)
        finally:
            self.metrics.end(State.STOPPED)

    async def _serve(self, stop: asyncio.Event) -> None:
        async with await connected(self._dsn) as marker:
            epoch = await self._lease(marker, stop)
            if epoch is not None:
                await self._publish(marker, epoch, stop)
            with suppress(psycopg.Error):
                await roster.leave(marker, holder=self.holder)

    async def _lease(self, connection: psycopg.AsyncConnection[Any], stop: asyncio.Event) -> int | None:
        while not stop.is_set():
            with patient(self._pace, connection):
                epoch = await outbox.take_lease(connection, holder=self.holder, seconds=self._pace.lease)
                if epoch is not None:
                    return epoch
                self.metrics.end(State.STANDBY)
                await roster.report(connection, self.metrics.said(self.holder))
            await wait(stop, self._pace.standby)
        return None

    async def _publish(self, marker: psycopg.AsyncConnection[Any], epoch: int, stop: asyncio.Event) -> None:
        self._faults("lease_taken")
        self._quiet_until = 0.0
        self.metrics.begin(epoch)
        async with await connected(self._dsn) as reader:
            session = Session(
                reader, marker, self._broker, holder=self.holder, pace=self._pace, metrics=self.metrics,
                faults=self._faults, woken=self._woken,
            )  # fmt: skip
            await session.run(stop)
        self._faults("before_release")
        with patient(self._pace, marker):
            await outbox.renew_lease(marker, epoch=epoch, seconds=0)

    def _report_outage(self, error: psycopg.Error) -> None:
        self.metrics.fail(error)
        self.metrics.end(State.WAITING)
        now = asyncio.get_running_loop().time()
        if now > self._quiet_until:
            logger.warning("relay %s waits for the database: %s", self.holder, error)
            self._quiet_until = now + CALM


def connected(dsn: str) -> Awaitable[psycopg.AsyncConnection[Any]]:
    """Connect as a relay does."""
    settings = [str(conninfo_to_dict(dsn).get("options") or ""), *(f"-c {name}={how}" for name, how in PLANS.items())]
    return psycopg.AsyncConnection.connect(
        dsn,
        autocommit=True,
        application_name="relay",
        options=" ".join(settings).strip(),
        connect_timeout=5,
        keepalives_idle=5,  # a connection cut without a word is noticed after seconds
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )

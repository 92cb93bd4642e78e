"""Real processes of the hub: workers and relays that tests start, kill and start again."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mdm.core.security import SYSTEM
from mdm.hub import standing
from mdm.hub.audit import audit, begin_survey
from mdm.settings import Settings
from publishers import BrokerError, Stored
from publishers.jetstream import JetStreamBroker
from tests.support.hubs import HubUnderTest

PATIENCE = 60.0
LOOK = 0.05


@dataclass
class RunningParts:
    """Starts `mdm worker` processes on the servers of a test."""

    hub: HubUnderTest
    nats_url: str

    def start(self, role: str, **settings: Any) -> subprocess.Popen[bytes]:
        """Start a worker or relay; further settings go into its environment."""
        given = Settings(postgres_dsn=self.hub.dsn, nats_url=self.nats_url, log_level="error", **settings)
        return subprocess.Popen([sys.executable, "-m", "mdm", "worker", role], env=given.environment())

    @contextmanager
    def running(self, *roles: str, **settings: Any) -> Iterator[None]:
        """Run workers for as long as the block lasts, then stop them and see that they end cleanly."""
        started = [self.start(role, **settings) for role in roles]
        try:
            yield
        finally:
            for process in started:
                process.terminate()
            codes = [process.wait(timeout=20) for process in started]
        assert set(codes) <= {0, -signal.SIGTERM}  # the latter if it had not even begun

    def let_lease_run_out(self) -> None:
        """Spare the test the seconds after which a dead relay is replaced."""
        with self.hub.hub.begin() as work:
            work.connection.execute("UPDATE publishers.lease SET expires_at = clock_timestamp()")

    def wait_until_settled(self) -> None:
        """Wait until everything is processed and published."""

        def settled() -> bool:
            with self.hub.hub.begin() as work:
                return standing.settled(work)

        wait_until(settled)

    def broken(self) -> list[str]:
        """Return what the audit finds broken, in the database and in the stream."""
        with self.hub.hub.begin() as work:
            survey = begin_survey(work)
        for stored in asyncio.run(whole_stream(self.nats_url)):
            survey.note(stored)
        with self.hub.hub.begin_as(SYSTEM) as work:
            report = audit(work, survey=survey)
        assert not report.unchecked
        return [finding for broken in report.broken for finding in broken.findings]


async def whole_stream(url: str) -> list[Stored]:
    """Read everything the golden stream holds, without data; servers that choose a leader are asked again."""
    end = time.monotonic() + PATIENCE
    async with JetStreamBroker(url, "MDM_GOLDEN", name="test-audit") as broker:
        while True:
            try:
                return [stored async for stored in broker.walk(newest=False)]
            except BrokerError:
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(LOOK)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fails after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(LOOK)

"""A downstream system's reader: newest state of every subject first, then the live tail, each version once."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic

from publishers.errors import BrokerError, NotReady, StoreFailed
from publishers.jetstream import ConsumerPlan
from publishers.subscriber.apply import Handler
from publishers.subscriber.bodies import Bodies
from publishers.subscriber.feed import PATIENCE, Feed, Terms
from publishers.subscriber.health import Health, Progress, judge
from publishers.subscriber.retries import Retries
from publishers.subscriber.store import Connection, Store
from publishers.waiting import wait

logger = logging.getLogger(__name__)
RETRY_DELAYS = (1.0, 5.0, 15.0, 60.0, 300.0, 600.0, 600.0)
LONGEST_PAUSE = 10.0
HEALTH_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """Where copies of events appear when a replay was asked for this subscriber: `<root>.<request>.<name>.>`."""

    stream: str = "MDM_REPLAY"
    root: str = "mdm.replay.v1"


class Subscriber(Generic[Connection]):
    """Feeds a handler from a stream; the handler's work and the position commit together."""

    def __init__(
        self,
        url: str,
        *,
        stream: str,
        subjects: str | Sequence[str],
        name: str,
        store: Store[Connection],
        handler: Handler[Connection],
        replays: ReplaySource | None = None,
        bodies: Bodies | None = None,
        batch: int = 200,
        ack_wait: float = 30.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        credentials: Path | None = None,
        domain: str | None = None,
        health_file: Path | None = None,
    ) -> None:
        """`name` is this subscriber's durable consumer: one name per store, never shared.

        `handler(connection, event)` runs in a thread, inside the store's transaction; when it raises, the event is
        tried again after each of `retry_delays` (seconds) and then given up. What was in hand at a crash comes again
        after `ack_wait` seconds. `replays` follows copies made for this subscriber too, `bodies` fetches what large
        events refer to, `credentials` is a file to log in with and `domain` the JetStream domain that goes with them,
        `health_file` gets `health()` every five seconds.
        """
        self.progress = Progress()
        self._name = name
        self._health_file = health_file
        terms = Terms(
            url=url,
            credentials=credentials,
            domain=domain,
            store=store,
            handler=handler,
            batch=batch,
            bodies=bodies,
            retries=Retries(retry_delays),
            progress=self.progress,
        )
        wanted = (subjects,) if isinstance(subjects, str) else tuple(subjects)
        plans = [ConsumerPlan(stream=stream, name=name, subjects=wanted, newest=True, ack_wait=ack_wait)]
        if replays is not None:
            copies = (f"{replays.root}.*.{name}.>",)
            plans.append(ConsumerPlan(stream=replays.stream, name=name, subjects=copies, ack_wait=ack_wait))
        self._feeds = [Feed(terms, plan) for plan in plans]

    def health(self) -> Health:
        """Judge how it is now."""
        return judge(self.progress, now=datetime.now(UTC))

    def run_until_signal(self) -> None:
        """Run until SIGINT or SIGTERM, finishing the event in hand and giving back the rest."""

        async def main() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop.set)
            await self.run(stop)

        asyncio.run(main())

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the stream until `stop` is set; survive the loss of server, stream, consumer and store."""
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds:
                group.create_task(self._keep(feed, stop))
            if self._health_file is not None:
                group.create_task(self._show_health(self._health_file, stop))
        if self._health_file is not None:
            self._write_health(self._health_file)

    async def _keep(self, feed: Feed[Connection], stop: asyncio.Event) -> None:
        pause = PATIENCE
        while not stop.is_set():
            applied = self.progress.applied
            try:
                await feed.follow(stop)
            except (BrokerError, NotReady, StoreFailed) as error:
                logger.warning("subscriber %s waits: %s", self._name, error)
                self.progress.lose(str(error), replays=feed.replays)
                pause = PATIENCE if self.progress.applied > applied else min(pause * 2, LONGEST_PAUSE)
                await wait(stop, pause)
        if not feed.replays:
            self.progress.connected = self.progress.caught_up = False

    async def _show_health(self, file: Path, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._write_health(file)
            await wait(stop, HEALTH_EVERY)

    def _write_health(self, file: Path) -> None:
        with contextlib.suppress(OSError):  # a full disk is no reason to stop
            self.health().write(file)

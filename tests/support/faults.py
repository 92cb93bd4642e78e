"""What happens to servers and relays under load: each fault short, with light relays, or long, with the hub's own."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mdm import streams
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, provision
from tests.support.load import Load, then_nothing_is_lost_or_doubled
from tests.support.nats_cluster import NatsCluster
from tests.support.proxy import Proxy
from tests.support.running import RunningParts

PAUSE = 0.02  # seconds between deliveries
LONE_RELAY = Path(__file__).parent / "lone_relay.py"


@dataclass
class LightParts(RunningParts):
    """Starts relays that know nothing of the hub, on streams made for them."""

    def start(self, role: str, **settings: Any) -> subprocess.Popen[bytes]:
        """Start a relay."""
        assert role == "relay"
        given = Settings(**settings)
        asyncio.run(self._provision(given))
        words = [self.hub.dsn, self.nats_url, str(given.relay_lease_seconds)]
        return subprocess.Popen([sys.executable, LONE_RELAY, *words])

    async def _provision(self, settings: Settings) -> None:
        async with JetStreamBroker(self.nats_url, settings.stream) as broker:
            for plan in (streams.golden(settings), streams.audit(settings)):
                await provision(broker, plan)


def leaders_are_killed(parts: RunningParts, cluster: NatsCluster, *, rounds: int) -> None:
    """The server that leads the stream is killed, again and again."""
    with under_load(parts, stream_replicas=3) as load:
        for _ in range(rounds):
            leader = cluster.leader("MDM_GOLDEN")
            leader.kill()
            load.wait_for_more()
            leader.start()


def publishing_relay_is_frozen(parts: RunningParts, *, seconds: float, lease: float) -> None:
    """Of three relays the one that publishes is frozen, replaced, and thawed with what it had in hand."""
    with under_load(parts, relays=3, relay_lease_seconds=lease) as load:
        load.relays[0].send_signal(signal.SIGSTOP)
        thaw_at = time.monotonic() + seconds
        load.wait_for_more()
        time.sleep(max(0.0, thaw_at - time.monotonic()))
        load.relays[0].send_signal(signal.SIGCONT)
        load.wait_for_more()


def network_falls_silent(parts: RunningParts, network: Proxy, *, seconds: float, rounds: int) -> None:
    """The connection of the relay is half-open: nothing is closed, and nothing arrives."""
    with under_load(parts) as load:
        for _ in range(rounds):
            network.freeze()
            time.sleep(seconds)
            network.thaw()
            load.wait_for_more()


def server_is_away(
    parts: RunningParts,
    *,
    stop: Callable[[], None],
    start: Callable[[], None],
    seconds: float,
    pause: float = PAUSE,
    lease: float = 9,
) -> None:
    """A server stops, is away for a while, and comes back."""
    with under_load(parts, pause=pause, relay_lease_seconds=lease) as load:
        stop()
        time.sleep(seconds)
        start()
        load.wait_for_more()


def relay_is_killed_at_every_point(parts: RunningParts, points: Sequence[str]) -> None:
    """Relays are killed one after the other, each at another point."""
    with under_load(parts, records=150, relay_lease_seconds=1) as load:
        load.relays[0].kill()
        _end(load.relays.pop())
        for point in points:
            if point == "in_conflict":  # with what one stored that was killed before it could mark it
                _end(_killing_itself(parts, "after_publish"))
            if point == "window_full":
                load.wait_for_backlog(140)
            relay = _killing_itself(parts, point)
            if point == "before_release":
                load.wait_for_more()
                relay.terminate()
            _end(relay)
        load.relays.append(parts.start("relay", relay_lease_seconds=1))
        load.wait_for_more()


def stream_reaches_its_limit(parts: RunningParts, *, limit: int) -> None:
    """The stream has as many bytes as it may, until somebody allows more."""
    plan = streams.golden(Settings(stream_max_bytes=100 * limit))

    async def allow_more() -> None:
        async with JetStreamBroker(parts.nats_url, plan.name) as broker:
            await provision(broker, plan)

    store_is_full(parts, lambda: asyncio.run(allow_more()), stream_max_bytes=limit)


def store_is_full(parts: RunningParts, make_room: Callable[[], None], **settings: Any) -> None:
    """Nothing more can be stored, until somebody makes room."""
    with under_load(parts, pause=0, **settings) as load:
        load.wait_until_stuck()
        make_room()
        load.wait_for_more()


def stream_is_deleted(parts: RunningParts, delete: Callable[[], None], rebuild: Callable[[], None]) -> None:
    """Somebody deletes the stream; it is rebuilt from the heads."""
    with under_load(parts) as load:
        load.rebuilt = True
        delete()
        time.sleep(5)
        rebuild()
        load.wait_for_more()


def _killing_itself(parts: RunningParts, point: str) -> subprocess.Popen[bytes]:
    return parts.start("relay", relay_lease_seconds=1, kill_at=point)


def _end(relay: subprocess.Popen[bytes]) -> None:
    """See that a relay has been killed."""
    assert relay.wait(timeout=60) == -signal.SIGKILL


@contextmanager
def under_load(
    parts: RunningParts, *, relays: int = 1, records: int = 10, pause: float = PAUSE, **settings: Any
) -> Iterator[Load]:
    """Deliver and publish while the block breaks things, then see that nothing is lost, doubled or out of order."""
    load = Load(parts.hub, pause=pause, records=records)
    load.relays.append(parts.start("relay", **settings))
    try:
        with load:
            load.wait_for_more()  # so the first relay has the lease
            load.relays += [parts.start("relay", **settings) for _ in range(relays - 1)]
            yield load
        parts.wait_until_settled()
    finally:
        for relay in load.relays:
            relay.send_signal(signal.SIGCONT)
            relay.terminate()
        codes = {relay.wait(timeout=20) for relay in load.relays}
    assert codes <= {0, -signal.SIGTERM}  # the latter if it had not even begun
    then_nothing_is_lost_or_doubled(parts, load)

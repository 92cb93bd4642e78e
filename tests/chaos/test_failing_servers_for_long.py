"""The hub's own relays, real outages and full disks: every version arrives once and in order, the audit is clean."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mdm.embedded.nats import Variant
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.relay import FAULT_POINTS
from tests.support import faults
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.nats_cluster import NatsCluster
from tests.support.proxy import Proxy
from tests.support.running import RunningParts
from tests.support.servers import KillableNats, KillablePostgres, delete_streams, migrate, open_folder

pytestmark = pytest.mark.chaos
TEN_MINUTES = 600.0
SMALL = 150_000  # bytes


@pytest.fixture
def nats(durable_nats: Callable[[], KillableNats]) -> KillableNats:
    return durable_nats()


def test_every_leader_is_killed_in_turn(hub: HubUnderTest, durable_cluster: NatsCluster) -> None:
    faults.leaders_are_killed(RunningParts(hub, durable_cluster.url), durable_cluster, rounds=6)


def test_nats_is_away_for_ten_minutes(hub: HubUnderTest, nats: KillableNats) -> None:
    parts = RunningParts(hub, nats.url)
    faults.server_is_away(parts, stop=nats.kill, start=nats.start, seconds=TEN_MINUTES, pause=0.2)


@pytest.mark.parametrize("seconds", [2, 8, 60])
def test_network_falls_silent_again_and_again(hub: HubUnderTest, nats: KillableNats, seconds: float) -> None:
    with Proxy(nats.server.port) as network:
        faults.network_falls_silent(RunningParts(hub, network.url), network, seconds=seconds, rounds=3)


@pytest.mark.parametrize("lease", [1, 9])
def test_publishing_relay_of_three_is_frozen_for_half_a_minute(
    hub: HubUnderTest, nats: KillableNats, lease: float
) -> None:
    faults.publishing_relay_is_frozen(RunningParts(hub, nats.url), seconds=30, lease=lease)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_postgresql_is_away_under_load(
    durable_postgres: Callable[[], KillablePostgres], nats: KillableNats, end: str
) -> None:
    server = durable_postgres()
    migrate(server.dsn)
    with opened_hub(server.dsn) as hub:
        parts = RunningParts(hub, nats.url)
        faults.server_is_away(parts, stop=getattr(server, end), start=server.start, seconds=10)


def test_relay_is_killed_at_every_point_under_load(hub: HubUnderTest, nats: KillableNats) -> None:
    faults.relay_is_killed_at_every_point(RunningParts(hub, nats.url), FAULT_POINTS)


def test_stream_reaches_its_limit(hub: HubUnderTest, nats: KillableNats) -> None:
    faults.stream_reaches_its_limit(RunningParts(hub, nats.url), limit=SMALL)


async def leave_room(nats: KillableNats, room: int, *, of: int) -> None:
    """Fill the store of a server with something else."""
    async with JetStreamBroker(nats.url, "BALLAST") as broker:
        await provision(broker, StreamPlan(name="BALLAST", subjects=("ballast",), max_messages_per_subject=-1))
        context = await broker.context()
        for _ in range((of - room) // SMALL):
            await context.publish("ballast", bytes(SMALL))


@contextmanager
def almost_full(folder: Path, size: int) -> Iterator[KillableNats]:
    """Run a server that has room for a few events."""
    nats = KillableNats(folder, Variant(jetstream=(f"max_file_store: {size}",)))
    nats.start()
    try:
        asyncio.run(leave_room(nats, 2 * SMALL, of=min(size, shutil.disk_usage(folder).free)))
        yield nats
    finally:
        nats.stop()


def test_store_of_the_server_reaches_its_limit(hub: HubUnderTest) -> None:
    with open_folder() as folder, almost_full(Path(folder), 20 * SMALL) as nats:

        def make_room() -> None:
            nats.stop()
            nats.variant = Variant()
            nats.start()

        faults.store_is_full(RunningParts(hub, nats.url), make_room)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", tmp_path]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_disk_of_the_server_is_full(hub: HubUnderTest, small_disk: Path) -> None:
    with almost_full(small_disk, 1_000 * SMALL) as nats:

        def make_room() -> None:
            subprocess.run(["mount", "-o", "remount,size=256m", small_disk], check=True)
            nats.stop()  # a server that could not write does not try again by itself
            nats.start()

        faults.store_is_full(RunningParts(hub, nats.url), make_room)


def test_stream_is_deleted_and_rebuilt_under_load(hub: HubUnderTest, nats: KillableNats) -> None:
    parts = RunningParts(hub, nats.url)

    def rebuild() -> None:
        given = Settings(postgres_dsn=hub.dsn, nats_url=nats.url, log_level="error")
        words = [sys.executable, "-m", "mdm", "repair", "--apply", "--reason", "somebody deleted it"]
        subprocess.run(words, env=given.environment(), check=True, timeout=60)

    faults.stream_is_deleted(parts, lambda: delete_streams(nats.url), rebuild)

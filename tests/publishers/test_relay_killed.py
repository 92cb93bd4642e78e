"""A relay killed at any named point loses nothing and stores nothing twice."""

import asyncio
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest

from publishers.jetstream import JetStreamBroker
from publishers.relay import FAULT_POINTS
from tests.publishers.events import an_event, append, query
from tests.publishers.relays import relay, until

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.nats]
SCRIPT = Path(__file__).parent / "killed_relay.py"
SUBJECTS = [f"test.v1.s{number}" for number in range(20)]
HITS = {
    "lease_taken": 1, "after_read": 2, "window_full": 2, "before_mark": 2, "after_mark": 2, "before_renew": 1,
    "before_release": 1,
}  # fmt: skip


async def run_until_killed(dsn: str, url: str, point: str, hits: int) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, SCRIPT, dsn, url, point, str(hits))
    assert await asyncio.wait_for(process.wait(), 15) == -signal.SIGKILL


@pytest.mark.parametrize("point", FAULT_POINTS)
async def test_relay_killed_at_a_point_loses_and_repeats_nothing(
    point: str, dsn: str, nats_url: str, jetstream: JetStreamBroker
) -> None:
    append(dsn, *[an_event(subject, version) for version in (1, 2, 3) for subject in SUBJECTS])
    if point == "in_conflict":
        await run_until_killed(dsn, nats_url, "after_publish", 7)
    await run_until_killed(dsn, nats_url, point, HITS.get(point, 3 if point == "in_conflict" else 7))
    async with relay(dsn, jetstream) as running:
        await until(lambda: running.metrics.epoch > 1 and not waiting(dsn))
    await then_stream_is_complete(dsn, jetstream)


def waiting(dsn: str) -> bool:
    return query(dsn, "SELECT EXISTS (SELECT FROM publishers.outbox WHERE published_at IS NULL)") == [(True,)]


async def then_stream_is_complete(dsn: str, jetstream: JetStreamBroker) -> None:
    versions: dict[str, list[int]] = {}
    async for stored in jetstream.walk(newest=False):
        versions.setdefault(stored.subject, []).append(stored.version)
    assert versions == {subject: [1, 2, 3] for subject in SUBJECTS}
    heads = query(dsn, "SELECT subject, version, event_id, digest, stream_sequence FROM publishers.head ORDER BY 1")
    newest = [(s.subject, s.version, UUID(s.event_id), s.digest, s.sequence) async for s in jetstream.walk()]
    assert heads == sorted(newest)

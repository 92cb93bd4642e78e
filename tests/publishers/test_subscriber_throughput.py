"""How long a late joiner takes until it has every master, and that the live tail follows without a gap."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from publishers import Event
from publishers.jetstream import JetStreamBroker
from publishers.subscriber import SqliteStore, Subscriber
from tests.publishers.events import a_message
from tests.publishers.relays import until

pytestmark = [pytest.mark.anyio, pytest.mark.nats, pytest.mark.benchmark]
MASTERS = 100_000
LIVE = 200
WINDOW = 256
SCHEMA = "CREATE TABLE supplier (subject TEXT PRIMARY KEY, version INTEGER, name TEXT) WITHOUT ROWID;"
BODY = {
    "identity": {"status": "active", "merged_into": None, "absorbed": [], "split_to": []},
    "crosswalk": [{"source": "erp", "key": "0000471100", "link_no": 1, "linked": True}],
    "slices": [{"attributes": {f"attribute_{number}": f"value {number}" for number in range(20)}, "provenance": {}}],
}


def save(connection: sqlite3.Connection, event: Event) -> None:
    name = event.json()["slices"][0]["attributes"]["attribute_7"]
    connection.execute("INSERT OR REPLACE INTO supplier VALUES (?, ?, ?)", (event.subject, event.version, name))


async def publish(broker: JetStreamBroker, subjects: list[str], version: int) -> None:
    context, queue, data = await broker.context(), iter(subjects), json.dumps(BODY).encode()

    async def worker() -> None:
        for subject in queue:
            message = a_message(subject, version, data=data)
            await context.publish(subject, message.data, headers=dict(message.headers))

    await asyncio.gather(*[worker() for _ in range(WINDOW)])


def rows(path: Path) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as connection:
        yield from connection.execute("SELECT subject, version FROM supplier")


async def test_late_joiner_has_every_master_within_15_seconds(
    nats_url: str, jetstream: JetStreamBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subjects = [f"test.v1.supplier.{uuid4()}" for _ in range(MASTERS)]
    await publish(jetstream, subjects, 1)
    path = tmp_path / "late.db"
    with SqliteStore(path, schema=SCHEMA) as store:
        late = Subscriber(nats_url, stream="TEST", subjects="test.v1.>", name="late", store=store, handler=save)
        stop, begin = asyncio.Event(), time.perf_counter()
        task = asyncio.create_task(late.run(stop))
        tail = asyncio.create_task(publish(jetstream, subjects[:LIVE], 2))  # while it is joining
        await until(lambda: late.progress.applied >= MASTERS, seconds=120)
        seconds = time.perf_counter() - begin
        await tail
        await publish(jetstream, subjects[:LIVE], 3)
        await until(lambda: late.progress.caught_up and late.progress.waiting == 0, seconds=20)
        await until(lambda: sum(version == 3 for _, version in rows(path)) == LIVE, seconds=20)
        stop.set()
        await task
    with capsys.disabled():
        print(f"\n{MASTERS:,} masters in {seconds:.1f} s, {MASTERS / seconds:,.0f} a second")
    assert len(list(rows(path))) == MASTERS
    assert seconds <= 15

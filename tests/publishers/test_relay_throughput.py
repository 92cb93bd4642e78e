"""How fast the relay is beside raw publishing, how soon an event is in the stream, and what a long backlog costs."""

import asyncio
import json
import random
import statistics
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import nats
import psycopg
import pytest

from publishers import Event, body, outbox, roster
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.jetstream.broker import EXPECTED_SEQUENCE
from publishers.relay import Pace, Relay
from tests.publishers.conftest import PLAN
from tests.publishers.events import an_event, append, message_of, query
from tests.publishers.relays import until
from tests.support.nats_cluster import NatsCluster
from tests.support.servers import KillableNats, KillablePostgres

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.nats, pytest.mark.benchmark]
EVENTS, ROUNDS = 3_000, 5
WINDOW = Pace().window
RATE, SECONDS, WRITERS = 500, 15, 4
BACKLOG, BATCH = 300_000, 5_000
PENDING = "SELECT count(*) FROM publishers.outbox WHERE published_at IS NULL"


def golden_record(seed: int, words: int = 106) -> bytes:
    """About 8 KB of JSON with provenance."""
    chance = random.Random(seed)
    names = ["".join(chance.choices("abcdefghijklmnop ", k=20)) for _ in range(words)]
    values = [{"value": name, "record": f"erp/{chance.randint(1, 99_999)}", "rule": "longest"} for name in names]
    return json.dumps(values).encode()


RECORDS = [golden_record(seed) for seed in range(100)]


def some_events(count: int = EVENTS) -> list[Event]:
    return [an_event(f"test.v1.{uuid4()}", data=RECORDS[number % 100]) for number in range(count)]


@pytest.fixture
def durable_dsn(durable_postgres: Callable[[], KillablePostgres]) -> str:
    """DSN of an empty outbox that waits for the disk."""
    dsn = durable_postgres().dsn
    with psycopg.connect(dsn) as connection:
        for room in (outbox, body, roster):
            connection.execute(room.ddl())
    return dsn


async def publish_raw(url: str, events: list[Event]) -> float:
    """Publish with the bare client, as many in flight as the relay has, and return the seconds it took."""
    client = await nats.connect(url.split(","))
    context = client.jetstream(timeout=10)
    queue = iter([message_of(event) for event in events])

    async def worker() -> None:
        for message in queue:
            headers = {**message.headers, EXPECTED_SEQUENCE: "0"}
            await context.publish(message.subject, message.data, headers=headers, stream=PLAN.name)

    began = time.perf_counter()
    await asyncio.gather(*[worker() for _ in range(WINDOW)])
    took = time.perf_counter() - began
    await client.close()
    return took


async def publish_by_relay(dsn: str, broker: JetStreamBroker, events: list[Event]) -> tuple[float, float]:
    """Let the relay publish and return the seconds it took, and those of CPU."""
    append(dsn, *events)
    relay, stop = Relay(dsn, broker), asyncio.Event()
    wall, cpu = time.perf_counter(), time.process_time()
    task = asyncio.create_task(relay.run(stop))
    await until(lambda: relay.metrics.published == len(events), seconds=120)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    stop.set()
    await task
    assert relay.metrics.recognised == relay.metrics.refused == 0
    return wall, cpu


async def ratio_of(dsn: str, url: str, plan: StreamPlan) -> float:
    """Measure raw publishing and the relay in turns, print what came out, and return the median ratio."""
    raw, relayed, cpu = [], [], []
    async with JetStreamBroker(url, PLAN.name, timeout=10) as broker:
        await provision(broker, plan)
        for _ in range(ROUNDS):
            raw.append(await publish_raw(url, some_events()))
            wall, spent = await publish_by_relay(dsn, broker, some_events())
            relayed.append(wall)
            cpu.append(spent)
    ratios = [bare / wall for bare, wall in zip(raw, relayed, strict=True)]
    print(
        f"\n{plan.replicas} node(s), {len(RECORDS[0]):,} bytes: raw {EVENTS / statistics.median(raw):,.0f}/s,"
        f" relay {EVENTS / statistics.median(relayed):,.0f}/s, ratio {statistics.median(ratios):.2f}"
        f" ({', '.join(f'{ratio:.2f}' for ratio in ratios)}), {min(cpu) / EVENTS * 1e6:.0f} µs of CPU per event"
    )
    return statistics.median(ratios)


async def test_relay_reaches_most_of_raw_publishing(durable_dsn: str, durable_nats: Callable[[], KillableNats]) -> None:
    assert await ratio_of(durable_dsn, durable_nats().url, PLAN) >= 0.6


async def test_relay_reaches_much_of_raw_publishing_to_three_nodes(
    durable_dsn: str, durable_cluster: NatsCluster
) -> None:
    plan = StreamPlan(name=PLAN.name, subjects=PLAN.subjects, replicas=3)
    assert await ratio_of(durable_dsn, durable_cluster.url, plan) >= 0.35


@asynccontextmanager
async def relay_process(dsn: str, url: str) -> AsyncIterator[int]:
    """Run a relay in a process of its own and give its number."""
    script = Path(__file__).parent / "running_relay.py"
    process = await asyncio.create_subprocess_exec(sys.executable, script, dsn, url)
    try:
        await until(lambda: query(dsn, "SELECT 1 FROM publishers.relay WHERE state = 'publishing'"))
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def commit_at_a_rate(dsn: str, committed: dict[str, float]) -> None:
    """Commit one event after another, so many per second, and note when each commit was back."""
    with psycopg.connect(dsn) as connection:
        began, total = time.perf_counter(), RATE * SECONDS // WRITERS
        for number in range(total):
            time.sleep(max(0.0, began + number * WRITERS / RATE - time.perf_counter()))
            event = an_event(f"test.v1.{uuid4()}", data=RECORDS[number % 100])
            outbox.append(connection, [event])
            connection.commit()
            committed[str(event.id)] = time.time()


async def test_event_is_in_the_stream_soon_after_its_commit(
    durable_dsn: str, durable_nats: Callable[[], KillableNats]
) -> None:
    url, committed = durable_nats().url, dict[str, float]()
    async with JetStreamBroker(url, PLAN.name, timeout=10) as broker:
        await provision(broker, PLAN)
        async with relay_process(durable_dsn, url):
            writers = [threading.Thread(target=commit_at_a_rate, args=(durable_dsn, committed)) for _ in range(WRITERS)]
            for writer in writers:
                writer.start()
            await asyncio.to_thread(lambda: [writer.join() for writer in writers])
            await until(lambda: query(durable_dsn, PENDING) == [(0,)])
        stored = {one.event_id: one.time.timestamp() async for one in broker.walk(newest=False)}
    waits = sorted(max(0.0, stored[event] - at) for event, at in committed.items())
    p50, p99 = (waits[int(len(waits) * share)] * 1000 for share in (0.5, 0.99))
    print(f"\ncommit to stream at {RATE} events/s: p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {1000 * waits[-1]:.0f} ms")
    assert p50 < 100
    assert p99 < 500


def memory_of(process: int) -> float:
    """Return how many MB of memory a process holds."""
    [line] = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def backlog() -> Iterator[list[Event]]:
    data = golden_record(7, words=25)
    for _ in range(BACKLOG // BATCH):
        yield [an_event(f"test.v1.{uuid4()}", data=data) for _ in range(BATCH)]


async def test_long_backlog_of_as_many_subjects_drains_with_flat_memory(dsn: str, nats_url: str) -> None:
    for batch in backlog():
        append(dsn, *batch)
    memory = []
    async with JetStreamBroker(nats_url, PLAN.name, timeout=10) as broker:
        await provision(broker, PLAN)
        began = time.perf_counter()
        async with relay_process(dsn, nats_url) as process:
            while query(dsn, PENDING) != [(0,)]:
                memory.append(memory_of(process))
                await asyncio.sleep(2)
        took = time.perf_counter() - began
        state = (await broker.info()).state
    print(
        f"\n{BACKLOG:,} events on as many subjects: {BACKLOG / took:,.0f}/s, relay {memory[0]:.0f} MB at first,"
        f" {max(memory):.0f} MB at most, {memory[-1]:.0f} MB at last"
    )
    assert [(state.messages,)] == query(dsn, "SELECT count(*) FROM publishers.head") == [(BACKLOG,)]
    assert max(memory) < memory[0] + 30

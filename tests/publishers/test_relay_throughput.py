"""How fast the relay is beside bare publishing to the same durable server, and what an event costs."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from publishers import Event
from publishers.jetstream import JetStreamBroker, provision
from publishers.relay import Pace, Relay
from tests.publishers.conftest import PLAN
from tests.publishers.events import an_event, append, message_of
from tests.publishers.relays import until
from tests.support.servers import KillableNats

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.nats, pytest.mark.benchmark]
EVENTS = 4_000
WINDOW = Pace().window


def golden_record(seed: int) -> bytes:
    """About 8 KB of JSON with provenance."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnop ", k=20)) for _ in range(85)]
    return json.dumps([{"value": word, "record": f"erp/{chance.randint(1, 99_999)}", "rule": "longest"} for word in words]).encode()  # fmt: skip  # noqa: E501


def some_events() -> list[Event]:
    records = [golden_record(seed) for seed in range(100)]
    return [an_event(f"test.v1.{uuid4()}", data=records[number % 100]) for number in range(EVENTS)]


async def publish_bare(broker: JetStreamBroker, events: list[Event]) -> None:
    queue = iter(events)

    async def worker() -> None:
        for event in queue:
            await broker.publish(message_of(event), after=0)

    await asyncio.gather(*[worker() for _ in range(WINDOW)])


async def test_relay_reaches_most_of_bare_publishing(dsn: str, durable_nats: Callable[[], KillableNats]) -> None:
    append(dsn, *some_events())
    async with JetStreamBroker(durable_nats().url, "TEST", timeout=10) as broker:
        await provision(broker, PLAN)
        bare = time.perf_counter()
        await publish_bare(broker, some_events())
        bare = time.perf_counter() - bare
        relay, stop = Relay(dsn, broker), asyncio.Event()
        wall, cpu = time.perf_counter(), time.process_time()
        task = asyncio.create_task(relay.run(stop))
        await until(lambda: relay.metrics.published == EVENTS, seconds=60)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        stop.set()
        await task
    print(
        f"\nrelay {EVENTS / wall:,.0f} events/s of {len(golden_record(0)):,} bytes, bare {EVENTS / bare:,.0f}/s,"
        f" ratio {bare / wall:.2f}, {cpu / EVENTS * 1e6:.0f} µs of CPU per event"
    )
    assert relay.metrics.recognised == relay.metrics.refused == 0

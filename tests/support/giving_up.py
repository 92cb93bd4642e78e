"""Subscribers that give messages up, and the collector of what the server says of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress

import nats
from nats.js import api

from mdm import streams
from mdm.entrypoints.workers.dead_letters import collect_dead_letters
from mdm.hub import Hub
from mdm.settings import Settings
from publishers import Message
from publishers.jetstream import JetStreamBroker, provision
from tests.support.hubs import HubUnderTest

PUBLISHED = """
WITH event AS (
    UPDATE publishers.outbox SET published_at = clock_timestamp(), stream_sequence = %s WHERE seq = %s RETURNING *
)
INSERT INTO publishers.head (subject, version, event_id, digest, stream_sequence, headers, data, published_at)
SELECT subject, version, id, digest, stream_sequence, headers, data, published_at FROM event
ON CONFLICT (subject) DO UPDATE SET version = excluded.version, event_id = excluded.event_id,
    digest = excluded.digest, stream_sequence = excluded.stream_sequence, data = excluded.data
RETURNING 1
"""
LOOK = 0.02
PATIENCE = 20.0


async def make_streams(url: str) -> None:
    """Make the streams of golden events, of their copies, and of what is said of either."""
    for plan in (streams.golden(Settings()), streams.replay(Settings()), streams.dead_letters(Settings())):
        async with JetStreamBroker(url, plan.name) as broker:
            await provision(broker, plan)


async def publish_everything(hub: HubUnderTest, url: str) -> None:
    """Do what the relay does, in a moment: publish the outbox into a stream that has nothing of it yet."""
    rows = hub.rows("SELECT seq, subject, headers, data FROM publishers.outbox WHERE published_at IS NULL ORDER BY seq")
    async with JetStreamBroker(url, "MDM_GOLDEN") as broker:
        for seq, subject, headers, data in rows:
            last = await broker.last(subject)
            sequence = await broker.publish(Message(subject, headers, data), after=last.sequence if last else 0)
            hub.rows(PUBLISHED, sequence, seq)


async def terminate(
    url: str, *, name: str, reason: str = "", subjects: str = "mdm.golden.v1.>", stream: str = "MDM_GOLDEN"
) -> int:
    """Let a consumer end every message it can get, with a reason if there is one, and return how many."""
    client = await nats.connect(url)
    context = client.jetstream()
    config = api.ConsumerConfig(durable_name=name, ack_policy=api.AckPolicy.EXPLICIT, filter_subjects=[subjects])
    waiting = (await context.add_consumer(stream, config)).num_pending
    reader = await context.pull_subscribe_bind(name, stream=stream)
    ended = 0
    while ended < (waiting or 0):
        for message in await reader.fetch(500, timeout=2):
            await client.publish(message.reply, f"+TERM {reason}".strip().encode())
            ended += 1
    await client.flush()
    await client.close()
    return ended


async def never_acknowledge(url: str, *, name: str, subjects: str, deliveries: int = 2) -> None:
    """Let a consumer take a message so often that the server gives it up."""
    client = await nats.connect(url)
    context = client.jetstream()
    config = api.ConsumerConfig(
        durable_name=name,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=0.05,
        max_deliver=deliveries,
        filter_subjects=[subjects],
    )
    await context.add_consumer("MDM_GOLDEN", config)
    reader = await context.pull_subscribe_bind(name, stream="MDM_GOLDEN")
    for _ in range(deliveries):
        await reader.fetch(1, timeout=2)
    with suppress(nats.errors.TimeoutError):
        await reader.fetch(1, timeout=0.2)  # the server gives up when it would have to deliver once more
    await client.close()


@asynccontextmanager
async def collecting(hub: Hub, url: str) -> AsyncIterator[None]:
    """Run a collector until the block ends."""
    stop = asyncio.Event()
    running = asyncio.create_task(
        collect_dead_letters(Settings(), open_hub=lambda: nullcontext(hub), nats_url=url, stop=stop)
    )
    try:
        yield
    finally:
        stop.set()
        await running


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fails after PATIENCE seconds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(LOOK)

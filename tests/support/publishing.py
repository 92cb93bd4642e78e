"""Publishing what a hub under test has to say, in the process of the test."""

import asyncio

from mdm.entrypoints.workers import publish
from mdm.settings import Settings
from publishers import Stored
from publishers.jetstream import JetStreamBroker
from tests.publishers.relays import until
from tests.support.hubs import HubUnderTest

UNPUBLISHED = "SELECT FROM publishers.outbox WHERE published_at IS NULL"


def publish_everything(hub: HubUnderTest, nats_url: str) -> None:
    """Run a relay until nothing is left to publish."""

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(
            publish(Settings(), dsn=hub.dsn, nats_url=nats_url, stop=stop, faults=lambda _: None)
        )
        await until(lambda: running.done() or hub.rows(UNPUBLISHED) == [], seconds=30)
        stop.set()
        await running

    asyncio.run(run())


def stored(nats_url: str, stream: str) -> list[Stored]:
    """Return what a stream holds, whole."""

    async def walk() -> list[Stored]:
        async with JetStreamBroker(nats_url, stream, name="test") as broker:
            return [stored async for stored in broker.walk(newest=False, whole=True)]

    return asyncio.run(walk())

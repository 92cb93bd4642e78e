"""A subscriber at work beside a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from publishers import Event
from publishers.jetstream import JetStreamBroker
from publishers.subscriber import Store, Subscriber
from tests.publishers.events import a_message


async def publish(jetstream: JetStreamBroker, subject: str, version: int, data: bytes = b"", **fields: Any) -> None:
    """Publish a version of a subject, whatever came before."""
    last = await jetstream.last(f"test.v1.{subject}")
    message = a_message(f"test.v1.{subject}", version, data=data or b"v%d" % version, **fields)
    await jetstream.publish(message, after=last.sequence if last else 0)


def save(rows: dict[str, Any], event: Event) -> None:
    if event.data == b"poison":
        raise ValueError("cannot be applied")
    rows[event.subject.removeprefix("test.v1.")] = event.data.decode()


@asynccontextmanager
async def subscriber(url: str, store: Store[Any], **options: Any) -> AsyncIterator[Subscriber[Any]]:
    """Run a subscriber until the block ends."""
    known = {"stream": "TEST", "subjects": "test.v1.>", "name": "down", "handler": save, "batch": 10}
    running = Subscriber(url, store=store, **{**known, **options})
    stop = asyncio.Event()
    task = asyncio.create_task(running.run(stop))
    try:
        yield running
    finally:
        stop.set()
        await task

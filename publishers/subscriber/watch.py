"""Looking on: events as they come, without a position."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import nats.errors
from nats.js import api

from publishers.errors import InvalidEvent, Unavailable
from publishers.event import Event
from publishers.jetstream import Pull, connect, passing

BATCH = 100
PATIENCE = 1.0


async def watch(
    url: str,
    *,
    stream: str,
    subjects: Sequence[str],
    newest: bool = False,
    name: str = "watch",
    credentials: Path | None = None,
) -> AsyncIterator[Event]:
    """Yield events for as long as the reader likes: from now on, or (`newest`) from the last of every subject.

    Raises Unavailable when the connection or the consumer is lost.
    """
    policy = api.DeliverPolicy.LAST_PER_SUBJECT if newest else api.DeliverPolicy.NEW
    link = await connect(url, name=name, credentials=credentials)
    try:
        try:
            consumer = await link.client.jetstream().add_consumer(stream, passing(policy, subjects=subjects))
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise Unavailable(f"Stream {stream} cannot be watched: {error}.") from error
        async with Pull(link, stream=stream, consumer=consumer.name, batch=BATCH) as pull:
            while True:
                for message in await pull.next(PATIENCE):
                    try:
                        yield Event.from_message(message.subject, message.headers or {}, message.data)
                    except InvalidEvent:
                        continue
    finally:
        await link.close()

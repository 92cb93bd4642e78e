"""The durable consumer of a subscriber, and when it must begin again."""

from typing import cast

import nats.errors
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.errors import Unavailable
from publishers.subscriber.store import Checkpoint

MOST_UNSETTLED = 10_000


async def bind(
    context: JetStreamContext,
    checkpoint: Checkpoint | None,
    *,
    stream: str,
    name: str,
    subjects: tuple[str, ...],
    ack_wait: float,
) -> str:
    """Return the identity of a consumer that continues where the store is.

    A consumer that knows more than the store (new, restored or exchanged) or has other subjects is replaced by one
    that begins with the last message of every subject; so is one that the server has lost.
    """
    try:
        existing = await _existing(context, stream, name)
        if existing is not None:
            if _continues(existing, checkpoint, subjects):
                return _identity(existing)
            await context.delete_consumer(stream, name)
        config = api.ConsumerConfig(
            durable_name=name,
            deliver_policy=api.DeliverPolicy.LAST_PER_SUBJECT,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=ack_wait,
            max_ack_pending=MOST_UNSETTLED,
            filter_subjects=list(subjects),
        )
        return _identity(await context.add_consumer(stream, config))
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise Unavailable(f"Consumer {name} of stream {stream} cannot be had: {error}.") from error


async def _existing(context: JetStreamContext, stream: str, name: str) -> api.ConsumerInfo | None:
    try:
        return cast("api.ConsumerInfo", await context.consumer_info(stream, name))
    except NotFoundError:
        return None


def _continues(existing: api.ConsumerInfo, checkpoint: Checkpoint | None, subjects: tuple[str, ...]) -> bool:
    config = existing.config
    filters = config.filter_subjects or [config.filter_subject or ">"]
    floor = existing.ack_floor.consumer_seq if existing.ack_floor else 0
    return (
        checkpoint is not None
        and checkpoint.consumer == _identity(existing)
        and checkpoint.delivered >= floor
        and set(filters) == set(subjects)
    )


def _identity(consumer: api.ConsumerInfo) -> str:
    return f"{consumer.name}@{consumer.created}"

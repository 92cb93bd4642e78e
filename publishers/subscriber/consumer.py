"""The durable consumer of a subscriber, and when it must begin again."""

from dataclasses import dataclass
from typing import cast

import nats.errors
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.errors import Unavailable
from publishers.jetstream import BEGINNING, ConsumerPlan
from publishers.jetstream.connection import reason
from publishers.subscriber.store import Checkpoint

USUAL_ACK_WAIT = 30.0  # seconds, of a server that is not told


@dataclass(frozen=True, slots=True)
class Bound:
    """A consumer as the server has it: `waiting` messages are yet to be delivered."""

    identity: str
    waiting: int
    ack_wait: float


async def bind(context: JetStreamContext, plan: ConsumerPlan, checkpoint: Checkpoint | None) -> Bound:
    """Return a consumer that continues where the store is.

    A consumer that knows more than the store (new, restored or exchanged) or has other subjects is replaced by one
    that begins as planned; so is one that the server has lost. One that has delivered nothing yet is taken as it is.
    """
    try:
        existing = await _existing(context, plan)
        if existing is not None:
            if _continues(existing, plan, checkpoint):
                return _bound(existing)
            await context.delete_consumer(plan.stream, plan.name)
        return _bound(await context.add_consumer(plan.stream, plan.config()))
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise Unavailable(f"Consumer {plan.name} of stream {plan.stream} cannot be had: {reason(error)}.") from error


async def waiting(context: JetStreamContext, plan: ConsumerPlan) -> int:
    """Return how many messages the consumer is yet to deliver."""
    try:
        existing = await _existing(context, plan)
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise Unavailable(f"Consumer {plan.name} of stream {plan.stream} cannot be asked: {reason(error)}.") from error
    if existing is None:
        raise Unavailable(f"Consumer {plan.name} of stream {plan.stream} is gone.")
    return existing.num_pending or 0


async def _existing(context: JetStreamContext, plan: ConsumerPlan) -> api.ConsumerInfo | None:
    try:
        return cast("api.ConsumerInfo", await context.consumer_info(plan.stream, plan.name))
    except NotFoundError:
        return None


def _continues(existing: api.ConsumerInfo, plan: ConsumerPlan, checkpoint: Checkpoint | None) -> bool:
    if BEGINNING & plan.difference(existing.config).keys():
        return False
    if not plan.newest or _is_fresh(existing):
        return True
    floor = existing.ack_floor.consumer_seq if existing.ack_floor else 0
    return checkpoint is not None and checkpoint.consumer == _identity(existing) and checkpoint.delivered >= floor


def _is_fresh(existing: api.ConsumerInfo) -> bool:
    return existing.delivered is not None and existing.delivered.consumer_seq == 0


def _bound(consumer: api.ConsumerInfo) -> Bound:
    return Bound(_identity(consumer), consumer.num_pending or 0, consumer.config.ack_wait or USUAL_ACK_WAIT)


def _identity(consumer: api.ConsumerInfo) -> str:
    return f"{consumer.name}@{consumer.created}"

"""Taking messages from a work queue: each stays there until it is settled, whatever ends before that."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import nats.errors
from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import NotFoundError

from publishers.errors import BrokerError, NotReady, Unavailable
from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.connection import UNREACHABLE, Link, reason
from publishers.jetstream.pull import Pull
from publishers.waiting import wait

logger = logging.getLogger(__name__)
ACK_WAIT = 30.0
PATIENCE = 0.5  # how long one look for messages takes, and a stop waits
HEARTBEAT = 2.0  # a cut network is noticed, and tried again, within seconds
LONGEST_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of the queue; `tries` counts how often it was taken, from 1, and `number` is its place."""

    subject: str
    headers: Mapping[str, str]
    data: bytes
    number: int
    stored_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a message: it goes, or comes `again` after so many seconds; `answer` is a subject and bytes."""

    again: float | None = None
    answer: tuple[str, bytes] | None = None


Take = Callable[[Sequence[Queued]], Sequence[Settled]]


class QueueReader:
    """One of any number of readers that share a durable consumer of a work queue."""

    def __init__(self, broker: JetStreamBroker, *, consumer: str, batch: int) -> None:
        """Share `consumer`, whose name no other domain may have: acknowledgements do not name the domain."""
        self._broker = broker
        self._consumer = consumer
        self._batch = batch

    async def run(self, take: Take, stop: asyncio.Event) -> None:
        """Hand batches to `take`, in a thread, until `stop` is set; survive the loss of server and consumer.

        Nothing more is asked for than what is in hand and one batch beyond it.
        """
        pause = PATIENCE
        while not stop.is_set():
            try:
                await self._follow(take, stop)
            except (BrokerError, NotReady) as error:
                logger.info("queue %s waits: %s", self._consumer, error)
                await wait(stop, pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = PATIENCE

    async def waiting(self) -> int:
        """Count the messages that are not settled yet; raises Unavailable when the queue cannot be asked."""
        try:
            info = await (await self._broker.context()).consumer_info(self._broker.stream, self._consumer)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise Unavailable(f"Queue {self._consumer} cannot be asked: {reason(error)}.") from error
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def _follow(self, take: Take, stop: asyncio.Event) -> None:
        link = await self._broker.connected()
        await self._bind()
        async with Pull(
            link,
            stream=self._broker.stream,
            consumer=self._consumer,
            batch=self._batch,
            domain=self._broker.domain,
            heartbeat=HEARTBEAT,
        ) as pull:
            while not stop.is_set():
                messages = await pull.next(PATIENCE)
                if messages:
                    await self._hand_over(link, messages, take, stop)
            await _settle(link, [(message, Settled(again=0)) for message in await pull.end()])

    async def _hand_over(self, link: Link, messages: Sequence[Msg], take: Take, stop: asyncio.Event) -> None:
        settled = await asyncio.to_thread(take, [_queued(message) for message in messages])
        await _settle(link, list(zip(messages, settled, strict=True)))
        delays = [one.again for one in settled]
        if all(delay is not None for delay in delays):
            await wait(stop, max(delay or 0 for delay in delays))  # nothing succeeds: take no more until it may

    async def _bind(self) -> None:
        context = await self._broker.context()
        config = api.ConsumerConfig(
            durable_name=self._consumer,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT,
            max_deliver=-1,
            max_ack_pending=self._batch * 10,
        )
        try:
            try:
                await context.consumer_info(self._broker.stream, self._consumer)
            except NotFoundError:
                await context.add_consumer(self._broker.stream, config)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise Unavailable(f"Queue {self._consumer} cannot be had: {reason(error)}.") from error


def _queued(message: Msg) -> Queued:
    metadata = message.metadata
    return Queued(
        message.subject,
        message.headers or {},
        message.data,
        metadata.sequence.stream,
        metadata.timestamp,
        metadata.num_delivered,
    )


async def _settle(link: Link, settled: Sequence[tuple[Msg, Settled]]) -> None:
    """Acknowledge what is done, then answer; what the network loses of it comes again."""
    try:
        for message, one in settled:
            await (message.ack() if one.again is None else message.nak(delay=one.again))
            if one.answer is not None:
                await link.client.publish(*one.answer)
    except (nats.errors.Error, *UNREACHABLE) as error:
        raise Unavailable(f"NATS cannot be reached: {error!r}.") from error

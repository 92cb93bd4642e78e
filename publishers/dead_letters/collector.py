"""Collects dead letters: reads the stream of advisories, joins each with its message, acknowledges after commit."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import cast

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.broker import Stored
from publishers.dead_letters.advisory import Advisory
from publishers.dead_letters.letter import DeadLetter, Position, Store
from publishers.errors import BrokerError, InvalidAdvisory, NotReady, StoreFailed, Unavailable
from publishers.jetstream import (
    UNREACHABLE,
    ConsumerPlan,
    JetStreamBroker,
    Pull,
    StreamPlan,
    provision,
    provision_consumer,
)
from publishers.waiting import wait

logger = logging.getLogger(__name__)
BATCH = 50
PATIENCE = 0.5
LONGEST_PAUSE = 10.0
FAILURES = (nats.errors.Error, TimeoutError, OSError)


class Collector:
    """Feeds a store with the dead letters of some streams; of several with one name each takes a share."""

    def __init__(
        self, broker: JetStreamBroker, plan: StreamPlan, *, place: ConsumerPlan, of: Collection[str], store: Store
    ) -> None:
        """`plan` is the stream of advisories, which is made if it is missing; `place` the durable consumer on it.

        Advisories about other streams than `of` are passed over.
        """
        self.kept = 0
        self.last_error: str | None = None
        self._broker = broker
        self._plan = plan
        self._of = frozenset(of)
        self._store = store
        self._place = place

    async def run(self, stop: asyncio.Event) -> None:
        """Collect until `stop` is set; survive the loss of server, stream, consumer and store."""
        pause = PATIENCE
        while not stop.is_set():
            kept = self.kept
            try:
                await self._follow(stop)
            except (BrokerError, NotReady, StoreFailed) as error:
                logger.warning("collector %s waits: %s", self._place.name, error)
                self.last_error = str(error)
                pause = PATIENCE if self.kept > kept else min(pause * 2, LONGEST_PAUSE)
                await wait(stop, pause)

    async def _follow(self, stop: asyncio.Event) -> None:
        try:
            await provision(self._broker, self._plan)
        except NotReady as error:  # it may be there and be otherwise, which readiness tells
            logger.warning("collector %s: %s", self._place.name, error)
        link = await self._broker.connected()
        context = await self._broker.context()
        consumer = await self._bound(context)
        async with Pull(link, stream=self._plan.name, consumer=self._place.name, batch=BATCH) as pull:
            while not stop.is_set():
                if messages := await pull.next(PATIENCE):
                    await self._collect(context, messages, consumer)
                    self.last_error = None
            await _give_back(await pull.end())

    async def _bound(self, context: JetStreamContext) -> str:
        """Return the identity of the durable consumer; one that knows more than the store begins again.

        That is so when the store is new or was restored: what it keeps already, it knows by the id of the advisory.
        The store is asked second: another collector may keep and acknowledge meanwhile.
        """
        existing = await _existing(context, self._place)
        again = existing is not None and _ahead(existing, await asyncio.to_thread(self._store.position))
        await provision_consumer(self._broker, self._place, again=again)
        bound = await _existing(context, self._place)
        if bound is None:
            raise Unavailable(f"Consumer {self._place.name} of stream {self._place.stream} has gone.")
        return _identity(bound)

    async def _collect(self, context: JetStreamContext, messages: Sequence[Msg], consumer: str) -> None:
        try:
            letters = await self._joined(context, messages)
            position = Position(consumer, max(message.metadata.sequence.stream for message in messages))
            await asyncio.to_thread(self._store.keep, letters, position)
        except (BrokerError, StoreFailed):
            await _give_back(messages)
            raise
        self.kept += len(letters)
        try:
            for message in messages:
                await message.ack()
        except (*FAILURES, *UNREACHABLE) as error:
            raise Unavailable(f"NATS cannot be reached: {error!r}.") from error  # comes again, and is known by its id

    async def _joined(self, context: JetStreamContext, messages: Sequence[Msg]) -> list[DeadLetter]:
        created: dict[str, datetime | None] = {}
        letters = []
        for message in messages:
            raw, received_at = message.data, message.metadata.timestamp
            try:
                advisory = Advisory.from_message(raw)
            except InvalidAdvisory as error:
                letters.append(DeadLetter(raw=raw, received_at=received_at, problem=error.message))
                continue
            if advisory.stream not in self._of:
                continue
            if advisory.stream not in created:
                created[advisory.stream] = await _created_at(context, advisory.stream)
            since = created[advisory.stream]
            found = None if since is None or advisory.at < since else await _message(context, advisory)
            letters.append(
                DeadLetter(
                    raw=raw, received_at=received_at, advisory=advisory, message=found, stream_created_at=since
                )
            )  # fmt: skip
        return letters


async def _created_at(context: JetStreamContext, stream: str) -> datetime | None:
    """Return when a stream was created, None if there is none: an older advisory tells of messages that are gone."""
    try:
        return cast("datetime", (await context.stream_info(stream)).created)
    except NotFoundError:
        return None
    except FAILURES as error:
        raise Unavailable(f"Stream {stream} cannot be asked: {error}.") from error


async def _message(context: JetStreamContext, advisory: Advisory) -> Stored | None:
    try:
        raw = await context.get_msg(advisory.stream, advisory.sequence)
    except NotFoundError:
        return None
    except FAILURES as error:
        raise Unavailable(f"Message {advisory.sequence} of {advisory.stream} cannot be read: {error}.") from error
    time = raw.time or datetime.fromtimestamp(0, UTC)
    return Stored(raw.subject or "", raw.headers or {}, raw.data or b"", advisory.sequence, time)


async def _existing(context: JetStreamContext, place: ConsumerPlan) -> api.ConsumerInfo | None:
    try:
        return cast("api.ConsumerInfo", await context.consumer_info(place.stream, place.name))
    except NotFoundError:
        return None
    except FAILURES as error:
        raise Unavailable(f"Consumer {place.name} of stream {place.stream} cannot be asked: {error}.") from error


def _ahead(existing: api.ConsumerInfo, position: Position | None) -> bool:
    acknowledged = existing.ack_floor.stream_seq if existing.ack_floor else 0
    known = position.sequence if position is not None and position.consumer == _identity(existing) else 0
    return acknowledged > known


def _identity(consumer: api.ConsumerInfo) -> str:
    return f"{consumer.name}@{consumer.created}"


async def _give_back(messages: Sequence[Msg]) -> None:
    """Ask for messages again, if that can be said; else they come by themselves."""
    try:
        for message in messages:
            await message.nak(delay=PATIENCE)
    except (*FAILURES, *UNREACHABLE):
        logger.debug("nothing could be given back")

"""JetStream behind the broker port: a stream whose leader decides what is stored."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, cast

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from publishers.broker import Message, Stored
from publishers.errors import BrokerError, NotReady, Refused, SequenceConflict, Unavailable, UnknownOutcome
from publishers.jetstream.connection import UNREACHABLE, Link, connect
from publishers.jetstream.pull import Pull, passing

logger = logging.getLogger(__name__)
EXPECTED_SEQUENCE = "Nats-Expected-Last-Subject-Sequence"
WRONG_SEQUENCE = {10071, 10164}
NO_MESSAGE = 10037
UNDECIDED = 10158
NOT_STORED = 10077  # a limit of the stream, or its disk
WALK_BATCH = 1_000
LOOK = 1.0  # seconds without a message after which the server is asked whether there is one
EPOCH = datetime.fromtimestamp(0, UTC)


class JetStreamBroker:
    """A stream on a NATS server, connected when first used and again after every loss."""

    def __init__(
        self,
        url: str,
        stream: str,
        *,
        name: str = "publisher",
        credentials: Path | None = None,
        timeout: float = 5.0,
        domain: str | None = None,
    ) -> None:
        """`timeout` seconds without an answer leave the outcome of a call unknown; `credentials` is a .creds file.

        `domain` is the JetStream domain of the stream, if it is another than that of the server at `url`.
        """
        self.stream = stream
        self.domain = domain
        self._url = url
        self._name = name
        self._credentials = credentials
        self._timeout = timeout
        self._link: Link | None = None
        self._opening = asyncio.Lock()
        self._failed_at = 0.0
        self._failure = ""
        self._last_context: tuple[Link, JetStreamContext] | None = None  # making one costs as much as publishing

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; the next call opens one again."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def publish(self, message: Message, *, after: int) -> int:
        """Store the message behind its fence."""
        context = await self.context()
        headers = {**message.headers, EXPECTED_SEQUENCE: str(after)}
        try:
            stored = await context.publish(
                message.subject, message.data, headers=headers, stream=self.stream, timeout=self._timeout
            )
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise _translated(error, message.subject) from error
        if stored.duplicate:
            await self._see_that_it_is_there(message.subject, stored.seq)
        return stored.seq

    async def _see_that_it_is_there(self, subject: str, sequence: int) -> None:
        """Raise UnknownOutcome for a message that the server knows by its id, and has not any more."""
        last = await self.last(subject)
        if last is None or last.sequence < sequence:
            raise UnknownOutcome(f"NATS takes the message on {subject} for one that was removed, for some minutes.")

    async def last(self, subject: str) -> Stored | None:
        """Ask the leader, because a replica may not know the newest."""
        context = await self.context()
        try:
            raw = await context.get_last_msg(self.stream, subject, direct=False)
        except NotFoundError as error:
            if error.err_code == NO_MESSAGE:
                return None
            raise UnknownOutcome(f"Stream {self.stream} cannot be asked: {error.description}.") from error
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise _translated(error, subject) from error
        return Stored(subject, raw.headers or {}, raw.data or b"", raw.seq or 0, raw.time or EPOCH)

    async def created_at(self, subject: str) -> datetime:  # noqa: ARG002 (it is one stream)
        """Return the instant at which the stream was created."""
        return cast("datetime", (await self.info()).created)

    async def info(self) -> api.StreamInfo:
        """Return what the server says of the stream."""
        context = await self.context()
        try:
            return await context.stream_info(self.stream)
        except NotFoundError as error:
            raise NotReady(
                f"Stream {self.stream} does not exist.", hint="Provision it; if it was lost, repair it."
            ) from error
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise _translated(error, self.stream) from error

    async def walk(self, *, newest: bool = True, whole: bool = False) -> AsyncIterator[Stored]:
        """Read what is stored through a short-lived consumer."""
        policy = api.DeliverPolicy.LAST_PER_SUBJECT if newest else api.DeliverPolicy.ALL
        async for batch, _ in self.read(passing(policy, subjects=[">"], headers_only=not whole)):
            for stored in batch:
                yield stored

    async def read(
        self, config: api.ConsumerConfig, *, batch: int = WALK_BATCH
    ) -> AsyncGenerator[tuple[list[Stored], int], None]:
        """Yield what a short-lived consumer finds until nothing more waits, with how many messages follow a batch."""
        link = await self.connected()
        context = self._context(link)
        try:
            consumer = await context.add_consumer(self.stream, config)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise _translated(error, self.stream) from error
        left, received = consumer.num_pending or 0, 0
        async with Pull(link, stream=self.stream, consumer=consumer.name, batch=batch, domain=self.domain) as pull:
            while left > 0:
                if messages := await pull.next(LOOK):
                    left, received = messages[-1].metadata.num_pending, received + len(messages)
                    yield [_stored(message) for message in messages], left
                elif await self._has_given_all(context, consumer.name, received):
                    logger.warning("stream %s has messages that its server cannot read", self.stream)
                    return

    async def _has_given_all(self, context: JetStreamContext, consumer: str, received: int) -> bool:
        """Tell whether the server, though asked, has nothing to give: it still counts messages that are damaged."""
        try:
            info = await context.consumer_info(self.stream, consumer)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise _translated(error, self.stream) from error
        delivered = info.delivered.consumer_seq if info.delivered else 0
        return bool(info.num_waiting) and delivered == received

    async def context(self) -> JetStreamContext:
        """Return the JetStream context of a living connection; raise Unavailable if there is none to be had."""
        return self._context(await self.connected())

    async def connected(self) -> Link:
        """Return a living connection; raise Unavailable if there is none to be had."""
        if self._link is not None and not self._link.closed.is_set():
            return self._link
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        async with self._opening:
            if self._link is None or self._link.closed.is_set():
                if asked_at < self._failed_at:  # the attempt of another, who asked before, was in vain
                    raise Unavailable(self._failure)
                self._link = None  # any -ERR closes a connection for good
                try:
                    self._link = await connect(
                        self._url, name=self._name, credentials=self._credentials, timeout=self._timeout
                    )
                except Unavailable as error:
                    self._failed_at, self._failure = loop.time(), str(error)
                    raise
            return self._link

    def _context(self, link: Link) -> JetStreamContext:
        if self._last_context is None or self._last_context[0] is not link:
            self._last_context = link, link.client.jetstream(timeout=self._timeout, domain=self.domain)
        return self._last_context[1]


def _translated(error: Exception, subject: str) -> BrokerError:
    """Say what an error of the client means for the event: not sent, perhaps stored, fenced off or refused."""
    if isinstance(error, UNREACHABLE) and not isinstance(error, TimeoutError):
        return Unavailable(f"NATS cannot be reached: {error!r}.")
    if isinstance(error, NoStreamResponseError):
        return UnknownOutcome(f"No stream answers for {subject}.")
    if isinstance(error, APIError):
        return _refusal(error, subject)
    if isinstance(error, TimeoutError | nats.errors.TimeoutError | json.JSONDecodeError):
        return UnknownOutcome(f"NATS did not answer in time for {subject}.")
    return Refused(f"NATS refuses {subject}: {error!r}.")


def _refusal(error: APIError, subject: str) -> BrokerError:
    if error.err_code in WRONG_SEQUENCE:
        return SequenceConflict(f"{subject}: {error.description}.")
    if error.err_code == UNDECIDED or (error.err_code != NOT_STORED and (error.code or 0) >= 500):
        return UnknownOutcome(f"NATS is undecided about {subject}: {error.description}.")
    return Refused(f"NATS refuses {subject}: {error.description} (error {error.err_code}).")


def _stored(message: Msg) -> Stored:
    metadata = message.metadata
    return Stored(message.subject, message.headers or {}, message.data, metadata.sequence.stream, metadata.timestamp)

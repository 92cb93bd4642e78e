"""A downstream system's reader: newest state of every subject first, then the live tail, each version once."""

import asyncio
import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

import nats.errors
from nats.aio.msg import Msg

from publishers.errors import BrokerError, InvalidEvent, NotReady, StoreFailed, Unavailable
from publishers.event import Event
from publishers.jetstream import UNREACHABLE, Pull, connect
from publishers.subscriber.apply import Applied, Handler, Received, apply, note
from publishers.subscriber.consumer import bind
from publishers.subscriber.store import Checkpoint, Connection, Store
from publishers.waiting import wait

logger = logging.getLogger(__name__)
RETRY_DELAYS = (1.0, 5.0, 15.0, 60.0, 300.0, 600.0, 600.0)
PATIENCE = 0.5  # how long one look for messages takes, and a stop waits
LONGEST_PAUSE = 10.0


@dataclass(slots=True)
class Progress:
    """Counters since the start and the state of the moment."""

    connected: bool = False
    caught_up: bool = False  # nothing more waited in the stream when last looked
    applied: int = 0
    stale: int = 0  # deliveries of versions the store had already
    gaps: int = 0  # versions never seen; harmless, because every event carries the full state
    failed: int = 0  # attempts in which the handler raised
    terminated: int = 0  # events given up after the last retry
    foreign: int = 0  # messages that were no events
    last_error: str | None = None


class Subscriber(Generic[Connection]):
    """Feeds a handler from a stream; the handler's work and the position commit together."""

    def __init__(
        self,
        url: str,
        *,
        stream: str,
        subjects: str | Sequence[str],
        name: str,
        store: Store[Connection],
        handler: Handler[Connection],
        batch: int = 200,
        ack_wait: float = 30.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        credentials: Path | None = None,
    ) -> None:
        """`name` is this subscriber's durable consumer: one name per store, never shared.

        `handler(connection, event)` runs in a thread, inside the store's transaction; when it raises, the event is
        tried again after each of `retry_delays` (seconds) and then given up. What was in hand at a crash comes again
        after `ack_wait` seconds, within which a batch must be handled. `credentials` is a file (.creds) to log in with.
        """
        self.progress = Progress()
        self._url = url
        self._stream = stream
        self._subjects = (subjects,) if isinstance(subjects, str) else tuple(subjects)
        self._name = name
        self._store = store
        self._handler = handler
        self._batch = batch
        self._ack_wait = ack_wait
        self._retry_delays = tuple(retry_delays)
        self._credentials = credentials
        self._failures: dict[int, int] = {}

    def run_until_signal(self) -> None:
        """Run until SIGINT or SIGTERM, finishing the batch in hand."""

        async def main() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop.set)
            await self.run(stop)

        asyncio.run(main())

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the stream until `stop` is set; survive the loss of server, stream, consumer and store."""
        pause = PATIENCE
        while not stop.is_set():
            applied = self.progress.applied
            try:
                await self._follow(stop)
            except (BrokerError, NotReady, StoreFailed) as error:
                logger.warning("subscriber %s waits: %s", self._name, error)
                self.progress.last_error = str(error)
                pause = PATIENCE if self.progress.applied > applied else min(pause * 2, LONGEST_PAUSE)
                await wait(stop, pause)
            finally:
                self.progress.connected = self.progress.caught_up = False

    async def _follow(self, stop: asyncio.Event) -> None:
        link = await connect(self._url, name=self._name, credentials=self._credentials)
        try:
            consumer = await bind(
                link.client.jetstream(),
                self._store.checkpoint(),
                stream=self._stream,
                name=self._name,
                subjects=self._subjects,
                ack_wait=self._ack_wait,
            )
            async with Pull(link, stream=self._stream, consumer=self._name, batch=self._batch) as pull:
                self.progress.connected = True
                while not stop.is_set():
                    messages = await pull.next(PATIENCE)
                    if messages:
                        await self._handle(messages, consumer)
                    self.progress.caught_up = not messages or messages[-1].metadata.num_pending == 0
            await _answer(pull.unread(), delay=0)
        finally:
            await link.close()

    async def _handle(self, messages: Sequence[Msg], consumer: str) -> None:
        batch, hopeless = self._events(messages)
        arrived = {message.metadata.sequence.stream: message for message in messages}
        try:
            done = await asyncio.to_thread(apply, self._store, self._handler, batch, consumer=consumer)
            retries = self._retries(done)
            hopeless += [arrived[sequence] for sequence, delay in retries.items() if delay is None]
            if hopeless:
                delivered = max(message.metadata.sequence.consumer for message in hopeless)
                await asyncio.to_thread(note, self._store, Checkpoint(consumer, delivered))
        except StoreFailed:
            await _answer(messages, delay=PATIENCE)
            raise
        self._count(done)
        for sequence in arrived.keys() - {sequence for sequence, delay in retries.items() if delay is not None}:
            self._failures.pop(sequence, None)
        unsettled = retries.keys() | {message.metadata.sequence.stream for message in hopeless}
        await _answer([message for message in messages if message.metadata.sequence.stream not in unsettled])
        for sequence, delay in retries.items():
            if delay is not None:
                await _answer([arrived[sequence]], delay=delay)
        await _give_up(hopeless)

    def _events(self, messages: Sequence[Msg]) -> tuple[list[Received], list[Msg]]:
        """Tell events from messages that are none."""
        events, foreign = [], []
        for message in messages:
            try:
                event = Event.from_message(message.subject, message.headers or {}, message.data)
            except InvalidEvent as error:
                logger.warning("%s gets a message that is no event: %s", self._name, error)
                self.progress.foreign += 1
                foreign.append(message)
            else:
                sequence = message.metadata.sequence
                events.append(Received(event, sequence.stream, sequence.consumer))
        return events, foreign

    def _retries(self, done: Applied) -> dict[int, float | None]:
        """Return when each failed event is tried again, by stream sequence; None: never."""
        delays: dict[int, float | None] = {}
        for received in done.failed:
            count = self._failures[received.sequence] = self._failures.get(received.sequence, 0) + 1
            delays[received.sequence] = self._retry_delays[count - 1] if count <= len(self._retry_delays) else None
            if delays[received.sequence] is None:
                self.progress.terminated += 1
                event = received.event
                logger.error("%s gives up %s version %s", self._name, event.subject, event.version)
        return delays

    def _count(self, done: Applied) -> None:
        self.progress.applied += done.applied
        self.progress.stale += done.stale
        self.progress.gaps += done.gaps
        self.progress.failed += len(done.failed)


async def _answer(messages: Sequence[Msg], *, delay: float | None = None) -> None:
    """Acknowledge messages, or (with a delay in seconds) ask for them again."""
    try:
        for message in messages:
            await (message.ack() if delay is None else message.nak(delay=delay))
    except (nats.errors.Error, *UNREACHABLE) as error:
        raise Unavailable(f"NATS cannot be reached: {error!r}.") from error  # delivered again, and then stale


async def _give_up(messages: Sequence[Msg]) -> None:
    try:
        for message in messages:
            await message.term()
    except (nats.errors.Error, *UNREACHABLE) as error:
        raise Unavailable(f"NATS cannot be reached: {error!r}.") from error

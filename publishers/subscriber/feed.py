"""One stream being followed: receive, apply, and answer each message by what became of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic

from nats.aio.msg import Msg

from publishers.errors import StoreFailed
from publishers.jetstream import ConsumerPlan, Link, Pull, connect
from publishers.subscriber.answers import Again, answer, give_back, kept_in_hand
from publishers.subscriber.apply import Applied, Handler, apply, give_up
from publishers.subscriber.batch import Batch
from publishers.subscriber.bodies import Bodies
from publishers.subscriber.consumer import Bound, bind, waiting
from publishers.subscriber.health import Progress
from publishers.subscriber.retries import Retries
from publishers.subscriber.store import Connection, GivenUp, Store, checkpoint_of, given_up_in

logger = logging.getLogger(__name__)
PATIENCE = 0.5  # how long one look for messages takes
LOOK_EVERY = 5.0  # how often the server is asked how many messages wait, while none comes


@dataclass(frozen=True, slots=True)
class Terms(Generic[Connection]):
    """What all feeds of a subscriber have in common."""

    url: str
    credentials: Path | None
    domain: str | None
    store: Store[Connection]
    handler: Handler[Connection]
    batch: int
    bodies: Bodies | None
    retries: Retries
    progress: Progress
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one batch at a time: the store is one


class Feed(Generic[Connection]):
    """Feeds the handler from one stream."""

    def __init__(self, terms: Terms[Connection], plan: ConsumerPlan) -> None:
        """Follow what is planned; a plan for all there is, not for the newest, is one for copies made by replays."""
        self.replays = not plan.newest
        self._terms = terms
        self._plan = plan

    async def follow(self, stop: asyncio.Event) -> None:
        """Follow the stream until `stop` is set, or raise what was lost."""
        link = await connect(self._terms.url, name=self._plan.name, credentials=self._terms.credentials)
        try:
            bound = await self._bind(link)
            plan, terms = self._plan, self._terms
            async with Pull(
                link, stream=plan.stream, consumer=plan.name, batch=terms.batch, domain=terms.domain
            ) as pull:
                async with _woken(pull, stop):
                    left = await self._pump(link, pull, bound, stop)
                await give_back([*left, *await pull.end()])
        finally:
            await link.close()

    async def _bind(self, link: Link) -> Bound:
        async with self._terms.turn:
            checkpoint = await asyncio.to_thread(checkpoint_of, self._terms.store)
            self._terms.progress.given_up = _events(await asyncio.to_thread(given_up_in, self._terms.store))
        bound = await bind(link.client.jetstream(domain=self._terms.domain), self._plan, checkpoint)
        self._terms.progress.begin(bound.waiting, replays=self.replays)
        return bound

    async def _pump(self, link: Link, pull: Pull, bound: Bound, stop: asyncio.Event) -> list[Msg]:
        """Handle what comes until `stop` is set, and return what was in hand then and not begun."""
        progress, clock = self._terms.progress, asyncio.get_running_loop().time
        looked_at = clock()
        left: list[Msg] = []
        while not stop.is_set():
            messages = await pull.next(PATIENCE)
            if messages:
                async with kept_in_hand(messages, pull, every=bound.ack_wait / 3):
                    left = await self._handle(link, messages, bound, stop)
            if self.replays:
                continue
            if messages:
                progress.wait_for(messages[-1].metadata.num_pending, since=messages[-1].metadata.timestamp)
            elif progress.waiting and clock() > looked_at + LOOK_EVERY:
                looked_at = clock()
                more = await waiting(link.client.jetstream(), self._plan)
                progress.wait_for(more, since=progress.behind_since)
        return left

    async def _handle(self, link: Link, messages: Sequence[Msg], bound: Bound, stop: asyncio.Event) -> list[Msg]:
        """Apply messages and answer them; return those that were not begun, because of a stop."""
        terms, batch = self._terms, Batch(messages, replays=self.replays)
        consumer = None if self.replays else bound.identity
        try:
            if any(received.event.dataref for received in batch.events):
                await asyncio.to_thread(batch.complete, terms.bodies)
            async with terms.turn:
                done = await asyncio.to_thread(
                    apply, terms.store, terms.handler, batch.events, consumer=consumer, halted=stop.is_set
                )
                self._judge(batch, done)
                await self._note_given_up(batch, consumer)
        except StoreFailed:
            await give_back(messages, delay=PATIENCE)
            raise
        left = {received.delivered for received in done.left}
        for event in batch.settled(but=left):
            terms.retries.forget(event)
        terms.progress.count(done, retrying=len(terms.retries))
        await answer(link.client, [m for m in messages if m.metadata.sequence.consumer not in left], batch.answers)
        return [message for message in messages if message.metadata.sequence.consumer in left]

    def _judge(self, batch: Batch, done: Applied) -> None:
        """Decide what becomes of events that failed."""
        progress = self._terms.progress
        progress.foreign += batch.foreign
        progress.gone += batch.gone
        progress.last_error = batch.outage or progress.last_error
        for received, error in [*done.failed, *batch.failed]:
            progress.failed += 1
            progress.last_error = error
            delay = self._terms.retries.after_failure(received.event)
            if delay is None:
                progress.terminated += 1
                batch.terminate(received, error)
            else:
                batch.answers[received.delivered] = Again(delay)

    async def _note_given_up(self, batch: Batch, consumer: str | None) -> None:
        progress, store = self._terms.progress, self._terms.store
        for event in batch.given_up:
            logger.error("%s gives up %s version %s: %s", self._plan.name, event.subject, event.version, event.error)
        if batch.given_up:
            checkpoint = batch.checkpoint(consumer)
            progress.given_up = _events(await asyncio.to_thread(give_up, store, batch.given_up, checkpoint))
        elif progress.given_up:  # perhaps a newer version was applied
            progress.given_up = _events(await asyncio.to_thread(given_up_in, store))


@asynccontextmanager
async def _woken(pull: Pull, stop: asyncio.Event) -> AsyncIterator[None]:
    """Let nobody wait for messages when `stop` is set."""

    async def wake() -> None:
        await stop.wait()
        pull.wake()

    waking = asyncio.create_task(wake())
    try:
        yield
    finally:
        waking.cancel()
        await asyncio.wait([waking])


def _events(given_up: Sequence[GivenUp]) -> int:
    """Count the events; a foreign message that was given up is missed by nobody."""
    return sum(event.version > 0 for event in given_up)

"""The replayer, beside the relay: copies the events that replays ask for, portion by portion, until told to stop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from mdm import streams
from mdm.errors import Moved, Unavailable
from mdm.hub import Hub
from mdm.hub.announce import SUBJECT
from mdm.hub.publishing import replays
from mdm.hub.publishing.replays import Job, Portion
from mdm.settings import Settings
from publishers import BrokerError, Event, Message, NotReady, PublishError, Refused, Stored
from publishers.jetstream import JetStreamBroker, provision
from publishers.replay import NOBODY, Address, filters_of, history, matches, store
from publishers.waiting import wait

PORTION = 200  # masters whose events are in memory at once
IDLE = 0.5
OUTAGE_PAUSE = 2.0
MOST_FILTERS = 64  # masters that the server picks out; of more, this process does
SKEW = timedelta(hours=1)  # by which the hub's clock may have been ahead of the server's

log = structlog.get_logger(__name__)


class Impossible(Exception):
    """The replay can never be made as it was asked for."""


async def copy_replays(
    settings: Settings, *, open_hub: Callable[[], AbstractContextManager[Hub]], nats_url: str, stop: asyncio.Event
) -> None:
    """Copy what replays ask for until `stop` is set; wait where PostgreSQL or NATS is away."""

    def broker(stream: str) -> JetStreamBroker:
        return JetStreamBroker(nats_url, stream, name="mdm-replay", credentials=settings.nats_credentials)

    with ExitStack() as closing:
        replayer: Replayer | None = None
        async with broker(settings.stream) as golden, broker(settings.replay_stream) as target:
            while not stop.is_set():
                pause = IDLE
                try:
                    if replayer is None:
                        await provision(target, streams.replay(settings))  # subscribers wait for it
                        hub = await asyncio.to_thread(closing.enter_context, open_hub())
                        replayer = Replayer(hub, golden, target, settings)
                    while not stop.is_set() and await replayer.turn(stop):
                        pass
                except (Unavailable, Moved, BrokerError, NotReady) as error:
                    log.warning("replayer_waits", reason=str(error))
                    pause = OUTAGE_PAUSE
                except Exception:
                    log.exception("replayer_failed")
                    pause = OUTAGE_PAUSE
                await wait(stop, pause)


@dataclass(frozen=True, slots=True)
class Replayer:
    """Copies from the heads, or from the golden stream, to the replay stream."""

    hub: Hub
    golden: JetStreamBroker
    target: JetStreamBroker
    settings: Settings

    async def turn(self, stop: asyncio.Event) -> bool:
        """Take the next replay and copy until it has ended or `stop` is set; False if there is none.

        After an outage it is taken up again where it was, when it counts as left alone.
        """
        job = await asyncio.to_thread(self._take)
        if job is None:
            return False
        await provision(self.target, streams.replay(self.settings))
        try:
            ended = await self._copy(job, stop)
        except (Impossible, Refused) as error:
            log.warning("replay_failed", replay=str(job.id), reason=str(error))
            await asyncio.to_thread(self._finish, job.id, str(error))
            return True
        if ended:
            await asyncio.to_thread(self._finish, job.id, None)
        return True

    async def _copy(self, job: Job, stop: asyncio.Event) -> bool:
        """Copy portion by portion; False if it has to be left before its end."""
        address = Address(streams.REPLAYS, job.id.hex, job.subscriber or NOBODY, SUBJECT)
        filters = await self._filters(job)
        position = job.position
        async with aclosing(self._portions(job)) as portions:
            async for portion in portions:
                wanted = [message for message in portion.messages if matches(message.subject, filters)]
                sequences = await store(self.target, [address.copy(message) for message in wanted])
                went_on = await asyncio.to_thread(
                    self._advance, job.id, portion, before=position, copied=len(wanted), sequences=sequences
                )
                if not went_on or stop.is_set():
                    return False
                position = portion.position
        return True

    async def _filters(self, job: Job) -> tuple[str, ...]:
        if job.subscriber is None:
            return (">",)
        filters = await filters_of(self.golden, job.subscriber)
        if filters is None:
            raise Impossible(f"The stream {self.golden.stream} has no durable consumer {job.subscriber}.")
        return filters

    def _portions(self, job: Job) -> AsyncGenerator[Portion, None]:
        return self._past(job) if job.events == "all" else self._newest(job)

    async def _newest(self, job: Job) -> AsyncGenerator[Portion, None]:
        position = job.position
        while True:
            portion = await asyncio.to_thread(self._heads, job.id, position)
            if portion is None:
                return
            yield portion
            position = portion.position

    async def _past(self, job: Job) -> AsyncGenerator[Portion, None]:
        """Yield the events of the masters and the time that were asked for, as far as the stream holds them.

        The position is a sequence in the stream that was made at an instant: of another stream it says nothing.
        """
        (since, until), created = job.time, (await self.golden.created_at(SUBJECT)).isoformat()
        subjects = [f"{SUBJECT}.{domain}.>" for domain in job.domains]
        if len(job.masters) <= MOST_FILTERS:
            subjects = [f"{SUBJECT}.*.{master}" for master in sorted(job.masters)]
        if not subjects:
            return
        sequence, _, of_stream = job.position.partition("@")
        after, begin = int(sequence) if of_stream == created else 0, since - SKEW if since is not None else None
        async with aclosing(history(self.golden, subjects=subjects, after=after, since=begin)) as batches:
            async for batch, left in batches:
                asked = [_message(stored) for stored in batch if _is_asked(stored, job, since=since, until=until)]
                yield Portion(tuple(asked), position=f"{batch[-1].sequence}@{created}", remaining=left)

    def _take(self) -> Job | None:
        with self.hub.begin() as work:
            return replays.take(work)

    def _heads(self, replay_id: UUID, after: str) -> Portion | None:
        with self.hub.begin() as work:
            return replays.next_heads(work, replay_id, after=after, limit=PORTION)

    def _advance(
        self, replay_id: UUID, portion: Portion, *, before: str, copied: int, sequences: Sequence[int]
    ) -> bool:
        with self.hub.begin() as work:
            work.reach("replay_advances")
            return replays.advance(work, replay_id, portion, before=before, copied=copied, sequences=sequences)

    def _finish(self, replay_id: UUID, failure: str | None) -> None:
        with self.hub.begin() as work:
            replays.finish(work, replay_id, failure=failure)


def _message(stored: Stored) -> Message:
    return Message(stored.subject, stored.headers, stored.data)


def _is_asked(stored: Stored, job: Job, *, since: datetime | None, until: datetime | None) -> bool:
    if not stored.version or stored.subject.rpartition(".")[2] not in job.masters:
        return False
    recorded_at = _recorded_at(stored)
    if recorded_at is None:
        return False
    return (since is None or recorded_at >= since) and (until is None or recorded_at < until)


def _recorded_at(stored: Stored) -> datetime | None:
    """Return when an event was recorded, None for a message that is no event."""
    try:
        return Event.from_message(stored.subject, stored.headers, stored.data).time
    except PublishError:
        return None

"""Copies of events for who asks for them again: on subjects of their own, never on those of the live events."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

import nats.errors
from nats.js import api
from nats.js.errors import NotFoundError

from publishers.broker import Broker, Message, Stored
from publishers.errors import SequenceConflict, Unavailable, UnknownOutcome
from publishers.event import EVENT_ID, MESSAGE_ID, REPLAY, VERSION
from publishers.jetstream import JetStreamBroker, passing

NOBODY = "_"  # in the place of a subscriber
BROKERS_OWN = "nats-"  # headers that say how a message was to be stored, not what it says
WINDOW = 64  # subjects in flight
BATCH = 100  # messages of the past in memory at once


@dataclass(frozen=True, slots=True)
class Address:
    """Where the copies of one request go: `root`.`request`.`subscriber`, then what follows the `source` root."""

    root: str
    request: str
    subscriber: str
    source: str

    def subject(self, subject: str) -> str:
        """Return the subject of the copies of a subject's events; raise ValueError for one outside of the source."""
        own = f"{self.source}."
        if not subject.startswith(own):
            raise ValueError(f"{subject} is not under {self.source}")
        return f"{self.root}.{self.request}.{self.subscriber}.{subject.removeprefix(own)}"

    def copy(self, message: Message | Stored) -> Message:
        """Return a copy with the same bytes and headers, under the request's own subject and message id."""
        said = {name: text for name, text in message.headers.items() if not name.lower().startswith(BROKERS_OWN)}
        headers = {MESSAGE_ID: f"{self.request}:{said.get(EVENT_ID, '')}", **said, REPLAY: self.request}
        return Message(self.subject(message.subject), headers, message.data)


async def store(broker: Broker, copies: Sequence[Message]) -> list[int]:
    """Store copies, those of a subject in the order given, none twice, and return the sequences they end at.

    Raises the first BrokerError; storing all of them again then adds what is missing.
    """
    by_subject: dict[str, list[Message]] = defaultdict(list)
    for copy in copies:
        by_subject[copy.subject].append(copy)
    room = asyncio.Semaphore(WINDOW)

    async def one(of_subject: Sequence[Message]) -> int:
        async with room:
            return await _store_in_order(broker, of_subject)

    ends = await asyncio.gather(*map(one, by_subject.values()), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
    return [end for end in ends if isinstance(end, int)]


async def _store_in_order(broker: Broker, copies: Sequence[Message]) -> int:
    """Store the copies of one subject behind each other: what is there already is known by its version."""
    sequence, stored = 0, 0
    for copy in copies:
        version = int(copy.headers[VERSION])
        while stored < version:
            try:
                sequence, stored = await broker.publish(copy, after=sequence), version
            except SequenceConflict:
                last = await broker.last(copy.subject)
                if last is None or last.sequence == sequence:
                    raise UnknownOutcome(f"{copy.subject} does not say what it ends with.") from None
                sequence, stored = last.sequence, last.version
    return sequence


async def history(
    broker: JetStreamBroker, *, subjects: Sequence[str], after: int = 0, since: datetime | None = None
) -> AsyncGenerator[tuple[list[Stored], int], None]:
    """Yield what a stream holds on subjects, whole and in order, and with each batch how many messages follow it.

    It begins behind the sequence `after`, or (0) with what was stored since an instant.
    """
    config = passing(api.DeliverPolicy.ALL, subjects=subjects)
    if after:
        config = config.evolve(deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=after + 1)
    elif since is not None:
        config = config.evolve(deliver_policy=api.DeliverPolicy.BY_START_TIME, opt_start_time=since)
    async with aclosing(broker.read(config, batch=BATCH)) as batches:
        async for batch, left in batches:
            yield batch, left


async def filters_of(broker: JetStreamBroker, consumer: str) -> tuple[str, ...] | None:
    """Return the subjects a durable consumer of the stream follows, None if there is no such consumer."""
    context = await broker.context()
    try:
        config = (await context.consumer_info(broker.stream, consumer)).config
    except NotFoundError:
        return None
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise Unavailable(f"Consumer {consumer} of stream {broker.stream} cannot be looked at: {error}.") from error
    return tuple(config.filter_subjects or [config.filter_subject or ">"])


def matches(subject: str, filters: Sequence[str]) -> bool:
    """Tell whether a subject is among those that filters with wildcards name."""
    return any(_matches(subject.split("."), wanted.split(".")) for wanted in filters)


def _matches(tokens: Sequence[str], wanted: Sequence[str]) -> bool:
    for place, word in enumerate(wanted):
        if word == ">":
            return len(tokens) > place
        if place >= len(tokens) or word not in ("*", tokens[place]):
            return False
    return len(tokens) == len(wanted)

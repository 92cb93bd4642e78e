"""How far the durable consumers of a stream are, by what the server says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import nats.errors
from nats.js import JetStreamContext, api

from publishers.errors import Unavailable
from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.connection import reason

BEGINNING_AT_ALL = frozenset({api.DeliverPolicy.ALL, api.DeliverPolicy.LAST_PER_SUBJECT})


@dataclass(frozen=True, slots=True)
class Reader:
    """A durable consumer: sequences of the stream up to which it was `delivered` messages, and has settled all.

    No `subjects` are all. `whole`: it began with everything the stream held, or the newest of every subject.
    `unsettled` messages were delivered and are not acknowledged, `waiting` ones are yet to be delivered.
    """

    name: str
    subjects: tuple[str, ...]
    whole: bool
    created_at: datetime
    delivered: int
    settled: int
    unsettled: int
    waiting: int

    def reads(self, subject: str) -> bool:
        """Tell whether messages of a subject are for it."""
        return not self.subjects or any(_matches(subject, pattern) for pattern in self.subjects)


@dataclass(frozen=True, slots=True)
class Readers:
    """The durable consumers of a stream by name; the stream keeps the newest `kept` messages of every subject."""

    readers: Sequence[Reader]
    kept: int | None


async def readers_of(broker: JetStreamBroker) -> Readers:
    """Ask the server for all durable consumers of a stream; raises Unavailable or NotReady."""
    kept = (await broker.info()).config.max_msgs_per_subject
    context, found = await broker.context(), list[api.ConsumerInfo]()
    while page := await _page(context, broker.stream, len(found)):
        found += page
    readers = (_reader(info) for info in found if info.config.durable_name)
    return Readers(sorted(readers, key=lambda reader: reader.name), kept if kept and kept > 0 else None)


async def _page(context: JetStreamContext, stream: str, offset: int) -> Sequence[api.ConsumerInfo]:
    try:
        return await context.consumers_info(stream, offset)
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise Unavailable(f"The consumers of stream {stream} cannot be asked for: {reason(error)}.") from error


def _reader(info: api.ConsumerInfo) -> Reader:
    config = info.config
    return Reader(
        name=info.name,
        subjects=tuple(config.filter_subjects or ([config.filter_subject] if config.filter_subject else ())),
        whole=config.deliver_policy in BEGINNING_AT_ALL,
        created_at=info.created,
        delivered=info.delivered.stream_seq if info.delivered else 0,
        settled=info.ack_floor.stream_seq if info.ack_floor else 0,
        unsettled=info.num_ack_pending or 0,
        waiting=info.num_pending or 0,
    )


def _matches(subject: str, pattern: str) -> bool:
    """Tell whether a subject is one that a pattern of NATS means: `*` is one part, `>` all that follow."""
    parts, wanted = subject.split("."), pattern.split(".")
    if wanted[-1] == ">":
        return len(parts) >= len(wanted) and _matches(".".join(parts[: len(wanted) - 1]), ".".join(wanted[:-1]))
    return len(parts) == len(wanted) and all(w in ("*", part) for part, w in zip(parts, wanted, strict=True))

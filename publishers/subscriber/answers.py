"""What a subscriber tells the server about the messages it was given."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from publishers.errors import Unavailable
from publishers.jetstream import UNREACHABLE, Pull

TERMINATE = b"+TERM "
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Again:
    """Deliver it again after so many seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Never:
    """Do not deliver it again; the server tells whoever listens to its advisories why."""

    reason: str


Answer = Again | Never | None  # None: it is done


async def answer(client: Client, messages: Sequence[Msg], answers: Mapping[int, Answer]) -> None:
    """Answer each message by the number of its delivery; those not mentioned are done."""
    try:
        for message in messages:
            match answers.get(message.metadata.sequence.consumer):
                case None:
                    await message.ack()
                case Again(delay):
                    await message.nak(delay=delay)
                case Never(reason):
                    await client.publish(message.reply, TERMINATE + _plain(reason))
    except (nats.errors.Error, *UNREACHABLE) as error:
        raise Unavailable(f"NATS cannot be reached: {error!r}.") from error  # delivered again, and then stale


async def give_back(messages: Sequence[Msg], *, delay: float = 0.0) -> None:
    """Ask for messages again."""
    try:
        for message in messages:
            await message.nak(delay=delay)
    except (nats.errors.Error, *UNREACHABLE) as error:
        raise Unavailable(f"NATS cannot be reached: {error!r}.") from error


@contextlib.asynccontextmanager
async def kept_in_hand(messages: Sequence[Msg], pull: Pull, *, every: float) -> AsyncIterator[None]:
    """While the block lasts, tell the server every so many seconds that these and those fetched are not lost."""
    reminding = asyncio.create_task(_remind(messages, pull, every))
    try:
        yield
    finally:
        reminding.cancel()
        await asyncio.wait([reminding])


async def _remind(messages: Sequence[Msg], pull: Pull, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        with contextlib.suppress(nats.errors.Error, *UNREACHABLE):  # they come again, and are stale then
            for message in [*messages, *pull.waiting]:
                await message.in_progress()


def _plain(reason: str) -> bytes:
    return " ".join(reason.split())[:LONGEST_REASON].encode()

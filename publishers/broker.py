"""The port to a broker that keeps a stream of messages, and its in-memory twin."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from publishers.errors import Refused, SequenceConflict, Unavailable, UnknownOutcome
from publishers.event import DIGEST, EVENT_ID, MESSAGE_ID, VERSION


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: exact bytes under exact headers."""

    subject: str
    headers: Mapping[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as the stream keeps it."""

    subject: str
    headers: Mapping[str, str]
    data: bytes
    sequence: int
    time: datetime

    @property
    def event_id(self) -> str:
        """Return the id of its event, or nothing for a message that is none.

        The message id is another one where an event was stored again: brokers know an id longer than the message.
        """
        return self.headers.get(EVENT_ID, "")

    @property
    def stored_again(self) -> bool:
        """Tell whether this is an event that had been stored before, and was brought back."""
        return self.headers.get(MESSAGE_ID, self.event_id) != self.event_id

    @property
    def version(self) -> int:
        """Return the version of its event, 0 for a message that is none."""
        text = self.headers.get(VERSION, "")
        return int(text) if text.isdecimal() else 0

    @property
    def digest(self) -> str:
        """Return the digest its headers declare."""
        return self.headers.get(DIGEST, "")


class Broker(Protocol):
    """A stream that stores a message only if the subject's last message is the one expected."""

    async def publish(self, message: Message, *, after: int) -> int:
        """Store the message if `after` is the last sequence of its subject (0: none) and return its sequence.

        A message id sent again within the broker's window returns the sequence it has; if that message was removed the
        outcome is unknown until the window has passed. Raises Unavailable, UnknownOutcome, SequenceConflict or Refused.
        """
        ...

    async def last(self, subject: str) -> Stored | None:
        """Return the last message of the subject as the leader knows it."""
        ...

    async def created_at(self, subject: str) -> datetime:
        """Return the instant at which the stream of the subject was created."""
        ...

    def walk(self, *, newest: bool = True, whole: bool = False) -> AsyncIterator[Stored]:
        """Yield what is stored in order of sequence, without data unless `whole`.

        `newest`: only the last of every subject.
        """
        ...


class BySubject:
    """Several brokers behind the port: a subject belongs to the one whose prefix it starts with."""

    def __init__(self, brokers: Mapping[str, Broker]) -> None:
        """Know the broker of every prefix; no prefix may start with another."""
        self._brokers = brokers

    async def publish(self, message: Message, *, after: int) -> int:
        """Store the message in the stream it belongs to, behind its fence."""
        return await self._of(message.subject).publish(message, after=after)

    async def last(self, subject: str) -> Stored | None:
        """Return the last message of the subject."""
        return await self._of(subject).last(subject)

    async def created_at(self, subject: str) -> datetime:
        """Return the instant at which the stream of the subject was created."""
        return await self._of(subject).created_at(subject)

    async def walk(self, *, newest: bool = True, whole: bool = False) -> AsyncIterator[Stored]:
        """Yield what is stored, stream by stream."""
        for broker in self._brokers.values():
            async for stored in broker.walk(newest=newest, whole=whole):
                yield stored

    def _of(self, subject: str) -> Broker:
        for prefix, broker in self._brokers.items():
            if subject.startswith(prefix):
                return broker
        raise Refused(f"No stream takes {subject}; there are streams for {', '.join(self._brokers)}.")


class InMemoryBroker:
    """A stream in memory with the manners of JetStream, for tests without servers."""

    def __init__(self, *, max_messages: int | None = None) -> None:
        """Keep at most `max_messages`, refusing new ones beyond."""
        self.messages: list[Stored] = []
        self.offline = False  # the next calls find no broker
        self.lost_acknowledgements = 0  # so many of the next messages are stored without saying so
        self._created_at = datetime.now(UTC)
        self._max_messages = max_messages
        self._last: dict[str, Stored] = {}
        self._known: dict[str, int] = {}
        self._sequence = 0

    async def publish(self, message: Message, *, after: int) -> int:
        """Store the message behind its fence."""
        self._reach()
        last = self._last.get(message.subject)
        if (last.sequence if last else 0) != after:
            raise SequenceConflict(f"The last sequence of {message.subject} is not {after}.")
        message_id = message.headers.get(MESSAGE_ID, "")
        if message_id in self._known:
            if last is None or last.sequence < self._known[message_id]:
                raise UnknownOutcome(f"The message on {message.subject} is taken for one that was removed.")
            return self._known[message_id]
        if self._max_messages is not None and len(self.messages) >= self._max_messages:
            raise Refused(f"The stream is full, {message.subject} was not stored.")
        stored = self._store(message)
        if self.lost_acknowledgements:
            self.lost_acknowledgements -= 1
            raise UnknownOutcome
        return stored.sequence

    async def last(self, subject: str) -> Stored | None:
        """Return the last message of the subject."""
        self._reach()
        return self._last.get(subject)

    async def created_at(self, subject: str) -> datetime:  # noqa: ARG002 (it is one stream)
        """Return the instant at which the stream was created."""
        self._reach()
        return self._created_at

    async def walk(self, *, newest: bool = True, whole: bool = False) -> AsyncIterator[Stored]:
        """Yield what is stored."""
        self._reach()
        for stored in list(self.messages):
            if not newest or self._last[stored.subject] is stored:
                yield stored if whole else replace(stored, data=b"")

    def purge(self, subject: str | None = None) -> None:
        """Remove the messages of one subject, or all; ids and sequences stay known."""
        self.messages = [m for m in self.messages if subject is not None and m.subject != subject]
        self._last = {m.subject: m for m in self.messages}

    def recreate(self) -> None:
        """Lose everything and begin again, as when a stream is deleted and created."""
        self.purge()
        self._known.clear()
        self._sequence = 0
        self._created_at = datetime.now(UTC)

    def versions(self) -> dict[str, list[int]]:
        """Return the versions stored, in order, by subject."""
        found: dict[str, list[int]] = defaultdict(list)
        for stored in self.messages:
            found[stored.subject].append(stored.version)
        return dict(found)

    def _store(self, message: Message) -> Stored:
        self._sequence += 1
        stored = Stored(message.subject, dict(message.headers), message.data, self._sequence, datetime.now(UTC))
        self.messages.append(stored)
        self._last[stored.subject] = stored
        if MESSAGE_ID in stored.headers:
            self._known[stored.headers[MESSAGE_ID]] = stored.sequence
        return stored

    def _reach(self) -> None:
        if self.offline:
            raise Unavailable

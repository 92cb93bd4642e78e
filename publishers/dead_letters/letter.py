"""A dead letter, and where a collector keeps them: the port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from publishers.broker import Stored
from publishers.dead_letters.advisory import Advisory


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """What a server said of a message, byte for byte, and the message.

    `advisory` None: it cannot be read, `problem` says why. `message` None: it has gone from its stream, which is
    `stream_created_at` old (None: it has gone too).
    """

    raw: bytes
    received_at: datetime
    advisory: Advisory | None = None
    problem: str | None = None
    message: Stored | None = None
    stream_created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Which consumer fed a store, and the last sequence the store has kept."""

    consumer: str
    sequence: int


class Store(Protocol):
    """Keeps dead letters; several collectors may use it at once. What may be tried again is StoreFailed."""

    def position(self) -> Position | None:
        """Return how far it is, None for a new store."""
        ...

    def keep(self, letters: Sequence[DeadLetter], position: Position) -> None:
        """Commit dead letters, those it does not have yet, together with the position."""
        ...

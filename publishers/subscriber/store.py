"""Where a subscriber keeps its position: the port, and a twin in memory."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

Connection = TypeVar("Connection")
Connection_co = TypeVar("Connection_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which consumer fed the store, and how many of its deliveries the store has seen."""

    consumer: str
    delivered: int


class Transaction(Protocol[Connection_co]):
    """What is committed together: the handler's work on `connection` and the position."""

    @property
    def connection(self) -> Connection_co:
        """Return what the handler works with."""
        ...

    def version(self, subject: str) -> int:
        """Return the version applied last, 0 for none."""
        ...

    def advance(self, subject: str, version: int) -> None:
        """Note the version just applied."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        ...


class Store(Protocol[Connection_co]):
    """A place that commits the handler's work and the position together. Errors of its own are StoreFailed."""

    def transaction(self) -> AbstractContextManager[Transaction[Connection_co]]:
        """Commit when the block ends, roll back when it raises."""
        ...

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint, None for a new store."""
        ...


Rows = dict[str, Any]


@dataclass(slots=True)
class InMemoryTransaction:
    """Changes that are not committed yet."""

    connection: Rows
    versions: dict[str, int]
    changed: dict[str, int] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None

    def version(self, subject: str) -> int:
        """Return the version applied last, 0 for none."""
        return self.changed.get(subject) or self.versions.get(subject, 0)

    def advance(self, subject: str, version: int) -> None:
        """Note the version just applied."""
        self.changed[subject] = version

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        self.checkpoint = checkpoint


class InMemoryStore:
    """A store whose connection is a dict; a handler must replace values in it, not change them in place."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: Rows = {}
        self.versions: dict[str, int] = {}
        self._checkpoint: Checkpoint | None = None

    @contextmanager
    def transaction(self) -> Iterator[InMemoryTransaction]:
        """Commit when the block ends; when it raises, nothing has happened."""
        work = InMemoryTransaction(dict(self.rows), self.versions)
        yield work
        self.rows = work.connection
        self.versions.update(work.changed)
        self._checkpoint = work.checkpoint or self._checkpoint

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint."""
        return self._checkpoint

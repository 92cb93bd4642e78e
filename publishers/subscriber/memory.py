"""A store in memory, for tests and for readers that begin anew with every start."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from publishers.subscriber.store import Checkpoint, GivenUp

Rows = dict[str, Any]


class InMemoryTransaction:
    """Changes that are not committed yet."""

    def __init__(self, store: "InMemoryStore") -> None:
        """Begin with copies of what changes by writing, and with notes of the rest."""
        self.connection: Rows = dict(store.rows)
        self.changed: dict[str, int] = {}
        self.refused = dict(store.refused)
        self._store = store
        self._checkpoint = store.kept

    def versions(self, subjects: Collection[str]) -> dict[str, int]:
        """Return the version applied last of each of these subjects."""
        known = self._store.positions
        return {subject: known[subject] for subject in subjects if subject in known}

    def advance(self, versions: Mapping[str, int]) -> None:
        """Note the versions just applied."""
        self.changed.update(versions)
        self.refused = {s: g for s, g in self.refused.items() if g.version > versions.get(s, -1)}

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint."""
        return self._checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        self._checkpoint = checkpoint

    def give_up(self, events: Sequence[GivenUp]) -> None:
        """Note what is given up."""
        for event in events:
            if (known := self.refused.get(event.subject)) is None or known.version <= event.version:
                self.refused[event.subject] = event

    def given_up(self) -> list[GivenUp]:
        """Return what is given up."""
        return [self.refused[subject] for subject in sorted(self.refused)]


class InMemoryStore:
    """A store whose connection is a dict; a handler must replace values in it, not change them in place."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: Rows = {}
        self.positions: dict[str, int] = {}
        self.refused: dict[str, GivenUp] = {}
        self.kept: Checkpoint | None = None

    @contextmanager
    def transaction(self) -> Iterator[InMemoryTransaction]:
        """Commit when the block ends; when it raises, nothing has happened."""
        work = InMemoryTransaction(self)
        yield work
        self.rows, self.refused, self.kept = work.connection, work.refused, work.checkpoint()
        self.positions.update(work.changed)

    def is_outage(self, error: Exception) -> bool:  # noqa: ARG002 (memory does not fail)
        """Tell whether an error is the store's fault: never."""
        return False

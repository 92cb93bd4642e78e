"""A store in SQLite: the handler writes to the same database file in the same transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from publishers.errors import StoreFailed
from publishers.subscriber.store import Checkpoint

TABLES = """
CREATE TABLE IF NOT EXISTS publishers_position (subject TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS publishers_checkpoint (
    only INTEGER PRIMARY KEY CHECK (only = 1), consumer TEXT NOT NULL, delivered INTEGER NOT NULL
);
"""


class SqliteTransaction:
    """An open transaction; the handler must neither commit nor roll back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on a connection that has begun."""
        self.connection = connection

    def version(self, subject: str) -> int:
        """Return the version applied last, 0 for none."""
        row = self.connection.execute(
            "SELECT version FROM publishers_position WHERE subject = ?", (subject,)
        ).fetchone()
        return row[0] if row else 0

    def advance(self, subject: str, version: int) -> None:
        """Note the version just applied."""
        self.connection.execute("INSERT OR REPLACE INTO publishers_position VALUES (?, ?)", (subject, version))

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        self.connection.execute(
            "INSERT OR REPLACE INTO publishers_checkpoint VALUES (1, ?, ?)",
            (checkpoint.consumer, checkpoint.delivered),
        )


class SqliteStore:
    """A database file with the subscriber's own tables, its position among them."""

    def __init__(self, path: str | Path, *, schema: str = "") -> None:
        """Open or create the file and run `schema` (CREATE TABLE IF NOT EXISTS …) in it."""
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(TABLES + schema)
        except sqlite3.Error as error:
            raise StoreFailed(f"SQLite cannot open {path}: {error}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """Commit when the block ends, roll back when it raises."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield SqliteTransaction(self._connection)
            self._execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint."""
        row = self._connection.execute("SELECT consumer, delivered FROM publishers_checkpoint").fetchone()
        return Checkpoint(*row) if row else None

    def _execute(self, statement: str) -> None:
        try:
            self._connection.execute(statement)
        except sqlite3.Error as error:
            raise StoreFailed(f"SQLite: {error}.") from error

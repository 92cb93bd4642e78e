"""A store in SQLite: the handler writes to the same database file in the same transaction."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from publishers.errors import StoreFailed
from publishers.subscriber.store import Checkpoint, GivenUp, HandlerFailed

TABLES = """
CREATE TABLE IF NOT EXISTS publishers_position (subject TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS publishers_checkpoint (
    only INTEGER PRIMARY KEY CHECK (only = 1), consumer TEXT NOT NULL, delivered INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS publishers_given_up (
    subject TEXT PRIMARY KEY, version INTEGER NOT NULL, error TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
"""
GIVE_UP = """
INSERT INTO publishers_given_up VALUES (?, ?, ?, ?)
ON CONFLICT (subject) DO UPDATE SET version = excluded.version, error = excluded.error, at = excluded.at
WHERE excluded.version >= publishers_given_up.version
"""
OUTAGES = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
}  # fmt: skip


class SqliteTransaction:
    """An open transaction; the handler must neither commit nor roll back."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on a connection that has begun."""
        self.connection = connection

    def versions(self, subjects: Collection[str]) -> dict[str, int]:
        """Return the version applied last of each of these subjects."""
        return dict(
            self.connection.execute(
                "SELECT subject, version FROM publishers_position WHERE subject IN (SELECT value FROM json_each(?))",
                (json.dumps(list(subjects)),),
            )
        )

    def advance(self, versions: Mapping[str, int]) -> None:
        """Note the versions just applied."""
        self.connection.executemany("INSERT OR REPLACE INTO publishers_position VALUES (?, ?)", versions.items())
        if self.connection.execute("SELECT 1 FROM publishers_given_up LIMIT 1").fetchone():
            self.connection.executemany(
                "DELETE FROM publishers_given_up WHERE subject = ? AND version <= ?", versions.items()
            )

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint."""
        row = self.connection.execute("SELECT consumer, delivered FROM publishers_checkpoint").fetchone()
        return Checkpoint(*row) if row else None

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        self.connection.execute(
            "INSERT OR REPLACE INTO publishers_checkpoint VALUES (1, ?, ?)",
            (checkpoint.consumer, checkpoint.delivered),
        )

    def give_up(self, events: Sequence[GivenUp]) -> None:
        """Note what is given up."""
        rows = [(event.subject, event.version, event.error, event.at.isoformat()) for event in events]
        self.connection.executemany(GIVE_UP, rows)

    def given_up(self) -> list[GivenUp]:
        """Return what is given up."""
        rows = self.connection.execute("SELECT * FROM publishers_given_up ORDER BY subject").fetchall()
        return [GivenUp(subject, version, error, datetime.fromisoformat(at)) for subject, version, error, at in rows]


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
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield SqliteTransaction(self._connection)
            self._connection.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.IntegrityError):  # a constraint that is checked at the commit
                raise HandlerFailed from error
            if isinstance(error, sqlite3.Error):
                raise StoreFailed(f"SQLite: {error}.") from error
            raise

    def is_outage(self, error: Exception) -> bool:
        """Tell whether the file, not the event, is to blame: it is locked, full or cannot be read."""
        return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in OUTAGES

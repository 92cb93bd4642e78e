"""A store in PostgreSQL: the handler writes to the same database in the same transaction; needs psycopg."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, Self

import psycopg
from psycopg import errors, sql

from publishers.errors import StoreFailed
from publishers.subscriber.store import Checkpoint, GivenUp, HandlerFailed

Row = tuple[Any, ...]
TABLES = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.position (subject text PRIMARY KEY, version bigint NOT NULL);
CREATE TABLE IF NOT EXISTS {schema}.checkpoint (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), consumer text NOT NULL, delivered bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS {schema}.given_up (
    subject text PRIMARY KEY, version bigint NOT NULL, error text NOT NULL, at timestamptz NOT NULL
);
"""
ADVANCE = (
    "INSERT INTO {schema}.position SELECT * FROM unnest(%s::text[], %s::bigint[])"
    " ON CONFLICT (subject) DO UPDATE SET version = excluded.version"
)
CLEAR = (
    "DELETE FROM {schema}.given_up AS g USING unnest(%s::text[], %s::bigint[]) AS applied (subject, version)"
    " WHERE g.subject = applied.subject AND g.version <= applied.version"
)
SAVE = (
    "INSERT INTO {schema}.checkpoint (consumer, delivered) VALUES (%s, %s)"
    " ON CONFLICT (only_one) DO UPDATE SET consumer = excluded.consumer, delivered = excluded.delivered"
)
GIVE_UP = (
    "INSERT INTO {schema}.given_up AS g VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (subject) DO UPDATE SET version = excluded.version, error = excluded.error, at = excluded.at"
    " WHERE excluded.version >= g.version"
)
BLAMED = (
    psycopg.IntegrityError,  # a constraint that is checked at the commit
    psycopg.DataError,
    errors.InFailedSqlTransaction,  # an error was caught and passed over
)
OUTAGES = (
    psycopg.OperationalError,  # connection lost, server stopping, disk full, too many connections, deadlock
    psycopg.InterfaceError,  # the connection is closed
    errors.ReadOnlySqlTransaction,  # a standby answers
    errors.SerializationFailure,
)


class PostgresTransaction:
    """An open transaction; the handler must neither commit nor roll back."""

    def __init__(self, connection: psycopg.Connection[Row], schema: sql.Identifier) -> None:
        """Work on a connection that has begun."""
        self.connection = connection
        self._schema = schema

    def versions(self, subjects: Collection[str]) -> dict[str, int]:
        """Return the version applied last of each of these subjects."""
        rows = self._run("SELECT subject, version FROM {schema}.position WHERE subject = ANY(%s)", list(subjects))
        return dict(rows.fetchall())

    def advance(self, versions: Mapping[str, int]) -> None:
        """Note the versions just applied."""
        columns = list(versions), list(versions.values())
        self._run(ADVANCE, *columns)
        self._run(CLEAR, *columns)

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint."""
        row = self._run("SELECT consumer, delivered FROM {schema}.checkpoint").fetchone()
        return Checkpoint(*row) if row else None

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        self._run(SAVE, checkpoint.consumer, checkpoint.delivered)

    def give_up(self, events: Sequence[GivenUp]) -> None:
        """Note what is given up."""
        for event in events:
            self._run(GIVE_UP, event.subject, event.version, event.error.replace("\0", "\\0"), event.at)

    def given_up(self) -> list[GivenUp]:
        """Return what is given up."""
        rows = self._run("SELECT subject, version, error, at FROM {schema}.given_up ORDER BY subject")
        return [GivenUp(*row) for row in rows.fetchall()]

    def _run(self, statement: LiteralString, *values: Any) -> psycopg.Cursor[Row]:
        return self.connection.execute(sql.SQL(statement).format(schema=self._schema), values)


class PostgresStore:
    """A schema with the subscriber's position beside its own tables; a lost connection is opened again."""

    def __init__(self, dsn: str, *, schema: str = "subscriber", tables: LiteralString = "") -> None:
        """Connect, make `schema` if it does not exist, and run `tables` (CREATE TABLE IF NOT EXISTS …)."""
        self._dsn = dsn
        self._schema = sql.Identifier(schema)
        self._connection: psycopg.Connection[Row] | None = None
        with self._opened() as connection:
            connection.execute(sql.SQL(TABLES).format(schema=self._schema))
            if tables:
                connection.execute(tables)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next transaction opens one again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """Commit when the block ends, roll back when it raises."""
        with self._opened() as connection:
            yield PostgresTransaction(connection, self._schema)

    def is_outage(self, error: Exception) -> bool:
        """Tell whether the server, not the event, is to blame."""
        return isinstance(error, OUTAGES)

    @contextmanager
    def _opened(self) -> Iterator[psycopg.Connection[Row]]:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self._dsn, autocommit=True)
            with self._connection.transaction():
                yield self._connection
        except BLAMED as error:
            raise HandlerFailed from error
        except psycopg.Error as error:
            raise StoreFailed(f"PostgreSQL: {error}.") from error

"""The rule of every subscriber, on every store: apply what is newer, once, together with the position."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishers import Event, StoreFailed, Unavailable
from publishers.subscriber import Checkpoint, GivenUp, InMemoryStore, SqliteStore, Store
from publishers.subscriber.apply import Applied, Received, apply, give_up
from publishers.subscriber.postgres import PostgresStore
from publishers.subscriber.store import checkpoint_of, given_up_in
from tests.publishers.events import an_event, query

if TYPE_CHECKING:
    from _pytest.fixtures import FixtureRequest

SCHEMA = "CREATE TABLE IF NOT EXISTS golden (subject TEXT PRIMARY KEY, data TEXT);"
UPSERT = "INSERT INTO golden VALUES ({0}, {0}) ON CONFLICT (subject) DO UPDATE SET data = excluded.data"


class Table:
    """The handler's own rows, readable and writable the same way on every store."""

    def __init__(self, store: Store[Any]) -> None:
        self.store = store

    def save(self, connection: Any, event: Event) -> None:
        if event.data == b"poison":
            raise ValueError("cannot be applied")
        if isinstance(connection, dict):
            connection[event.subject] = event.data.decode()
        else:
            mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
            connection.execute(UPSERT.format(mark), (event.subject, event.data.decode()))

    def rows(self) -> dict[str, str]:
        with self.store.transaction() as transaction:
            connection = transaction.connection
            if isinstance(connection, dict):
                return dict(connection)
            return dict(connection.execute("SELECT subject, data FROM golden").fetchall())

    def apply(self, *events: Event, first: int = 1, **options: Any) -> Applied:
        batch = [Received(event, number) for number, event in enumerate(events, first)]
        return apply(self.store, self.save, batch, consumer="c@1", **options)

    def replay(self, event: Event) -> Applied:
        return apply(self.store, self.save, [Received(event, 1, replayed=True)], consumer=None)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "down.db", schema=SCHEMA) as store:
        yield store


@pytest.fixture
def memory() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
def postgres(empty_database: str) -> Iterator[PostgresStore]:
    with PostgresStore(empty_database, schema="Their feed", tables=SCHEMA) as store:
        yield store


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def table(request: "FixtureRequest") -> Table:
    return Table(request.getfixturevalue(request.param))


def state(version: int, subject: str = "a") -> Event:
    return an_event(subject, version, data=b"v%d" % version)


def test_newer_versions_are_applied_in_order(table: Table) -> None:
    done = table.apply(state(1), state(2), state(1, "b"))
    assert (done.applied, done.stale, done.gaps) == (3, 0, 0)
    assert table.rows() == {"a": "v2", "b": "v1"}


def test_delivery_of_a_version_already_applied_changes_nothing(table: Table) -> None:
    table.apply(state(1), state(2))
    done = table.apply(state(2), state(1))
    assert (done.applied, done.stale) == (0, 2)
    assert table.rows() == {"a": "v2"}


def test_gap_is_counted_and_needs_no_repair(table: Table) -> None:
    table.apply(state(1))
    done = table.apply(state(5))
    assert (done.applied, done.gaps) == (1, 3)
    assert table.rows() == {"a": "v5"}


def test_first_version_seen_of_a_subject_is_no_gap(table: Table) -> None:
    assert table.apply(state(7)).gaps == 0


def test_poison_fails_alone(table: Table) -> None:
    poison = an_event("b", 1, data=b"poison")
    done = table.apply(state(1), poison, state(2), state(1, "c"))
    assert [(received.event, error) for received, error in done.failed] == [(poison, "ValueError('cannot be applied')")]
    assert done.applied == 3
    assert table.rows() == {"a": "v2", "c": "v1"}


def test_version_after_poison_is_applied_and_makes_it_stale(table: Table) -> None:
    poison = an_event("a", 1, data=b"poison")
    table.apply(poison)
    assert table.apply(state(2)).applied == 1
    assert table.apply(poison).stale == 1


def test_what_a_failing_handler_wrote_is_undone(table: Table) -> None:
    def half(connection: Any, event: Event) -> None:
        table.save(connection, event)
        raise RuntimeError("after writing")

    done = apply(table.store, half, [Received(state(1), 1)], consumer="c@1")
    assert len(done.failed) == 1
    assert table.rows() == {}


def test_checkpoint_moves_with_the_batch_and_never_back(table: Table) -> None:
    assert checkpoint_of(table.store) is None
    table.apply(state(1), state(2))
    assert checkpoint_of(table.store) == Checkpoint("c@1", 2)
    table.apply(state(1))
    assert checkpoint_of(table.store) == Checkpoint("c@1", 2)
    give_up(table.store, [], Checkpoint("c@1", 9))
    assert checkpoint_of(table.store) == Checkpoint("c@1", 9)
    give_up(table.store, [], Checkpoint("c@2", 1))
    assert checkpoint_of(table.store) == Checkpoint("c@2", 1)


def test_replayed_copy_is_applied_again_unless_it_is_older(table: Table) -> None:
    table.apply(state(1), state(2))
    assert table.replay(an_event("a", 2, data=b"mended")).applied == 1
    assert table.replay(state(1)).stale == 1
    assert table.rows() == {"a": "mended"}
    assert checkpoint_of(table.store) == Checkpoint("c@1", 2)


def given_up(version: int, subject: str = "a") -> GivenUp:
    return GivenUp(subject, version, "no\0 way", datetime(2026, 11, 21, 8, tzinfo=UTC))


def test_what_is_given_up_stays_noted_until_that_version_or_a_later_one_is_applied(table: Table) -> None:
    assert [event.subject for event in give_up(table.store, [given_up(2, "b"), given_up(2)], None)] == ["a", "b"]
    give_up(table.store, [given_up(1), given_up(3, "b")], None)
    assert [(event.subject, event.version) for event in given_up_in(table.store)] == [("a", 2), ("b", 3)]
    assert given_up_in(table.store)[0].at == given_up(2).at
    table.apply(state(1), state(2, "b"))
    assert len(given_up_in(table.store)) == 2
    table.replay(state(2))
    table.apply(state(4, "b"))
    assert given_up_in(table.store) == []


def test_nothing_is_given_up_that_a_newer_version_has_replaced(table: Table) -> None:
    table.apply(state(3))
    assert give_up(table.store, [given_up(2)], None) == []


def test_once_halted_the_rest_is_left_and_what_is_done_stays(table: Table) -> None:
    answers = iter([False, False, True])
    done = table.apply(state(1), state(2), state(3), halted=lambda: next(answers))
    assert (done.applied, [received.event.version for received in done.left]) == (2, [3])
    assert (table.rows(), checkpoint_of(table.store)) == ({"a": "v2"}, Checkpoint("c@1", 2))


@pytest.mark.parametrize("outage", [Unavailable("the ERP is away"), StoreFailed("so is its database")])
def test_handler_that_cannot_reach_its_target_is_no_poison(table: Table, outage: Exception) -> None:
    def unable(connection: Any, event: Event) -> None:
        raise outage

    with pytest.raises(StoreFailed, match=str(outage)):
        apply(table.store, unable, [Received(state(1), 1)], consumer="c@1")


@given(deliveries=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=40), cut=st.integers(1, 7))
def test_any_order_with_duplicates_ends_with_the_newest_of_every_subject(
    deliveries: list[tuple[str, int]], cut: int
) -> None:
    table = Table(InMemoryStore())
    for start in range(0, len(deliveries), cut):
        batch = [state(version, subject) for subject, version in deliveries[start : start + cut]]
        table.apply(*batch, first=start + 1)
    newest: dict[str, int] = {}
    for subject, version in deliveries:
        newest[subject] = max(version, newest.get(subject, 0))
    assert table.rows() == {subject: f"v{version}" for subject, version in newest.items()}


def test_sqlite_keeps_rows_and_position_over_a_restart(tmp_path: Path) -> None:
    for expected in (1, 0):
        with SqliteStore(tmp_path / "down.db", schema=SCHEMA) as store:
            assert Table(store).apply(state(1)).applied == expected
            assert Table(store).rows() == {"a": "v1"}


def test_sqlite_that_cannot_begin_says_so(tmp_path: Path, sqlite: SqliteStore) -> None:
    blocker = sqlite3.connect(tmp_path / "down.db")
    blocker.execute("BEGIN EXCLUSIVE")
    sqlite._connection.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(StoreFailed, match="locked"):
        Table(sqlite).apply(state(1))
    blocker.rollback()
    blocker.close()
    assert Table(sqlite).apply(state(1)).applied == 1


def test_sqlite_that_cannot_be_opened_says_where(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="missing"):
        SqliteStore(tmp_path / "missing" / "down.db")


def no_commit(action: int, what: str | None, *_: object) -> int:
    return sqlite3.SQLITE_DENY if (action, what) == (sqlite3.SQLITE_TRANSACTION, "COMMIT") else sqlite3.SQLITE_OK


def test_store_that_cannot_commit_is_no_poison(sqlite: SqliteStore) -> None:
    sqlite._connection.set_authorizer(no_commit)
    with pytest.raises(StoreFailed):
        Table(sqlite).apply(state(1))
    sqlite._connection.set_authorizer(None)
    assert Table(sqlite).rows() == {}


def test_full_database_under_the_handler_is_no_poison(sqlite: SqliteStore) -> None:
    sqlite._connection.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreFailed, match="full"):
        Table(sqlite).apply(an_event("a", 1, data=b"x" * 200_000))


def deferred(connection: Any, event: Event) -> None:
    connection.execute(f"INSERT INTO child VALUES ({'1' if event.data == b'poison' else 'NULL'})")


def test_constraint_broken_at_the_commit_is_poison(table: Table) -> None:
    if isinstance(table.store, InMemoryStore):
        return
    with table.store.transaction() as transaction:
        transaction.connection.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        key = "REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED"
        transaction.connection.execute(f"CREATE TABLE child (parent INTEGER {key})")
    if isinstance(table.store, SqliteStore):
        table.store._connection.execute("PRAGMA foreign_keys = ON")
    batch = [Received(an_event("b", 1, data=b"poison"), 1), Received(state(1), 2)]
    done = apply(table.store, deferred, batch, consumer="c@1")
    assert (done.applied, [received.event.subject for received, _ in done.failed]) == (1, ["b"])


def careless(connection: psycopg.Connection[Any], event: Event) -> None:
    with suppress(psycopg.Error):
        connection.execute("SELECT 1 / 0" if event.subject == "b" else "SELECT 1")


def test_handler_that_passes_over_an_error_of_postgres_fails_alone(postgres: PostgresStore) -> None:
    done = apply(postgres, careless, [Received(state(1, "b"), 1), Received(state(1), 2)], consumer="c@1")
    assert (done.applied, [received.event.subject for received, _ in done.failed]) == (1, ["b"])


def test_postgres_keeps_to_its_schema_and_comes_back_after_a_lost_connection(
    postgres: PostgresStore, empty_database: str
) -> None:
    table = Table(postgres)
    table.apply(state(1))
    query(empty_database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")  # fmt: skip  # noqa: E501
    with pytest.raises(StoreFailed):
        table.apply(state(2))
    assert table.apply(state(2)).applied == 1
    found = query(empty_database, "SELECT table_name::text FROM information_schema.tables WHERE table_schema = %s ORDER BY 1", "Their feed")  # fmt: skip  # noqa: E501
    assert found == [("checkpoint",), ("given_up",), ("position",)]


def test_postgres_that_cannot_be_reached_says_so() -> None:
    with pytest.raises(StoreFailed, match="PostgreSQL"):
        PostgresStore("postgresql://nobody@127.0.0.1:1/none")

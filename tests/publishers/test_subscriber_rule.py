"""The rule of every subscriber, on every store: apply what is newer, once, together with the position."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishers import Event, StoreFailed
from publishers.subscriber import Checkpoint, InMemoryStore, SqliteStore, Store
from publishers.subscriber.apply import Applied, Received, apply, note
from tests.publishers.events import an_event

if TYPE_CHECKING:
    from _pytest.fixtures import FixtureRequest

SCHEMA = "CREATE TABLE IF NOT EXISTS golden (subject TEXT PRIMARY KEY, data TEXT);"


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
            connection.execute("INSERT OR REPLACE INTO golden VALUES (?, ?)", (event.subject, event.data.decode()))

    def rows(self) -> dict[str, str]:
        with self.store.transaction() as transaction:
            connection = transaction.connection
            if isinstance(connection, dict):
                return dict(connection)
            return dict(connection.execute("SELECT subject, data FROM golden").fetchall())

    def apply(self, *events: Event, first: int = 1) -> Applied:
        batch = [Received(event, number, number) for number, event in enumerate(events, first)]
        return apply(self.store, self.save, batch, consumer="c@1")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "down.db", schema=SCHEMA) as store:
        yield store


@pytest.fixture
def memory() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture(params=["memory", "sqlite"])
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
    assert [received.event for received in done.failed] == [poison]
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

    done = apply(table.store, half, [Received(state(1), 1, 1)], consumer="c@1")
    assert len(done.failed) == 1
    assert table.rows() == {}


def test_checkpoint_moves_with_the_batch_and_never_back(table: Table) -> None:
    assert table.store.checkpoint() is None
    table.apply(state(1), state(2))
    assert table.store.checkpoint() == Checkpoint("c@1", 2)
    table.apply(state(1))
    assert table.store.checkpoint() == Checkpoint("c@1", 2)
    note(table.store, Checkpoint("c@1", 9))
    assert table.store.checkpoint() == Checkpoint("c@1", 9)
    note(table.store, Checkpoint("c@2", 1))
    assert table.store.checkpoint() == Checkpoint("c@2", 1)


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


def refuses(*_: object) -> None:
    raise StoreFailed


def test_store_that_cannot_commit_is_no_poison(monkeypatch: pytest.MonkeyPatch, sqlite: SqliteStore) -> None:
    original: Callable[[str], None] = sqlite._execute
    monkeypatch.setattr(
        sqlite, "_execute", lambda statement: refuses() if statement == "COMMIT" else original(statement)
    )
    with pytest.raises(StoreFailed):
        Table(sqlite).apply(state(1))
    monkeypatch.undo()
    assert Table(sqlite).rows() == {}

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from publishers import head, outbox
from tests.publishers.events import an_event, append, query


def mark_published(dsn: str) -> None:
    query(dsn, "UPDATE publishers.outbox SET published_at = now() RETURNING 1")


def test_events_are_written_in_the_order_given(dsn: str) -> None:
    append(dsn, an_event("a", 1), an_event("b", 1), an_event("a", 2))
    assert query(dsn, "SELECT subject, version FROM publishers.outbox ORDER BY seq") == [("a", 1), ("b", 1), ("a", 2)]


def test_event_is_kept_byte_for_byte(dsn: str) -> None:
    event = an_event(data=bytes(range(256)) * 40, traceparent='00-"quoted"')
    append(dsn, event)
    columns = "id, subject, version, type, digest, headers, data"
    [row] = query(dsn, f"SELECT {columns} FROM publishers.outbox")
    assert row == (event.id, event.subject, 1, event.type, event.digest, event.headers(), event.data)


def test_events_vanish_with_the_transaction_they_tell_of(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        outbox.append(connection, [an_event()])
        connection.rollback()
        assert outbox.pending_count(connection, bound=9) == 0


def test_no_events_are_no_statement(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        outbox.append(connection, [])
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_version_cannot_be_announced_twice(dsn: str) -> None:
    append(dsn, an_event("a", 1))
    with pytest.raises(psycopg.errors.UniqueViolation):
        append(dsn, an_event("a", 1))


def test_backlog_tells_how_many_wait_and_how_long(dsn: str) -> None:
    append(dsn, an_event("a", 1), an_event("a", 2))
    query(dsn, "UPDATE publishers.outbox SET created_at = now() - interval '1 minute' WHERE version = 1 RETURNING 1")
    with psycopg.connect(dsn) as connection:
        count, age = outbox.backlog(connection)
    assert count == 2
    assert age == pytest.approx(60, abs=5)


def test_retention_deletes_published_events_only(dsn: str) -> None:
    append(dsn, an_event("a", 1), an_event("b", 1), an_event("c", 1))
    mark_published(dsn)
    append(dsn, an_event("a", 2))
    with psycopg.connect(dsn) as connection:
        soon = datetime.now(UTC) + timedelta(minutes=1)
        assert outbox.delete_published(connection, before=datetime(2020, 1, 1, tzinfo=UTC)) == 0
        assert outbox.delete_published(connection, before=soon, limit=2) == 2
        assert outbox.delete_published(connection, before=soon, limit=2) == 1
        assert outbox.pending_count(connection, bound=9) == 1


def test_heads_are_walked_in_pages_without_their_bytes(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "PAGE", 2)
    query(
        dsn,
        "INSERT INTO publishers.head SELECT name, 3, gen_random_uuid(), 'd', 9, '{}', 'x', now()"
        " FROM unnest(ARRAY['p.1', 'p.2', 'p.3', 'p.4', 'q.1']) AS name RETURNING 1",
    )
    with psycopg.connect(dsn) as connection:
        assert [mark.subject for mark in head.walk(connection, "p.")] == ["p.1", "p.2", "p.3", "p.4"]
        assert len(list(head.walk(connection))) == 5
        found = head.read(connection, "q.1")
        assert found is not None
        assert (found.version, found.data, found.headers) == (3, b"x", {})
        assert head.read(connection, "q.2") is None

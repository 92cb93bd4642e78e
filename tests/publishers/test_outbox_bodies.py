from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from publishers import Event, InvalidEvent, body, outbox
from tests.publishers.events import an_event, append, query

FULL = b"x" * 2_000_000


def a_large_event(subject: str = "a", version: int = 1) -> Event:
    return an_event(subject, version, data=b"{}", dataref="/v1/events/7/body", full=FULL)


def test_large_event_names_its_body_and_the_digest_of_it() -> None:
    headers = a_large_event().headers()
    assert (headers["ce-dataref"], headers["ce-fulldigest"]) == ("/v1/events/7/body", sha256(FULL).hexdigest())


def test_reference_comes_back_from_a_message_and_the_body_does_not() -> None:
    event = a_large_event()
    found = Event.from_message(event.subject, event.headers(), event.data)
    assert (found.dataref, found.full_digest, found.full) == (event.dataref, event.full_digest, None)


@pytest.mark.parametrize("fields", [{"dataref": "/x"}, {"full": b"{}"}])
def test_reference_and_digest_come_together(fields: dict[str, str]) -> None:
    with pytest.raises(InvalidEvent, match="or neither"):
        an_event(**fields)


def test_body_is_kept_byte_for_byte_with_its_event(dsn: str) -> None:
    event = a_large_event()
    append(dsn, event, an_event("b"))
    with psycopg.connect(dsn) as connection:
        assert body.read(connection, event.id) == body.Body(event.id, "a", 1, sha256(FULL).hexdigest(), FULL)
    assert query(dsn, "SELECT count(*) FROM publishers.body") == [(1,)]


def test_event_cannot_refer_to_a_body_it_does_not_bring(dsn: str) -> None:
    with pytest.raises(InvalidEvent, match="does not bring"):
        append(dsn, an_event(dataref="/x", full_digest="abc"))
    assert query(dsn, "SELECT count(*) FROM publishers.outbox") == [(0,)]


def test_body_stays_while_its_event_is_in_the_outbox_or_the_newest(dsn: str) -> None:
    old, waiting, newest = a_large_event("a", 1), a_large_event("a", 2), a_large_event("b", 1)
    append(dsn, old, waiting, newest)
    query(dsn, "UPDATE publishers.outbox SET published_at = now() WHERE id <> %s RETURNING 1", waiting.id)
    query(
        dsn,
        "INSERT INTO publishers.head SELECT subject, version, id, digest, 1, headers, data, now()"
        " FROM publishers.outbox WHERE published_at IS NOT NULL RETURNING 1",
    )
    append(dsn, later := a_large_event("a", 3))
    query(dsn, "UPDATE publishers.head SET event_id = %s WHERE subject = 'a' RETURNING 1", later.id)
    with psycopg.connect(dsn) as connection:
        assert outbox.delete_published(connection, before=datetime.now(UTC) + timedelta(minutes=1)) == 2
        kept = {event.id: body.read(connection, event.id).data for event in (old, waiting, newest, later)}
    assert [kept[event.id] for event in (old, waiting, newest, later)] == [None, FULL, FULL, FULL]

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

import publishers
from publishers import MAX_BYTES, Event, EventTooLarge, InvalidEvent, contracts, jetstream, relay, subscriber
from tests.publishers.events import an_event

ID = UUID("0190b1c2-0000-7000-8000-000000000001")
TIME = datetime(2026, 5, 4, 12, 30, 0, 250_000, tzinfo=UTC)


def test_headers_are_cloudevents_in_binary_mode() -> None:
    event = Event(ID, "golden.changed", "mdm.golden.v1.supplier.7", 3, TIME, "hub", b"{}", correlation_id="c-1")
    assert event.headers() == {
        "Nats-Msg-Id": str(ID),
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": str(ID),
        "ce-type": "golden.changed",
        "ce-source": "hub",
        "ce-subject": "mdm.golden.v1.supplier.7",
        "ce-time": "2026-05-04T12:30:00.250000Z",
        "ce-version": "3",
        "ce-digest": sha256(b"{}").hexdigest(),
        "ce-correlationid": "c-1",
    }


def test_event_comes_back_from_its_message() -> None:
    event = an_event(time=TIME, correlation_id="c-1", causation_id="d-2", traceparent="00-ab-cd-01")
    assert Event.from_message(event.subject, event.headers(), event.data) == event


def test_time_travels_in_utc() -> None:
    event = an_event(time=TIME.astimezone(timezone(timedelta(hours=9))))
    assert event.headers()["ce-time"] == "2026-05-04T12:30:00.250000Z"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"subject": ""}, "Subject"),
        ({"subject": "a..b"}, "Subject"),
        ({"subject": "a.*.b"}, "Subject"),
        ({"subject": "a.>"}, "Subject"),
        ({"subject": "a b"}, "Subject"),
        ({"subject": "a\r\nPUB x"}, "Subject"),
        ({"subject": "a.b\n"}, "Subject"),
        ({"version": 0}, "Version"),
        ({"time": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 (that is the point)
        ({"type": ""}, "type"),
        ({"source": "hub\r\nce-type: other"}, "source"),
        ({"correlation_id": "é"}, "correlation_id"),
    ],
)
def test_event_that_no_broker_would_take_cannot_be_made(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidEvent, match=complaint):
        an_event(**fields)


def test_event_too_large_for_a_broker_says_what_to_do() -> None:
    with pytest.raises(EventTooLarge, match="Publish a part of it"):
        an_event(data=b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    "damage", [{"ce-id": "seven"}, {"ce-version": "one"}, {"ce-version": "0"}, {"ce-time": "yesterday"}]
)
def test_damaged_message_is_no_event(damage: dict[str, str]) -> None:
    with pytest.raises(InvalidEvent):
        Event.from_message("test.v1.one", {**an_event().headers(), **damage}, b"{}")


def test_message_without_headers_is_no_event() -> None:
    with pytest.raises(InvalidEvent, match="ce-id"):
        Event.from_message("test.v1.one", {}, b"hello")


@pytest.mark.parametrize("package", [publishers, contracts, jetstream, relay, subscriber])
def test_public_names_exist(package: ModuleType) -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert sorted(package.__all__, key=str.lower) == sorted(set(package.__all__), key=str.lower)

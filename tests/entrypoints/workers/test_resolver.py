import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from mdm.entrypoints.workers import resolve_deliveries, resolver
from mdm.errors import RepeatedCrash, Unavailable
from tests.support.hubs import HubUnderTest
from tests.support.running import wait_until

ATTRIBUTES = {"name": "Acme GmbH"}
GIVEN: dict[str, Any] = {"size": 10, "outbox_retention": timedelta(days=7), "backlog_limit": 1_000}


class StopAfter(threading.Event):
    """A stop that comes after some pauses, remembers how long they would have been, and waits for none."""

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.left, self.pauses = pauses, []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        self.left -= 1
        if self.left <= 0:
            self.set()
        return self.is_set()


@contextmanager
def resolving(hub: HubUnderTest) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=resolve_deliveries, args=(hub.hub, stop), kwargs=GIVEN)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Lets the worker's steps raise in turn, and notes which step was taken."""

    def fail(*errors: Exception | None) -> list[str]:
        taken: list[str] = []
        coming = list(errors)

        def step(name: str) -> Callable[..., int]:
            def run(*_: Any, **__: Any) -> int:
                taken.append(name)
                error = coming.pop(0) if coming else None
                if error is not None:
                    raise error
                return 0

            return run

        monkeypatch.setattr(resolver, "process_oldest_one_by_one", step("careful"))
        monkeypatch.setattr(resolver, "process_next", step("chunk"))
        return taken

    return fail


def test_deliveries_are_processed_as_they_come_until_it_is_told_to_stop(hub: HubUnderTest) -> None:
    with resolving(hub):
        first = hub.send("erp", "1", attributes=ATTRIBUTES)
        wait_until(lambda: hub.state(first) == "applied")
        second = hub.send("erp", "2", attributes=ATTRIBUTES)
        wait_until(lambda: hub.state(second) == "applied")


def test_stop_is_heeded_while_there_is_nothing_to_do(hub: HubUnderTest) -> None:
    began = time.monotonic()
    with resolving(hub):
        pass
    assert time.monotonic() - began < 5


def test_stopped_worker_does_not_even_begin(hub: HubUnderTest) -> None:
    delivery = hub.send("erp", "1", attributes=ATTRIBUTES)
    stop = threading.Event()
    stop.set()
    resolve_deliveries(hub.hub, stop, **GIVEN)
    assert hub.state(delivery) == "pending"


def test_worker_is_careful_once_at_its_start(hub: HubUnderTest, failing: Callable[..., list[str]]) -> None:
    taken = failing()
    resolve_deliveries(hub.hub, StopAfter(3), **GIVEN)
    assert taken == ["careful", "chunk", "chunk", "chunk"]


def test_empty_queue_is_looked_into_less_and_less_often(hub: HubUnderTest, failing: Callable[..., list[str]]) -> None:
    failing()
    resolve_deliveries(hub.hub, stop := StopAfter(6), **GIVEN)
    assert stop.pauses == [0.025, 0.05, 0.1, 0.2, 0.2, 0.2]


def test_outage_is_waited_for_and_the_careful_start_made_good(
    hub: HubUnderTest, failing: Callable[..., list[str]]
) -> None:
    taken = failing(Unavailable(), Unavailable(), None, Unavailable(), None)
    with capture_logs() as entries:
        resolve_deliveries(hub.hub, stop := StopAfter(4), **GIVEN)
    assert taken == ["careful", "careful", "careful", "chunk", "chunk"]
    assert stop.pauses == [1.0, 1.0, 1.0, 0.025]
    assert {entry["event"] for entry in entries} == {"database_unavailable"}


def test_worker_backs_off_while_nothing_succeeds(hub: HubUnderTest, failing: Callable[..., list[str]]) -> None:
    failing(None, *[RepeatedCrash()] * 8)
    with capture_logs() as entries:
        resolve_deliveries(hub.hub, stop := StopAfter(9), **GIVEN)
    assert stop.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 0.025]
    assert [entry["event"] for entry in entries] == ["processing_fails"] * 8


def test_success_ends_the_backing_off(hub: HubUnderTest, failing: Callable[..., list[str]]) -> None:
    failing(None, RepeatedCrash(), RepeatedCrash(), None, RepeatedCrash())
    with capture_logs():
        resolve_deliveries(hub.hub, stop := StopAfter(4), **GIVEN)
    assert stop.pauses == [1, 2, 0.025, 1]


def test_published_events_are_tidied_up_while_there_is_nothing_to_do(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.send("erp", "1", attributes=ATTRIBUTES)
    hub.process()
    hub.rows("UPDATE publishers.outbox SET published_at = now() - interval '8 days', stream_sequence = 1 RETURNING 1")
    monkeypatch.setattr(resolver, "TIDY_SECONDS", 0.0)
    resolve_deliveries(hub.hub, StopAfter(2), **GIVEN)
    assert hub.rows("SELECT count(*) FROM publishers.outbox") == [(0,)]


def test_published_events_are_tidied_up_to_the_last_although_the_queue_never_empties(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted, clock = [10_000, 10_000, 0], iter([0.0, 0.0, 0.0, *[700.0] * 12])
    monkeypatch.setattr(resolver, "process_next", lambda *_given, **_more: len(deleted))
    monkeypatch.setattr(resolver, "tidy", lambda *_given, **_more: deleted.pop(0))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    resolve_deliveries(hub.hub, StopAfter(1), **GIVEN)
    assert deleted == []

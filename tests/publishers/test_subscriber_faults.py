import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import nats
import pytest

from publishers import Event, Message, StoreFailed
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.replay import Address
from publishers.subscriber import InMemoryStore, ReplaySource, SqliteStore
from publishers.subscriber.store import given_up_in
from tests.publishers import subscribers
from tests.publishers.conftest import PLAN
from tests.publishers.events import a_message
from tests.publishers.relays import until
from tests.publishers.subscribers import save, subscriber

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
Publish = Callable[..., Awaitable[None]]
REPLAYS = StreamPlan(name="AGAIN", subjects=("again.v1.>",))
QUICK = {"retry_delays": (0.05, 0.05)}


@pytest.fixture
def publish(jetstream: JetStreamBroker) -> Publish:
    return partial(subscribers.publish, jetstream)


async def replay(jetstream: JetStreamBroker, subscriber: str, subject: str) -> None:
    await provision(jetstream, REPLAYS)
    stored = await jetstream.last(f"test.v1.{subject}")
    assert stored
    address = Address(root="again.v1", request="77", subscriber=subscriber, source="test.v1")
    copy = address.copy(Message(stored.subject, stored.headers, stored.data))
    await (await jetstream.context()).publish(copy.subject, copy.data, headers=dict(copy.headers))


async def test_event_given_up_is_noted_and_the_server_told_why(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker, tmp_path: Path
) -> None:
    client = await nats.connect(nats_url)
    advisories = await client.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.TEST.down")
    await client.flush()
    await publish("a", 4, data=b"poison")
    store = InMemoryStore()
    async with subscriber(nats_url, store, **QUICK) as running:
        await until(lambda: running.health().progress.given_up == 1)
        advisory = json.loads((await advisories.next_msg(timeout=5)).data)
        assert advisory["reason"] == "ValueError('cannot be applied')"
        [given_up] = given_up_in(store)
        assert (given_up.subject, given_up.version, given_up.error) == ("test.v1.a", 4, advisory["reason"])
        assert running.health().state == "degraded"
        await publish("a", 5)
        await until(lambda: running.health().state == "ok")
    assert given_up_in(store) == []
    await client.close()


async def test_given_up_event_is_still_known_after_a_restart(nats_url: str, publish: Publish, tmp_path: Path) -> None:
    await publish("a", 1, data=b"poison")
    with SqliteStore(tmp_path / "down.db") as store:
        poisoned = {"handler": lambda _, event: save({}, event), "retry_delays": ()}
        async with subscriber(nats_url, store, **poisoned) as running:
            await until(lambda: running.progress.terminated == 1)
        async with subscriber(nats_url, store, **poisoned) as running:
            await until(lambda: running.progress.connected)
            assert (running.progress.given_up, running.progress.terminated) == (1, 0)


async def test_replay_for_this_subscriber_applies_what_it_had_given_up_and_nothing_older(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    broken = True

    def mended(rows: dict[str, Any], event: Event) -> None:
        if broken:
            raise RuntimeError("a mistake in the handler")
        save(rows, event)

    await publish("a", 2)
    await publish("b", 1)
    store, replays = InMemoryStore(), ReplaySource(stream="AGAIN", root="again.v1")
    async with subscriber(nats_url, store, handler=mended, replays=replays, retry_delays=()) as running:
        await until(lambda: running.progress.given_up == 2)
        broken = False
        await replay(jetstream, "down", "a")
        await replay(jetstream, "another", "b")
        await until(lambda: store.rows == {"a": "v2"} and running.progress.given_up == 1)
        await publish("b", 3)
        await until(lambda: store.rows == {"a": "v2", "b": "v3"})
        copy = a_message("test.v1.b", 2, data=b"v2", replay="78")
        await (await jetstream.context()).publish("again.v1.78.down.b", copy.data, headers=dict(copy.headers))
        await until(lambda: running.progress.stale == 1)
        assert store.rows == {"a": "v2", "b": "v3"}


async def test_missing_stream_of_replays_does_not_keep_events_back(nats_url: str, publish: Publish) -> None:
    await publish("a", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store, replays=ReplaySource(stream="NOBODY")) as running:
        await until(lambda: store.rows == {"a": "v1"} and running.progress.replays_error)
        assert running.health().state == "degraded"
        assert running.progress.connected


async def test_copy_on_the_stream_of_events_is_foreign(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    await publish("a", 2)
    await publish("b", 1, replay="77")
    store = InMemoryStore()
    async with subscriber(nats_url, store) as running:
        await until(lambda: store.rows == {"a": "v2"} and running.progress.foreign == 1)
        assert running.health().state == "ok"


async def test_handler_slower_than_ack_wait_sees_every_event_once(nats_url: str, publish: Publish) -> None:
    for number in range(6):
        await publish(f"s{number}", 1)
    seen: list[str] = []

    def slow(_: Any, event: Event) -> None:
        seen.append(event.subject)
        time.sleep(0.15)

    async with subscriber(nats_url, InMemoryStore(), handler=slow, batch=3, ack_wait=0.25) as running:
        await until(lambda: running.progress.applied == 6)
        await asyncio.sleep(0.3)
        assert (len(seen), running.progress.stale) == (6, 0)


async def test_stop_waits_for_the_event_in_hand_only(nats_url: str, publish: Publish) -> None:
    for number in range(10):
        await publish(f"s{number}", 1)
    began, go_on = threading.Event(), threading.Event()

    def slow(rows: dict[str, Any], event: Event) -> None:
        began.set()
        go_on.wait(5)
        save(rows, event)

    store = InMemoryStore()
    async with subscriber(nats_url, store, handler=slow) as first:
        await asyncio.to_thread(began.wait)
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert first.progress.applied == len(store.rows) == 1
    async with subscriber(nats_url, store) as second:
        await until(lambda: len(store.rows) == 10)
        assert second.progress.stale == 0


async def test_rebuilt_stream_is_followed_from_its_beginning(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    await publish("a", 1)
    await publish("b", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store) as running:
        await until(lambda: len(store.rows) == 2)
        await (await jetstream.context()).delete_stream("TEST")
        await provision(jetstream, PLAN)
        await publish("b", 1)
        await publish("a", 2)
        await until(lambda: store.rows == {"a": "v2", "b": "v1"} and running.progress.stale == 1)


async def test_poison_of_a_rebuilt_stream_is_counted_for_itself(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    await publish("a", 1, data=b"poison")
    store = InMemoryStore()
    async with subscriber(nats_url, store, retry_delays=(0.05, 60.0)) as running:
        await until(lambda: running.progress.failed == 2)
        await (await jetstream.context()).delete_stream("TEST")
        await provision(jetstream, PLAN)
        await publish("b", 1, data=b"poison")
        await until(lambda: running.progress.failed == 4)
        assert running.progress.terminated == 0


async def test_store_that_fails_for_a_while_gives_nothing_up(nats_url: str, publish: Publish) -> None:
    away = 2

    def handler(rows: dict[str, Any], event: Event) -> None:
        nonlocal away
        away -= 1
        if away > 0:
            raise StoreFailed("the ERP is away")
        save(rows, event)

    await publish("a", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store, handler=handler, retry_delays=()) as running:
        await until(lambda: "ERP" in str(running.progress.last_error))
        await until(lambda: store.rows == {"a": "v1"})
        assert (running.progress.terminated, running.progress.failed) == (0, 0)


async def test_consumer_made_by_somebody_else_is_taken_if_it_fits(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    await publish("a", 1)
    context = await jetstream.context()
    wanted = nats.js.api.ConsumerConfig(
        durable_name="down", deliver_policy="last_per_subject", ack_policy="explicit", filter_subjects=["test.v1.>"]
    )
    made = await context.add_consumer("TEST", wanted)
    store = InMemoryStore()
    async with subscriber(nats_url, store):
        await until(lambda: store.rows == {"a": "v1"})
    assert (await context.consumer_info("TEST", "down")).created == made.created


async def test_health_file_tells_how_it_is(nats_url: str, publish: Publish, tmp_path: Path) -> None:
    await publish("a", 1)
    file = tmp_path / "health.json"
    async with subscriber(nats_url, InMemoryStore(), health_file=file) as running:
        await until(lambda: running.progress.applied == 1)
        assert running.health().state == "ok"
    found = json.loads(file.read_text())
    assert (found["state"], found["applied"], found["connected"]) == ("ok", 1, False)

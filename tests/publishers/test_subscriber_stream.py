import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from publishers import Event, Unavailable
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.subscriber import InMemoryStore, SqliteStore, watch
from tests.publishers import subscribers
from tests.publishers.events import a_message
from tests.publishers.relays import until
from tests.publishers.subscribers import subscriber

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
Publish = Callable[..., Awaitable[None]]


@pytest.fixture
def publish(jetstream: JetStreamBroker) -> Publish:
    return partial(subscribers.publish, jetstream)


async def test_late_joiner_gets_the_newest_of_every_subject_and_then_the_tail(nats_url: str, publish: Publish) -> None:
    for version in (1, 2, 3):
        await publish("a", version)
    await publish("b", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store) as running:
        await until(lambda: store.rows == {"a": "v3", "b": "v1"})
        assert running.progress.applied == 2
        await publish("a", 4)
        await publish("c", 1)
        await until(lambda: store.rows == {"a": "v4", "b": "v1", "c": "v1"})
        assert (running.progress.gaps, running.progress.stale) == (0, 0)
        await until(lambda: running.progress.caught_up)


async def test_subscriber_continues_where_its_store_is(nats_url: str, publish: Publish) -> None:
    store = InMemoryStore()
    await publish("a", 1)
    async with subscriber(nats_url, store):
        await until(lambda: store.rows == {"a": "v1"})
    await publish("a", 2)
    await publish("a", 3)
    async with subscriber(nats_url, store) as running:
        await until(lambda: store.rows == {"a": "v3"})
        assert (running.progress.applied, running.progress.stale, running.progress.gaps) == (2, 0, 0)


async def test_new_or_older_store_begins_again(nats_url: str, publish: Publish) -> None:
    await publish("a", 1)
    await publish("b", 1)
    first, second = InMemoryStore(), InMemoryStore()
    for store in (first, second):
        async with subscriber(nats_url, store):
            await until(lambda store=store: store.rows == {"a": "v1", "b": "v1"})


async def test_subjects_narrow_what_arrives_and_may_change(nats_url: str, publish: Publish) -> None:
    for subject in ("a.1", "b.1", "c.1"):
        await publish(subject, 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store, subjects="test.v1.a.>") as running:
        await until(lambda: running.progress.caught_up and store.rows)
        assert store.rows == {"a.1": "v1"}
    async with subscriber(nats_url, store, subjects=["test.v1.a.>", "test.v1.c.*"]) as running:
        await until(lambda: store.rows == {"a.1": "v1", "c.1": "v1"})


async def test_poison_is_tried_again_and_given_up_while_others_go_on(nats_url: str, publish: Publish) -> None:
    await publish("a", 1, data=b"poison")
    await publish("b", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store, retry_delays=(0.05, 0.05)) as running:
        await until(lambda: (running.progress.terminated, running.progress.failed) == (1, 3))
        assert store.rows == {"b": "v1"}
        await publish("a", 2)
        await until(lambda: store.rows == {"a": "v2", "b": "v1"})
    async with subscriber(nats_url, store) as running:
        await until(lambda: running.progress.caught_up)
        assert running.progress.applied == running.progress.stale == running.progress.failed == 0


async def test_message_that_is_no_event_is_passed_over(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    await (await jetstream.context()).publish("test.v1.x", b"hello")
    await publish("a", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store) as running:
        await until(lambda: store.rows == {"a": "v1"} and running.progress.foreign == 1)


async def test_subscriber_waits_for_a_stream_that_does_not_exist_yet(nats_url: str, jetstream: JetStreamBroker) -> None:
    store = InMemoryStore()
    async with subscriber(nats_url, store, stream="LATER", subjects="later.>") as running:
        await until(lambda: running.progress.last_error)
        await provision(jetstream, StreamPlan(name="LATER", subjects=("later.>",)))
        await (await jetstream.context()).publish("later.a", b"v1", headers=dict(a_message("later.a").headers))
        await until(lambda: store.rows == {"later.a": "v1"})


async def test_subscriber_survives_the_loss_of_its_consumer(
    nats_url: str, publish: Publish, jetstream: JetStreamBroker
) -> None:
    store = InMemoryStore()
    await publish("a", 1)
    async with subscriber(nats_url, store) as running:
        await until(lambda: store.rows == {"a": "v1"})
        await (await jetstream.context()).delete_consumer("TEST", "down")
        await publish("a", 2)
        await until(lambda: store.rows == {"a": "v2"})
        assert "consumer" in str(running.progress.last_error).lower()


async def test_what_was_fetched_but_not_handled_is_given_back_at_a_stop(
    nats_url: str, publish: Publish, tmp_path: Path
) -> None:
    for number in range(30):
        await publish(f"s{number}", 1)
    began = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection: Any, event: Event) -> None:
        loop.call_soon_threadsafe(began.set)
        time.sleep(0.02)

    with SqliteStore(tmp_path / "down.db") as store:
        async with subscriber(nats_url, store, handler=slow) as first:
            await began.wait()
        assert 0 < first.progress.applied < 30
        async with subscriber(nats_url, store, handler=lambda *_: None) as second:
            await until(lambda: first.progress.applied + second.progress.applied == 30)
        assert second.progress.stale == 0


async def test_onlooker_sees_the_newest_and_then_what_comes(nats_url: str, publish: Publish) -> None:
    await publish("a", 1)
    await publish("a", 2)
    async with aclosing(watch(nats_url, stream="TEST", subjects=["test.v1.>"], newest=True)) as events:
        assert (await anext(events)).version == 2
        await publish("b", 1)
        assert (await anext(events)).subject == "test.v1.b"


async def test_onlooker_of_a_missing_stream_is_told(nats_url: str) -> None:
    async with aclosing(watch(nats_url, stream="NOBODY", subjects=["test.v1.>"])) as events:
        with pytest.raises(Unavailable, match="NOBODY cannot be watched"):
            await anext(events)

"""What every broker promises, checked on JetStream and on its twin in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from publishers import Broker, BySubject, InMemoryBroker, Refused, SequenceConflict, Unavailable, UnknownOutcome
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from tests.publishers.events import a_message

if TYPE_CHECKING:
    from _pytest.fixtures import FixtureRequest

pytestmark = pytest.mark.anyio


@pytest.fixture
def memory() -> InMemoryBroker:
    return InMemoryBroker()


@pytest.fixture
def split(memory: InMemoryBroker) -> BySubject:
    return BySubject({"other.": InMemoryBroker(), "test.": memory})


@pytest.fixture(params=["memory", "split", pytest.param("jetstream", marks=pytest.mark.nats)])
def broker(request: "FixtureRequest") -> Broker:
    return request.getfixturevalue(request.param)


@pytest.fixture
def memory_almost_full() -> InMemoryBroker:
    return InMemoryBroker(max_messages=1)


@pytest.fixture
async def jetstream_almost_full(nats_url: str) -> AsyncIterator[JetStreamBroker]:
    async with JetStreamBroker(nats_url, "SMALL") as broker:
        await provision(broker, StreamPlan(name="SMALL", subjects=("test.v1.>",), max_bytes=600))
        yield broker


@pytest.fixture(params=["memory_almost_full", pytest.param("jetstream_almost_full", marks=pytest.mark.nats)])
def almost_full(request: "FixtureRequest") -> Broker:
    return request.getfixturevalue(request.param)


async def test_stored_message_is_the_last_of_its_subject(broker: Broker) -> None:
    message = a_message("test.v1.one", version=7)
    sequence = await broker.publish(message, after=0)
    last = await broker.last("test.v1.one")
    assert last is not None
    assert (last.sequence, last.version, last.data) == (sequence, 7, message.data)
    assert dict(message.headers).items() <= dict(last.headers).items()


async def test_next_message_follows_the_one_before(broker: Broker) -> None:
    first = await broker.publish(a_message(version=1), after=0)
    second = await broker.publish(a_message(version=2), after=first)
    assert second > first


async def test_subject_without_messages_has_no_last(broker: Broker) -> None:
    assert await broker.last("test.v1.nobody") is None


async def test_fence_refuses_what_does_not_follow_the_last(broker: Broker) -> None:
    first = await broker.publish(a_message(version=1), after=0)
    for wrong in (0, first + 1):
        with pytest.raises(SequenceConflict):
            await broker.publish(a_message(version=2), after=wrong)
    assert [stored.version async for stored in broker.walk(newest=False)] == [1]


async def test_subjects_do_not_fence_each_other(broker: Broker) -> None:
    await broker.publish(a_message("test.v1.one"), after=0)
    await broker.publish(a_message("test.v1.two"), after=0)
    assert [stored.subject async for stored in broker.walk()] == ["test.v1.one", "test.v1.two"]


async def test_message_sent_again_is_not_stored_again(broker: Broker) -> None:
    message = a_message()
    first = await broker.publish(message, after=0)
    with pytest.raises(SequenceConflict):
        await broker.publish(message, after=0)
    assert await broker.publish(message, after=first) == first
    assert len([stored async for stored in broker.walk(newest=False)]) == 1


async def test_message_sent_again_after_it_was_removed_is_in_doubt_and_not_taken_for_stored(
    broker: Broker, memory: InMemoryBroker
) -> None:
    message = a_message()
    await broker.publish(message, after=0)
    if isinstance(broker, JetStreamBroker):
        await (await broker.context()).purge_stream(broker.stream)
    memory.purge()
    with pytest.raises(UnknownOutcome, match="removed"):
        await broker.publish(message, after=0)


async def test_walk_shows_newest_or_all_in_order_without_data(broker: Broker) -> None:
    first = await broker.publish(a_message("test.v1.one", version=1), after=0)
    await broker.publish(a_message("test.v1.two", version=1), after=0)
    await broker.publish(a_message("test.v1.one", version=2), after=first)
    newest = [(stored.subject, stored.version) async for stored in broker.walk()]
    everything = [stored async for stored in broker.walk(newest=False)]
    assert newest == [("test.v1.two", 1), ("test.v1.one", 2)]
    assert [stored.version for stored in everything] == [1, 1, 2]
    assert all(stored.data == b"" and len(stored.digest) == 64 and stored.event_id for stored in everything)
    assert [stored.data async for stored in broker.walk(whole=True)] == [
        a_message("test.v1.two", version=1).data,
        a_message("test.v1.one", version=2).data,
    ]


async def test_subject_goes_to_the_stream_of_its_prefix_and_to_no_other() -> None:
    golden, audit = InMemoryBroker(), InMemoryBroker()
    broker = BySubject({"golden.": golden, "audit.": audit})
    await broker.publish(a_message("audit.seal"), after=0)
    assert (golden.versions(), audit.versions()) == ({}, {"audit.seal": [1]})
    assert [stored.subject async for stored in broker.walk()] == ["audit.seal"]
    with pytest.raises(Refused, match=r"golden\., audit\."):
        await broker.publish(a_message("other.seal"), after=0)


async def test_walk_through_an_empty_stream_ends(broker: Broker) -> None:
    assert [stored async for stored in broker.walk()] == []


async def test_stream_knows_when_it_was_created(broker: Broker) -> None:
    age = datetime.now(UTC) - await broker.created_at("test.v1.one")
    assert timedelta(seconds=-5) < age < timedelta(minutes=1)


async def test_full_stream_refuses_and_keeps_what_it_has(almost_full: Broker) -> None:
    await almost_full.publish(a_message("test.v1.one"), after=0)
    with pytest.raises(Refused):
        await almost_full.publish(a_message("test.v1.two"), after=0)
    assert [stored.subject async for stored in almost_full.walk()] == ["test.v1.one"]


async def test_twin_can_be_offline() -> None:
    broker = InMemoryBroker()
    broker.offline = True
    with pytest.raises(Unavailable):
        await broker.publish(a_message(), after=0)


async def test_server_that_is_not_there_is_unavailable() -> None:
    async with JetStreamBroker("nats://user:secret@127.0.0.1:1", "TEST", timeout=0.2) as broker:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1") as caught:
            await broker.publish(a_message(), after=0)
    assert "secret" not in str(caught.value)

"""Copies of events on the subjects of a request: byte for byte, in order, each once."""

import asyncio
from uuid import uuid4

import pytest

from publishers import Event, InMemoryBroker, Message
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.replay import NOBODY, Address, filters_of, history, matches, store
from tests.publishers.events import a_message

pytestmark = pytest.mark.anyio
ADDRESS = Address(root="copy.v1", request="r1", subscriber="erp", source="test.v1")


def test_copy_has_the_bytes_and_the_event_of_the_original() -> None:
    message = a_message("test.v1.supplier.one", version=7)
    copy = ADDRESS.copy(Message(message.subject, {**message.headers, "Nats-Expected-Last-Subject-Sequence": "3"}, b"d"))
    assert (copy.subject, copy.data) == ("copy.v1.r1.erp.supplier.one", b"d")
    assert copy.headers == {
        **message.headers, "Nats-Msg-Id": f"r1:{message.headers['ce-id']}", "ce-replay": "r1",
    }  # fmt: skip
    event = Event.from_message(copy.subject, copy.headers, copy.data)
    assert (event.subject, event.version, event.replay) == ("test.v1.supplier.one", 7, "r1")


def test_what_is_not_under_the_source_has_no_copy() -> None:
    for subject in ("test.v1", "test.v10.one", "other.one"):
        with pytest.raises(ValueError, match="is not under"):
            ADDRESS.subject(subject)


async def test_copies_stored_again_are_not_stored_twice_even_when_ids_are_forgotten() -> None:
    broker = InMemoryBroker()
    copies = [ADDRESS.copy(a_message("test.v1.one", version=n)) for n in (1, 3, 4)]
    await store(broker, copies[:2])
    forgetful = [Message(c.subject, {**c.headers, "Nats-Msg-Id": str(uuid4())}, c.data) for c in copies]
    await store(broker, forgetful)
    assert broker.versions() == {"copy.v1.r1.erp.one": [1, 3, 4]}


async def test_two_replayers_at_once_store_each_copy_once(nats_url: str) -> None:
    async with JetStreamBroker(nats_url, "COPY") as one, JetStreamBroker(nats_url, "COPY") as other:
        await provision(one, StreamPlan(name="COPY", subjects=("copy.v1.>",)))
        copies = [ADDRESS.copy(a_message(f"test.v1.{s}", version=n)) for s in ("a", "b", "c") for n in (1, 2)]
        again = [Message(c.subject, {**c.headers, "Nats-Msg-Id": str(uuid4())}, c.data) for c in copies]
        await asyncio.gather(store(one, copies), store(other, again))
        found = [(stored.subject[-1], stored.version) async for stored in one.walk(newest=False)]
    assert sorted(found) == [(s, n) for s in "abc" for n in (1, 2)]


async def test_history_goes_on_behind_a_sequence_and_keeps_to_its_subjects(jetstream: JetStreamBroker) -> None:
    sequence = 0
    for version in (1, 2, 3):
        sequence = await jetstream.publish(a_message("test.v1.one", version=version), after=sequence)
        await jetstream.publish(a_message(f"test.v1.other{version}"), after=0)
    found = [
        (stored.version, stored.data != b"", left)
        async for batch, left in history(jetstream, subjects=["test.v1.one"], after=1)
        for stored in batch
    ]
    assert found == [(2, True, 0), (3, True, 0)]


async def test_consumer_tells_what_it_follows(jetstream: JetStreamBroker) -> None:
    context = await jetstream.context()
    await context.pull_subscribe("test.v1.one", durable="erp", stream="TEST")
    assert await filters_of(jetstream, "erp") == ("test.v1.one",)
    assert await filters_of(jetstream, NOBODY) is None


@pytest.mark.parametrize("filters", [["a.b.c"], ["a.*.c"], ["a.>"], ["x", ">"]])
def test_subject_is_matched_by(filters: list[str]) -> None:
    assert matches("a.b.c", filters)


@pytest.mark.parametrize("filters", [["a.b"], ["a.b.c.>"], ["a.*"], ["a.b.c.d"], ["a.*.d", "b.>"]])
def test_subject_is_not_matched_by(filters: list[str]) -> None:
    assert not matches("a.b.c", filters)

import pytest

from publishers.jetstream import ConsumerPlan, JetStreamBroker, Pull, connect, provision_consumer, readers_of
from tests.publishers.conftest import PLAN
from tests.publishers.events import a_message

pytestmark = [pytest.mark.anyio, pytest.mark.nats]


async def test_server_says_how_far_durable_readers_are(nats_url: str, jetstream: JetStreamBroker) -> None:
    for name in ("slow", "narrow"):
        subjects = ("test.v1.a.>", "test.v1.*") if name == "narrow" else ("test.v1.>",)
        await provision_consumer(jetstream, ConsumerPlan(stream=PLAN.name, name=name, subjects=subjects, newest=True))
    for number in (1, 2, 3):
        await jetstream.publish(a_message(subject=f"test.v1.{number}"), after=0)
    link = await connect(nats_url, name="slow")
    async with Pull(link, stream=PLAN.name, consumer="slow", batch=2) as pull:
        first, *_ = await pull.next(5)
        await first.ack_sync()
    await link.close()
    found = await readers_of(jetstream)
    narrow, slow = found.readers
    assert ([r.name for r in found.readers], found.kept) == (["narrow", "slow"], 64)
    assert (slow.settled, slow.delivered >= 2, slow.unsettled >= 1, slow.whole) == (1, True, True, True)
    assert (narrow.settled, narrow.delivered, narrow.waiting) == (0, 0, 3)
    subjects = ("test.v1.a.b.c", "test.v1.a", "test.v1.b.c", "test.v1")
    assert [slow.reads(subject) for subject in subjects] == [True, True, True, False]
    assert [narrow.reads(subject) for subject in subjects] == [True, True, False, False]

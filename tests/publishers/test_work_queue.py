"""Messages of a work queue, and copies of streams, across two servers that are a hub and its leaf node."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from publishers.deliveries import Sender
from publishers.jetstream import (
    JetStreamBroker,
    MirrorPlan,
    Queued,
    QueueReader,
    Settled,
    StreamPlan,
    mirror,
    provision,
)
from tests.support.plants import PLANT, HubAndPlant, hub_and_plant

QUEUE = StreamPlan(name="Q", subjects=("mdm.deliveries.v1.>",), duplicate_window=0.1, work_queue=True)
GOLDEN = StreamPlan(name="G", subjects=("mdm.golden.>",))


@pytest.fixture(scope="module")
def servers() -> Iterator[HubAndPlant]:
    with hub_and_plant() as both:
        yield both


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_message_comes_again_until_it_is_settled(servers: HubAndPlant) -> None:
    seen, stop = [], asyncio.Event()
    loop = asyncio.get_running_loop()

    def take(batch: Sequence[Queued]) -> list[Settled]:
        seen.extend((one.data, one.tries) for one in batch)
        if len(seen) == 4:
            loop.call_soon_threadsafe(stop.set)
        return [Settled(again=0.1 if one.tries == 1 else None) for one in batch]

    async with JetStreamBroker(servers.hub.url, "Q", domain=PLANT) as queue:
        await provision(queue, QUEUE)
        async with Sender(servers.plant.url, source="erp") as erp, Sender(servers.plant.url, source="crm") as crm:
            await asyncio.gather(*(one.send("item", b"x", message_id="same for both") for one in (erp, crm)))
        async with asyncio.timeout(10):
            await QueueReader(queue, consumer="q-kiel", batch=10).run(take, stop)
        assert sorted(tries for _, tries in seen) == [1, 1, 2, 2]
        async with asyncio.timeout(10):
            while (await queue.info()).state.messages:  # noqa: ASYNC110 (an acknowledgement has no answer)
                await asyncio.sleep(0.02)


@pytest.mark.anyio
@pytest.mark.parametrize("headers", [b"NATS/1.0\r\nStatus: 503\r\n\r\n", b"NATS/1.0"])
async def test_message_whose_headers_pretend_or_are_none_does_not_hold_up_others(
    servers: HubAndPlant, headers: bytes
) -> None:
    seen, stop = [], asyncio.Event()
    loop = asyncio.get_running_loop()

    def take(batch: Sequence[Queued]) -> list[Settled]:
        seen.extend(one.data for one in batch)
        if b"fine" in seen:
            loop.call_soon_threadsafe(stop.set)
        return [Settled()] * len(batch)

    async with JetStreamBroker(servers.hub.url, "Q") as queue:
        await provision(queue, QUEUE)
        await publish_raw(servers.hub.url, "mdm.deliveries.v1.erp.item", headers)
        await (await queue.context()).publish("mdm.deliveries.v1.erp.item", b"fine")
        async with asyncio.timeout(10):
            await QueueReader(queue, consumer=f"q-{len(headers)}", batch=10).run(take, stop)
        assert seen == [b"", b"fine"]
        await (await queue.context()).delete_stream("Q")


async def publish_raw(url: str, subject: str, headers: bytes) -> None:
    """Publish an empty message with headers that no client would write."""
    host, _, port = url.rpartition("/")[2].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    size = len(headers)
    writer.write(b'CONNECT {"headers":true,"verbose":false,"pedantic":false}\r\n')
    writer.write(f"HPUB {subject} {size} {size}\r\n".encode() + headers + b"\r\nPING\r\n")
    async with asyncio.timeout(5):
        await reader.readuntil(b"PONG")
    writer.close()
    await writer.wait_closed()


@pytest.mark.anyio
async def test_sender_goes_on_until_somebody_keeps_its_message(servers: HubAndPlant) -> None:
    async with (
        JetStreamBroker(servers.hub.url, "Q") as queue,
        Sender(servers.hub.url, source="erp") as sender,
    ):
        sending = asyncio.create_task(sender.send("item", b"x", message_id="1"))
        await asyncio.sleep(0.5)
        assert not sending.done()
        await provision(queue, QUEUE)
        await asyncio.wait_for(sending, 10)
        assert (await queue.info()).state.messages == 1


@pytest.mark.anyio
async def test_copy_is_made_anew_when_the_stream_was(servers: HubAndPlant) -> None:
    plan = MirrorPlan(stream="G", subjects=("mdm.golden.item.*",))
    async with (
        JetStreamBroker(servers.hub.url, "G") as golden,
        JetStreamBroker(servers.hub.url, "G", domain=PLANT) as copy,
    ):

        async def copied(*bodies: bytes) -> None:
            context = await copy.context()
            async with asyncio.timeout(20):
                while (await copy.info()).state.last_seq < len(bodies):  # noqa: ASYNC110 (the server tells nobody)
                    await asyncio.sleep(0.05)
            for n, body in enumerate(bodies):
                assert (await context.get_last_msg("G", f"mdm.golden.item.{n}")).data == body

        async def publish(*bodies: bytes) -> None:
            await provision(golden, GOLDEN)
            context = await golden.context()
            for n, body in enumerate(bodies):
                await context.publish(f"mdm.golden.item.{n}", body)

        await publish(b"one", b"two")
        assert await mirror(copy, plan, origin=golden)
        await copied(b"one", b"two")
        assert not await mirror(copy, plan, origin=golden)
        await (await golden.context()).delete_stream("G")
        await publish(b"uno", b"due")
        assert await mirror(copy, plan, origin=golden)
        await copied(b"uno", b"due")

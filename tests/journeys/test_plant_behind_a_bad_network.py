"""A plant delivers and reads while its network is cut; when it is back, the hub and the plant have everything."""

import asyncio
import time
from collections.abc import Iterator

import orjson
import pytest

from publishers.deliveries import Sender
from publishers.subscriber import Event, InMemoryStore, Subscriber
from tests.support.hubs import HubUnderTest
from tests.support.plants import PLANT, HubAndPlant, hub_and_plant
from tests.support.running import RunningParts, wait_until


@pytest.fixture
def servers() -> Iterator[HubAndPlant]:
    with hub_and_plant() as both:
        yield both


def fact(key: str) -> bytes:
    attributes = {"name": f"Supplier {key} Werke GmbH", "country": "DE"}
    return orjson.dumps({"domain": "supplier", "key": key, "version": 1, "attributes": attributes})


async def deliver(url: str, keys: list[str]) -> None:
    async with Sender(url, source="erp") as sender:
        await asyncio.gather(*(sender.send("supplier", fact(key), message_id=key) for key in keys))


async def read(url: str, *, masters: int) -> set[str]:
    """Follow the plant's copy until it has told of so many masters."""
    seen: set[str] = set()
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def note(_: object, event: Event) -> None:
        seen.add(event.subject)
        if len(seen) == masters:
            loop.call_soon_threadsafe(stop.set)

    subscriber = Subscriber(
        url, stream="MDM_GOLDEN", subjects="mdm.golden.v1.>", name="mes", store=InMemoryStore(), handler=note
    )
    await subscriber.run(stop)
    return seen


def plant_delivers_while_cut_off(
    hub: HubUnderTest, servers: HubAndPlant, *, first: int, more: int, seconds: float
) -> None:
    def accepted() -> int:
        return int(hub.rows("SELECT count(*) FROM delivery")[0][0])

    parts = RunningParts(hub, servers.hub.url)
    before, during = [f"before-{n}" for n in range(first)], [f"during-{n}" for n in range(more)]
    with parts.running("intake", "relay", plants=PLANT):
        asyncio.run(deliver(servers.plant.url, before))
        wait_until(lambda: accepted() == first)
        hub.process()
        parts.wait_until_settled()
        asyncio.run(asyncio.wait_for(read(servers.plant.url, masters=first), 20))
        servers.network.cut()
        asyncio.run(deliver(servers.plant.url, during))
        asyncio.run(asyncio.wait_for(read(servers.plant.url, masters=first), 20))  # also while cut off
        assert accepted() == first
        time.sleep(seconds)
        servers.network.restore()
        asyncio.run(deliver(servers.plant.url, during))  # by a source that is not sure
        wait_until(lambda: accepted() == first + more)
        hub.process()
        parts.wait_until_settled()
        assert len(asyncio.run(asyncio.wait_for(read(servers.plant.url, masters=first + more), 200))) == first + more
    assert hub.rows("SELECT state, count(*) FROM delivery GROUP BY 1") == [("applied", first + more)]
    assert hub.rows("SELECT count(*), count(DISTINCT subject) FROM publishers.head") == [(first + more,) * 2]
    assert parts.broken() == []


def test_plant_delivers_and_reads_while_its_network_is_cut(hub: HubUnderTest, servers: HubAndPlant) -> None:
    plant_delivers_while_cut_off(hub, servers, first=10, more=100, seconds=0)


@pytest.mark.chaos
def test_plant_is_cut_off_for_minutes(hub: HubUnderTest, servers: HubAndPlant) -> None:
    plant_delivers_while_cut_off(hub, servers, first=100, more=5_000, seconds=180)

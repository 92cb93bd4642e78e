import asyncio

from mdm import streams
from mdm.entrypoints.workers import publish
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker
from tests.support.hubs import HubUnderTest

NOWHERE = "nats://127.0.0.1:1"


def test_stream_holds_the_golden_subjects_only() -> None:
    plan = streams.golden(Settings(stream="OTHER", stream_replicas=3))
    assert (plan.name, plan.subjects, plan.replicas) == ("OTHER", ("mdm.golden.v1.>",), 3)


async def publishing_until(hub: HubUnderTest, nats_url: str, condition: str) -> None:
    """Publish until a query says so."""
    stop = asyncio.Event()
    settings = Settings()
    running = asyncio.create_task(publish(settings, dsn=hub.dsn, nats_url=nats_url, stop=stop, faults=lambda _: None))
    async with asyncio.timeout(20):
        while hub.rows(condition) != [(True,)]:  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0.05)
    stop.set()
    await running


def test_first_relay_makes_the_stream_and_publishes(hub: HubUnderTest, nats_url: str) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    asyncio.run(publishing_until(hub, nats_url, "SELECT count(*) = 1 FROM publishers.head"))

    async def newest() -> int:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            return len([stored async for stored in broker.walk(newest=True)])

    assert asyncio.run(newest()) == 1


def test_relay_that_finds_no_nats_waits_on_the_roster_until_it_is_told_to_stop(hub: HubUnderTest) -> None:
    asyncio.run(publishing_until(hub, NOWHERE, "SELECT count(*) = 1 FROM publishers.relay WHERE state = 'publishing'"))
    assert hub.rows("SELECT count(*) FROM publishers.relay") == [(0,)]


def test_stream_that_knows_more_than_the_database_halts_the_relay(hub: HubUnderTest, nats_url: str) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    asyncio.run(publishing_until(hub, nats_url, "SELECT count(*) = 1 FROM publishers.head"))
    hub.rows("DELETE FROM publishers.head RETURNING 1")  # as in a backup made before
    hub.rows(
        "UPDATE publishers.outbox SET published_at = NULL, id = gen_random_uuid(), digest = 'other',"
        " headers = headers - 'Nats-Msg-Id' RETURNING 1"
    )
    asyncio.run(publishing_until(hub, nats_url, "SELECT count(*) = 1 FROM publishers.relay WHERE state = 'halted'"))

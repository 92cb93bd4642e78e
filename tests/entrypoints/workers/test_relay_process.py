import asyncio

import pytest
from structlog.testing import capture_logs

from mdm import streams
from mdm.entrypoints.workers import publish, relay
from mdm.errors import Unavailable
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker
from tests.support.hubs import HubUnderTest

NOWHERE = "nats://127.0.0.1:1"


def test_stream_holds_the_golden_subjects_only() -> None:
    plan = streams.golden(Settings(stream="OTHER", stream_replicas=3))
    assert (plan.name, plan.subjects, plan.replicas) == ("OTHER", ("mdm.golden.v1.>",), 3)


async def publishing_until(hub: HubUnderTest, nats_url: str, published: int) -> None:
    """Publish until the outbox has so many published events."""
    stop = asyncio.Event()
    settings = Settings()
    running = asyncio.create_task(publish(settings, dsn=hub.dsn, nats_url=nats_url, stop=stop, faults=lambda _: None))
    while hub.rows("SELECT count(*) FROM publishers.head") != [(published,)]:
        await asyncio.wait({running}, timeout=0.05)
        if running.done():
            break
    stop.set()
    await running


def test_first_relay_makes_the_stream_and_publishes(hub: HubUnderTest, nats_url: str) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    asyncio.run(publishing_until(hub, nats_url, 1))

    async def newest() -> int:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            return len([stored async for stored in broker.walk(newest=True)])

    assert asyncio.run(newest()) == 1


def test_relay_that_finds_no_nats_tries_again_until_it_is_told_to_stop(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "OUTAGE_PAUSE", 0.05)

    async def run() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, stop.set)
        await asyncio.wait_for(publish(Settings(), dsn=hub.dsn, nats_url=NOWHERE, stop=stop, faults=lambda _: None), 20)

    with capture_logs() as entries:
        asyncio.run(run())
    assert "stream_unavailable" in {entry["event"] for entry in entries}


def test_stream_that_knows_more_than_the_database_stops_the_relay(hub: HubUnderTest, nats_url: str) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    asyncio.run(publishing_until(hub, nats_url, 1))
    hub.rows("DELETE FROM publishers.head RETURNING 1")  # as in a backup made before
    hub.rows(
        "UPDATE publishers.outbox SET published_at = NULL, id = gen_random_uuid(), digest = 'other',"
        " headers = headers - 'Nats-Msg-Id' RETURNING 1"
    )
    hub.rows("UPDATE publishers.lease SET expires_at = clock_timestamp() RETURNING 1")
    with pytest.raises(Unavailable, match=r"runbook\.md"):
        asyncio.run(publishing_until(hub, nats_url, 99))

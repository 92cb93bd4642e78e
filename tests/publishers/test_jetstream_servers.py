import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from publishers import NotReady, Unavailable
from publishers.jetstream import JetStreamBroker, StreamPlan, compare, probe, provision
from tests.publishers.conftest import PLAN
from tests.publishers.events import a_message, an_event, append
from tests.publishers.relays import relay, until
from tests.support.servers import KillableNats

pytestmark = [pytest.mark.anyio, pytest.mark.nats]


async def test_stream_is_created_once_and_then_as_planned(nats_url: str) -> None:
    async with JetStreamBroker(nats_url, "NEW") as broker:
        plan = StreamPlan(name="NEW", subjects=("new.>",))
        assert await compare(broker, plan) is None
        assert await provision(broker, plan) is None
        assert await provision(broker, plan) == {}


async def test_stream_refuses_what_it_cannot_keep_and_lets_nobody_delete(jetstream: JetStreamBroker) -> None:
    config = (await jetstream.info()).config
    assert (config.discard, config.deny_delete, config.allow_direct) == ("new", True, True)
    assert (config.storage, config.retention, config.max_msgs_per_subject) == ("file", "limits", 64)


async def test_history_of_a_subject_rolls_off_but_never_its_newest(nats_url: str) -> None:
    async with JetStreamBroker(nats_url, "SHORT") as broker:
        await provision(broker, StreamPlan(name="SHORT", subjects=("short.>",), max_messages_per_subject=2))
        sequence = 0
        for version in (1, 2, 3):
            sequence = await broker.publish(a_message("short.a", version), after=sequence)
        assert [stored.version async for stored in broker.walk(newest=False)] == [2, 3]


async def test_difference_is_shown_before_it_is_made(jetstream: JetStreamBroker) -> None:
    plan = replace(PLAN, max_messages_per_subject=8, max_bytes=1_000_000)
    difference = {"max_msgs_per_subject": (64, 8), "max_bytes": (-1, 1_000_000)}
    assert await compare(jetstream, plan) == difference
    assert await provision(jetstream, plan) == difference
    assert await compare(jetstream, plan) == {}


async def test_change_the_server_does_not_allow_is_reported(jetstream: JetStreamBroker) -> None:
    with pytest.raises(NotReady, match="OTHER cannot be provisioned"):
        await provision(jetstream, StreamPlan(name="OTHER", subjects=PLAN.subjects))


async def test_stream_that_acknowledges_before_the_disk_is_not_ready(
    nats_url: str, jetstream: JetStreamBroker, nats_server: KillableNats
) -> None:
    found = await probe(jetstream, PLAN, monitor_url=nats_server.monitor_url)
    assert found.sync_always is False
    assert not found.ready
    assert "sync_interval: always" in found.problems[0]


async def test_durable_server_with_its_stream_is_ready(durable_nats: Callable[[], KillableNats]) -> None:
    server = durable_nats()
    async with JetStreamBroker(server.url, "TEST") as broker:
        await provision(broker, PLAN)
        found = await probe(broker, PLAN, monitor_url=server.monitor_url)
    assert (found.ready, found.sync_always, found.problems) == (True, True, ())
    assert found.server_version is not None


async def test_what_is_missing_is_named(jetstream: JetStreamBroker) -> None:
    assert (await probe(jetstream, PLAN)).ready
    found = await probe(jetstream, replace(PLAN, max_bytes=100), monitor_url="http://127.0.0.1:1")
    assert found.problems[0] == "Stream TEST has max_bytes -1, planned is 100; provision it again."
    assert "http://127.0.0.1:1 does not answer" in found.problems[1]


async def test_missing_stream_and_missing_server_are_named(nats_url: str) -> None:
    async with JetStreamBroker(nats_url, "NOBODY") as broker:
        assert (await probe(broker, PLAN)).problems == (
            "Stream NOBODY does not exist. Provision it; if it was lost, repair it.",
        )
    async with JetStreamBroker("nats://127.0.0.1:1", "NOBODY", timeout=0.2) as broker:
        assert "No NATS server at 127.0.0.1:1" in (await probe(broker, PLAN)).problems[0]


async def test_url_that_is_none_is_named_without_its_password(nats_url: str) -> None:
    async with JetStreamBroker(f"{nats_url},nats://mdm:secret@host:port", "NOBODY") as broker:
        assert (await probe(broker, PLAN)).problems == (
            "host:port is no URL of a NATS server. It looks like nats://host:4222.",
        )


async def test_broker_connects_again_after_its_connection_was_closed_for_good(jetstream: JetStreamBroker) -> None:
    await (await jetstream.connected()).client.close()
    assert await jetstream.publish(a_message(), after=0) == 1


async def test_nothing_published_while_away_appears_later(durable_nats: Callable[[], KillableNats]) -> None:
    server = durable_nats()
    async with JetStreamBroker(server.url, "TEST", timeout=1) as broker:
        await provision(broker, PLAN)
        server.stop()
        await asyncio.sleep(0.1)
        with pytest.raises(Unavailable):
            await broker.publish(a_message("test.v1.one"), after=0)
        server.start()
        async with JetStreamBroker(server.url, "TEST") as other:
            await asyncio.sleep(1.5)
            assert await other.last("test.v1.one") is None


@pytest.mark.postgres
async def test_events_written_while_nats_is_away_arrive_once_when_it_is_back(
    dsn: str, durable_nats: Callable[[], KillableNats]
) -> None:
    server = durable_nats()
    async with JetStreamBroker(server.url, "TEST", timeout=1) as broker:
        await provision(broker, PLAN)
        async with relay(dsn, broker) as running:
            append(dsn, *[an_event(f"test.v1.s{number}", 1) for number in range(200)])
            await until(lambda: running.metrics.published > 0)
            server.kill()
            append(dsn, *[an_event(f"test.v1.s{number}", 2) for number in range(200)])
            await until(lambda: running.metrics.retried > 0)
            server.start()
            await until(lambda: running.metrics.published == 400, seconds=20)
        versions = [(stored.subject, stored.version) async for stored in broker.walk(newest=False)]
    assert sorted(versions) == sorted((f"test.v1.s{number}", version) for version in (1, 2) for number in range(200))

import asyncio
from dataclasses import replace

import pytest

from publishers.jetstream import ConsumerPlan, JetStreamBroker, compare_consumer, probe, provision, provision_consumer
from tests.publishers.conftest import PLAN
from tests.publishers.events import a_message
from tests.support.nats_cluster import NatsCluster

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
THREE = replace(PLAN, replicas=3)
READER = ConsumerPlan(stream="TEST", name="reader", subjects=("test.v1.a.>",))


async def test_stream_that_is_nearly_full_warns_and_a_full_one_is_not_ready(nats_url: str) -> None:
    plan = replace(PLAN, max_bytes=1_100)
    async with JetStreamBroker(nats_url, PLAN.name) as broker:
        await provision(broker, plan)
        await broker.publish(a_message("test.v1.a", data=bytes(500)), after=0)
        assert (await probe(broker, plan)).warnings == (
            f"Stream TEST is {(await broker.info()).state.bytes / 1_100:.0%} full; raise max_bytes before it refuses.",
        )
        full = replace(plan, max_bytes=(await broker.info()).state.bytes)
        await provision(broker, full)
        found = await probe(broker, full)
        assert (found.ready, "is full with" in found.problems[0]) == (False, True)


async def test_stream_that_acknowledges_before_it_writes_is_not_ready(nats_url: str) -> None:
    async with JetStreamBroker(nats_url, PLAN.name) as broker:
        context = await broker.context()
        await context.add_stream(PLAN.config().evolve(persist_mode="async"))
        assert "acknowledges before it writes" in (await probe(broker, PLAN)).problems[0]


async def test_all_servers_of_a_cluster_must_sync_and_be_asked(nats_cluster: NatsCluster) -> None:
    async with JetStreamBroker(nats_cluster.url, PLAN.name) as broker:
        await provision(broker, THREE)
        found = await probe(broker, THREE, monitor_url=nats_cluster.monitor_url)
        assert found.problems[0].count("http://") == 3
        assert not found.warnings
        some = nats_cluster.monitor_url.rpartition(",")[0]
        assert "Only 2 of 3 servers" in (await probe(broker, THREE, monitor_url=some)).warnings[0]
        found = await probe(broker, THREE, monitor_url=f"{some},http://127.0.0.1:1")
        assert "http://127.0.0.1:1 does not answer" in found.warnings[0]


async def test_replicas_are_changed_by_provisioning(nats_cluster: NatsCluster) -> None:
    async with JetStreamBroker(nats_cluster.url, PLAN.name) as broker:
        await provision(broker, PLAN)
        assert await provision(broker, THREE) == {"num_replicas": (1, 3)}
        async with asyncio.timeout(10):
            found = await probe(broker, THREE)
            while found.problems or found.warnings:
                await asyncio.sleep(0.1)
                found = await probe(broker, THREE)


async def test_consumer_is_changed_in_place_or_begins_again(jetstream: JetStreamBroker) -> None:
    assert await compare_consumer(jetstream, READER) is None
    assert await provision_consumer(jetstream, READER) is None
    slower = replace(READER, ack_wait=60.0)
    before = await created(jetstream)
    assert await provision_consumer(jetstream, slower) == {"ack_wait": (30.0, 60.0)}
    assert await created(jetstream) == before
    wider = replace(slower, subjects=("test.v1.a.>", "test.v1.b.>"))
    assert await provision_consumer(jetstream, wider) == {
        "filter_subjects": (("test.v1.a.>",), ("test.v1.a.>", "test.v1.b.>"))
    }
    assert await compare_consumer(jetstream, wider) == {}
    assert await created(jetstream) > before


async def created(broker: JetStreamBroker) -> object:
    return (await (await broker.context()).consumer_info("TEST", "reader")).created

import asyncio
import time

import pytest

from mdm import embedded
from publishers import Unavailable, UnknownOutcome
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from tests.publishers.events import a_message
from tests.support.nats_cluster import NatsCluster
from tests.support.proxy import Proxy

PLAN = StreamPlan(name="TEST", subjects=("test.v1.>",))
THREE = StreamPlan(name="TEST", subjects=("test.v1.>",), replicas=3)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_cluster_keeps_a_stream_on_three_servers(nats_cluster: NatsCluster) -> None:
    async with JetStreamBroker(nats_cluster.url, "TEST") as broker:
        await provision(broker, THREE)
        assert await broker.publish(a_message("test.v1.a"), after=0) == 1
        cluster = (await broker.info()).cluster
        followers = {"n1", "n2", "n3"} - {cluster.leader}
        assert {replica.name for replica in cluster.replicas} == followers


async def test_frozen_network_leaves_the_outcome_unknown_and_delivers_later(
    nats_server: embedded.Nats, nats_url: str
) -> None:
    with Proxy(nats_server.port) as network:
        async with JetStreamBroker(network.url, "TEST", timeout=1) as broker:
            await provision(broker, PLAN)
            network.freeze()
            with pytest.raises(UnknownOutcome):
                await broker.publish(a_message("test.v1.a"), after=0)
            network.thaw()
            assert (await broker.last("test.v1.a")).sequence == 1


async def test_cut_network_refuses_at_once_and_a_restored_one_connects(
    nats_server: embedded.Nats, nats_url: str
) -> None:
    with Proxy(nats_server.port) as network:
        async with JetStreamBroker(network.url, "TEST", timeout=0.5) as broker:
            await provision(broker, PLAN)
            network.cut()
            await asyncio.sleep(0.05)
            with pytest.raises(Unavailable):
                await broker.publish(a_message("test.v1.a"), after=0)
            network.restore()
            await (await broker.connected()).close()
            assert await broker.publish(a_message("test.v1.a"), after=0) == 1


async def test_slow_network_holds_back_every_piece(nats_server: embedded.Nats, nats_url: str) -> None:
    with Proxy(nats_server.port) as network:
        async with JetStreamBroker(network.url, "TEST") as broker:
            await provision(broker, PLAN)
            network.delay, begun = 0.1, time.monotonic()
            await broker.publish(a_message("test.v1.a"), after=0)
            assert time.monotonic() - begun > 0.19

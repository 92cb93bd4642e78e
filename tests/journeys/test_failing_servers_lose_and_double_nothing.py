"""Servers and relays fail while a source delivers: every version arrives once and in order, and the audit is clean."""

from mdm import embedded
from tests.support.faults import (
    LightParts,
    leaders_are_killed,
    network_falls_silent,
    publishing_relay_is_frozen,
    server_is_away,
    stream_reaches_its_limit,
)
from tests.support.hubs import HubUnderTest
from tests.support.nats_cluster import NatsCluster
from tests.support.proxy import Proxy
from tests.support.servers import ForgetfulPostgres


def test_server_that_leads_the_stream_is_killed(hub: HubUnderTest, nats_cluster: NatsCluster) -> None:
    leaders_are_killed(LightParts(hub, nats_cluster.url), nats_cluster, rounds=1)


def test_relay_that_publishes_is_frozen_and_wakes_as_one_of_three(hub: HubUnderTest, nats_url: str) -> None:
    publishing_relay_is_frozen(LightParts(hub, nats_url), seconds=1.5, lease=0.5)


def test_network_of_the_relay_falls_silent(hub: HubUnderTest, nats_server: embedded.Nats, nats_url: str) -> None:
    with Proxy(nats_server.port) as network:
        network_falls_silent(LightParts(hub, network.url), network, seconds=1.5, rounds=1)


def test_postgresql_is_restarted(hub: HubUnderTest, postgres_server: ForgetfulPostgres, nats_url: str) -> None:
    parts = LightParts(hub, nats_url)
    server_is_away(parts, stop=postgres_server.stop, start=postgres_server.start, seconds=0.2, lease=1)


def test_stream_is_full_until_more_is_allowed(hub: HubUnderTest, nats_url: str) -> None:
    stream_reaches_its_limit(LightParts(hub, nats_url), limit=30_000)

"""PostgreSQL is restored to an earlier point, and every subscriber still ends with the hub's state."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import pytest

from mdm.entrypoints.cli.publishing.restoring import Outcome, restored
from mdm.hub import standing
from mdm.hub.announce import SUBJECT
from mdm.hub.stewardship import identity
from mdm.settings import Settings
from mdm.store.records import RecordName
from mdm.streams import audit, golden
from publishers import Stored
from publishers.jetstream import JetStreamBroker, provision
from publishers.relay import State
from tests.publishers.relays import relay, until
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.running import RunningParts
from tests.support.servers import ForgetfulPostgres


@dataclass
class Follower:
    """A downstream system that keeps the newest event of every master it has ever heard of, by the version rule."""

    newest: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: int = 0

    async def catch_up(self, broker: JetStreamBroker) -> None:
        async for stored in broker.walk(newest=False, whole=True):
            if stored.sequence > self.heard:
                self._take(stored)

    def _take(self, stored: Stored) -> None:
        self.heard, body = stored.sequence, orjson.loads(stored.data)
        if body["version"] > self.newest.get(stored.subject, {"version": 0})["version"]:
            self.newest[stored.subject] = body

    def crosswalk(self) -> dict[RecordName, UUID]:
        links: dict[RecordName, tuple[int, bool, UUID]] = {}
        for body in self.newest.values():
            for link in body["crosswalk"]:
                name = RecordName(body["domain"], link["source"], link["key"])
                said = (link["link_no"], link["linked"], UUID(body["master"]))
                links[name] = max(links.get(name, said), said)
        return {name: master for name, (_, linked, master) in links.items() if linked}


def supplier(hub: HubUnderTest, source: str, key: str, version: int, name: str) -> None:
    hub.send(source, key, version=version, attributes={"name": name, "country": "DE"})
    hub.process()


async def publish(hub: HubUnderTest, broker: JetStreamBroker) -> None:
    def settled() -> bool:
        with hub.hub.begin() as work:
            return standing.settled(work)

    async with relay(hub.dsn, broker):
        await until(settled)


def before_the_backup(hub: HubUnderTest) -> None:
    supplier(hub, "erp", "1", 1, "Nordwerk GmbH")
    supplier(hub, "erp", "2", 1, "Alpenstahl AG")
    supplier(hub, "procurement", "A", 1, "Kolbe Pumpen GmbH")
    supplier(hub, "erp", "3", 1, "Unberührt GmbH")


def in_the_lost_time(hub: HubUnderTest) -> None:
    supplier(hub, "erp", "1", 2, "Nordwerk Holding GmbH")
    supplier(hub, "erp", "1", 3, "Nordwerk Gruppe GmbH")
    supplier(hub, "erp", "9", 1, "Niemals Gewesen AG")
    supplier(hub, "erp", "8", 1, "Kommt Wieder KG")
    with hub.hub.begin() as work:
        masters = [hub.master("erp", "2"), hub.master("procurement", "A")]
        identity.merge(work, "supplier", masters, reason="the same house")


def after_the_restore(hub: HubUnderTest) -> None:
    supplier(hub, "erp", "1", 4, "Nordwerk Neu GmbH")
    supplier(hub, "erp", "8", 1, "Kommt Wieder KG")
    supplier(hub, "procurement", "A", 2, "Kolbe Pumpen SE")


@pytest.mark.anyio
@pytest.mark.postgres
@pytest.mark.nats
async def test_restored_database_goes_on_above_what_it_has_lost(
    hub: HubUnderTest, postgres_server: ForgetfulPostgres, nats_url: str
) -> None:
    settings, follower = Settings(nats_url=nats_url), Follower()
    async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
        for plan in (golden(settings), audit(settings)):
            await provision(broker, plan)
        before_the_backup(hub)
        await publish(hub, broker)
        backup = await asyncio.to_thread(a_copy_of, hub, postgres_server)
        in_the_lost_time(hub)
        await publish(hub, broker)
        await follower.catch_up(broker)
        lost_crosswalk = follower.crosswalk()
        with opened_hub(backup, prepared=True) as back:
            after_the_restore(back)
            async with relay(back.dsn, broker) as stopped:
                await until(lambda: stopped.metrics.state == State.HALTED)
            outcome = await repaired(back, settings)
            assert (outcome.done.ghosts, outcome.done.foreign) == (2, [])
            await publish(back, broker)
            await follower.catch_up(broker)
            await then_all_is_as_the_hub_says(back, follower, nats_url)
            assert follower.crosswalk() != lost_crosswalk
            assert (await repaired(back, settings)).announced == 0
    postgres_server.drop(backup)


def a_copy_of(hub: HubUnderTest, server: ForgetfulPostgres) -> str:
    """Copy the database as a backup does; nobody may be connected to it meanwhile."""
    name = hub.dsn.rpartition("/")[2]
    server.disconnect(name)
    return server.create(template=name)


async def repaired(hub: HubUnderTest, settings: Settings) -> Outcome:
    return await restored(hub.hub, settings, reason="the disk was lost")


async def then_all_is_as_the_hub_says(hub: HubUnderTest, follower: Follower, nats_url: str) -> None:
    with hub.hub.begin() as work:
        assert follower.crosswalk() == standing.crosswalk(work)
    statuses = dict(hub.rows("SELECT id, status FROM master"))
    assert {UUID(body["master"]): body["identity"]["status"] for body in follower.newest.values()} == statuses
    for source, key in (("erp", "1"), ("erp", "2"), ("erp", "3"), ("erp", "8"), ("procurement", "A")):
        said = follower.newest[f"{SUBJECT}.supplier.{hub.master(source, key)}"]
        assert said["slices"][-1]["attributes"]["name"] == hub.golden(source, key).attributes["name"]
    assert await asyncio.to_thread(RunningParts(hub, nats_url).broken) == []

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from publishers import Event, outbox
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.subscriber import InMemoryStore, Subscriber
from tests.publishers.events import an_event, query
from tests.publishers.relays import relay, until

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
OVERLAP = StreamPlan(name="OVERLAP", subjects=("mdm.golden.v1.>", "mdm.golden.v2.>"))
HEADS = "SELECT subject, version FROM publishers.head ORDER BY subject"


def events(master: str, version: int, name: str, *, contracts: tuple[str, ...]) -> list[Event]:
    """One version of a master as each contract tells it: v1 has a name, v2 has names by language."""
    bodies = {"v1": {"version": version, "name": name}, "v2": {"version": version, "names": {"en": name}}}
    return [
        an_event(f"mdm.golden.{contract}.supplier.{master}", version, json.dumps(bodies[contract]).encode(), id=uuid4())
        for contract in contracts
    ]


def change(dsn: str, master: str, version: int, name: str, *contracts: str) -> None:
    """Announce a version by all contracts in force, in one transaction."""
    with psycopg.connect(dsn) as connection:
        outbox.append(connection, events(master, version, name, contracts=contracts))


def save(rows: dict[str, Any], event: Event) -> None:
    """Keep a name by master, whichever contract tells it."""
    body = event.json()
    rows[event.subject.rpartition(".")[2]] = body.get("name") or body["names"]["en"]


@asynccontextmanager
async def following(url: str, store: InMemoryStore, contract: str) -> AsyncIterator[None]:
    """Run the one subscriber `erp` on the subjects of a contract until it has caught up and the block ends."""
    subjects = f"mdm.golden.{contract}.supplier.>"
    running = Subscriber(url, stream="OVERLAP", subjects=subjects, name="erp", store=store, handler=save)
    stop = asyncio.Event()
    task = asyncio.create_task(running.run(stop))
    yield
    await until(lambda: running.progress.caught_up)
    stop.set()
    await task


async def test_two_versions_of_a_contract_overlap_and_a_subscriber_moves_without_loss(dsn: str, nats_url: str) -> None:
    store = InMemoryStore()
    async with JetStreamBroker(nats_url, "OVERLAP", timeout=2) as broker:
        await provision(broker, OVERLAP)
        async with relay(dsn, broker) as running:
            change(dsn, "a", 1, "Acme", "v1")
            change(dsn, "a", 2, "Acme Ltd", "v1")
            change(dsn, "b", 1, "Birch", "v1")
            async with following(nats_url, store, "v1"):
                await until(lambda: store.rows == {"a": "Acme Ltd", "b": "Birch"})

            change(dsn, "a", 2, "Acme Ltd", "v2")  # what is known is told by the new contract once
            change(dsn, "b", 1, "Birch", "v2")
            change(dsn, "b", 2, "Birch AG", "v1", "v2")  # and what changes by both
            async with following(nats_url, store, "v1"):
                await until(lambda: store.rows == {"a": "Acme Ltd", "b": "Birch AG"})

            change(dsn, "a", 3, "Acme plc", "v1", "v2")  # while the subscriber moves
            change(dsn, "c", 1, "Cedar", "v1", "v2")
            async with following(nats_url, store, "v2"):
                await until(lambda: store.rows == {"a": "Acme plc", "b": "Birch AG", "c": "Cedar"})
                change(dsn, "a", 4, "Acme SE", "v2")  # the old contract has ended
                await until(lambda: store.rows["a"] == "Acme SE")
            await until(lambda: running.metrics.published == 12)

        assert query(dsn, HEADS) == [
            ("mdm.golden.v1.supplier.a", 3), ("mdm.golden.v1.supplier.b", 2), ("mdm.golden.v1.supplier.c", 1),
            ("mdm.golden.v2.supplier.a", 4), ("mdm.golden.v2.supplier.b", 2), ("mdm.golden.v2.supplier.c", 1),
        ]  # fmt: skip
        versions: dict[str, list[int]] = {}
        async for stored in broker.walk(newest=False):
            versions.setdefault(stored.subject.removeprefix("mdm.golden."), []).append(stored.version)
        assert versions == {
            "v1.supplier.a": [1, 2, 3], "v1.supplier.b": [1, 2], "v1.supplier.c": [1],
            "v2.supplier.a": [2, 3, 4], "v2.supplier.b": [1, 2], "v2.supplier.c": [1],
        }  # fmt: skip

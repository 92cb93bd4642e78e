import asyncio

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from publishers import InMemoryBroker, Message, outbox
from publishers.relay import Relay, State
from tests.publishers.events import an_event, append, query
from tests.publishers.relays import QUICK, relay, until
from tests.support.proxy import Proxy

pytestmark = pytest.mark.anyio


async def test_one_of_three_relays_publishes(dsn: str) -> None:
    broker = InMemoryBroker()
    async with relay(dsn, broker) as one, relay(dsn, broker) as two, relay(dsn, broker) as three:
        append(dsn, *[an_event(f"s{number}") for number in range(50)])
        await until(lambda: len(broker.messages) == 50)
        await until(lambda: sorted(r.metrics.state for r in (one, two, three)) == ["publishing", "standby", "standby"])
    assert len(broker.messages) == 50


async def test_standby_takes_over_under_the_next_epoch_when_the_relay_stops(dsn: str) -> None:
    broker = InMemoryBroker()
    async with relay(dsn, broker, pace={"lease": 600.0}) as first:
        await until(lambda: first.metrics.state is State.PUBLISHING)
        standby = Relay(dsn, broker, pace=QUICK)
        stop = asyncio.Event()
        task = asyncio.create_task(standby.run(stop))
        await until(lambda: standby.metrics.state is State.STANDBY)
    await until(lambda: standby.metrics.epoch == first.metrics.epoch + 1)
    stop.set()
    await task


async def test_lease_of_a_dead_relay_runs_out(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as dead:
        await outbox.take_lease(dead, holder="dead", seconds=0.5)
    append(dsn, an_event())
    async with relay(dsn, InMemoryBroker()) as running:
        await until(lambda: running.metrics.published == 1, seconds=3)
    assert running.metrics.epoch == 2


async def test_relay_at_work_keeps_its_lease(dsn: str) -> None:
    broker = InMemoryBroker()
    async with relay(dsn, broker, pace={"lease": 0.3}) as holder:
        await until(lambda: holder.metrics.state is State.PUBLISHING)
        async with relay(dsn, broker) as standby:
            await asyncio.sleep(1.0)
            assert standby.metrics.state is State.STANDBY
    assert holder.metrics.epoch == 1


class Slow(InMemoryBroker):
    """Holds every acknowledgement back until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def publish(self, message: Message, *, after: int) -> int:
        sequence = await super().publish(message, after=after)
        await self.go_on.wait()
        return sequence


async def test_relay_that_lost_its_lease_marks_nothing_and_stands_by(dsn: str) -> None:
    append(dsn, an_event("a", 1))
    broker = Slow()
    async with relay(dsn, broker, pace={"lease": 60.0}) as frozen:
        await until(lambda: broker.messages)
        query(dsn, "UPDATE publishers.lease SET epoch = epoch + 1, holder = 'another' RETURNING 1")
        broker.go_on.set()
        await until(lambda: frozen.metrics.state is State.STANDBY)
        assert query(dsn, "SELECT count(*) FROM publishers.head") == [(0,)]
        assert query(dsn, "SELECT published_at FROM publishers.outbox") == [(None,)]
        assert frozen.metrics.published == 0


async def test_successor_recognises_what_a_frozen_relay_had_sent(dsn: str) -> None:
    append(dsn, an_event("a", 1), an_event("b", 1))
    broker = Slow()
    async with relay(dsn, broker, pace={"lease": 60.0}) as frozen:
        await until(lambda: len(broker.messages) == 2)
        query(dsn, "UPDATE publishers.lease SET expires_at = now() RETURNING 1")
        async with relay(dsn, broker, pace={"lease": 60.0}) as successor:
            await until(lambda: successor.metrics.recognised == 2)
            broker.go_on.set()
            await until(lambda: successor.metrics.published == 2)
    assert frozen.metrics.published == 0
    assert broker.versions() == {"a": [1], "b": [1]}


async def test_relay_survives_the_loss_of_its_connections_and_does_not_wait_for_its_own_lease(dsn: str) -> None:
    broker = InMemoryBroker()
    async with relay(dsn, broker, pace={"lease": 600.0}) as running:
        await until(lambda: running.metrics.state is State.PUBLISHING)
        query(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'relay'")
        append(dsn, an_event())
        await until(lambda: running.metrics.published == 1)
    assert running.metrics.epoch == 2


async def test_relay_survives_a_database_that_falls_silent(dsn: str) -> None:
    with Proxy(int(conninfo_to_dict(dsn)["port"])) as proxy:
        through = make_conninfo(dsn, host="127.0.0.1", port=proxy.port)
        async with relay(through, InMemoryBroker(), pace={"patience": 0.3, "lease": 60.0, "standby": 0.1}) as running:
            append(dsn, an_event("a"))
            await until(lambda: running.metrics.published == 1)
            proxy.freeze()
            await asyncio.sleep(0.6)
            proxy.thaw()
            append(dsn, an_event("b"))
            await until(lambda: running.metrics.published == 2)
    assert running.metrics.epoch == 2  # on connections of a new term


class Silent(InMemoryBroker):
    """Never answers."""

    async def publish(self, message: Message, *, after: int) -> int:
        await asyncio.Event().wait()
        return await super().publish(message, after=after)


async def test_stopping_relay_does_not_wait_for_a_silent_broker(dsn: str) -> None:
    append(dsn, an_event())
    async with relay(dsn, Silent(), pace={"farewell": 0.1}) as running:
        await until(lambda: running.metrics.in_flight == 1)
    assert query(dsn, "SELECT count(*) FROM publishers.lease WHERE expires_at <= now()") == [(1,)]
    assert query(dsn, "SELECT published_at FROM publishers.outbox") == [(None,)]


async def test_every_relay_is_on_the_roster_until_it_ends(dsn: str) -> None:
    append(dsn, an_event())
    columns = "SELECT state, epoch, published, since IS NOT NULL FROM publishers.relay ORDER BY state"
    async with relay(dsn, InMemoryBroker()), relay(dsn, InMemoryBroker()):
        await until(lambda: query(dsn, columns) == [("publishing", 1, 1, True), ("standby", 0, 0, False)])
    assert query(dsn, columns) == []

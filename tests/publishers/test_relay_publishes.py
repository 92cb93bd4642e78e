import asyncio
import random
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from publishers import InMemoryBroker, Message, Unavailable, outbox
from publishers.jetstream import JetStreamBroker
from publishers.relay import State
from publishers.relay.relay import connected
from tests.publishers.events import an_event, append, query
from tests.publishers.relays import relay, until

pytestmark = pytest.mark.anyio
NEXT = Path(outbox.__file__).parent / "sql" / "next.sql"
HEADS = "SELECT subject, version, event_id, stream_sequence FROM publishers.head ORDER BY subject"


async def test_events_arrive_with_their_headers_and_are_marked(dsn: str) -> None:
    event = an_event("a", 1, data=b"exact bytes")
    append(dsn, event)
    broker = InMemoryBroker()
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.published == 1)
    [stored] = broker.messages
    assert (stored.subject, stored.headers, stored.data) == ("a", event.headers(), b"exact bytes")
    [(at, sequence, error)] = query(dsn, "SELECT published_at, stream_sequence, last_error FROM publishers.outbox")
    assert at is not None
    assert (sequence, error) == (1, None)


async def test_head_holds_the_newest_event_byte_for_byte(dsn: str) -> None:
    events = [an_event("a", version, data=b"state %d" % version) for version in (1, 2, 3)]
    append(dsn, *events)
    async with relay(dsn, InMemoryBroker()) as running:
        await until(lambda: running.metrics.published == 3)
    columns = "version, event_id, digest, stream_sequence, headers, data"
    [row] = query(dsn, f"SELECT {columns} FROM publishers.head")
    assert row == (3, events[2].id, events[2].digest, 3, events[2].headers(), b"state 3")


async def test_versions_of_every_subject_arrive_in_order(dsn: str) -> None:
    events = [an_event(f"s{number}", version) for version in (1, 2, 3, 4) for number in range(20)]
    append(dsn, *events)
    broker = InMemoryBroker()
    async with relay(dsn, broker, pace={"window": 8}) as running:
        await until(lambda: running.metrics.published == 80)
    assert broker.versions() == {f"s{number}": [1, 2, 3, 4] for number in range(20)}


async def test_one_subject_with_many_versions_does_not_hold_up_the_others(dsn: str) -> None:
    append(dsn, *[an_event("busy", version) for version in range(1, 200)], an_event("quiet", 1))
    broker = InMemoryBroker()
    async with relay(dsn, broker, pace={"window": 8}) as running:
        await until(lambda: "quiet" in broker.versions())
        assert running.metrics.published < 100


async def test_event_that_commits_late_with_a_low_number_is_not_missed(dsn: str) -> None:
    broker = InMemoryBroker()
    async with relay(dsn, broker) as running:
        with psycopg.connect(dsn) as early:
            outbox.append(early, [an_event("early", 1)])
            append(dsn, an_event("late", 1))
            await until(lambda: running.metrics.published == 1)
        await until(lambda: running.metrics.published == 2)
    assert [stored.subject for stored in broker.messages] == ["late", "early"]


async def test_relay_goes_on_after_the_last_version_it_marked(dsn: str) -> None:
    broker = InMemoryBroker()
    for version in (1, 2, 3):
        append(dsn, an_event("a", version))
        async with relay(dsn, broker) as running:
            await until(lambda running=running: running.metrics.published == 1)
    assert broker.versions() == {"a": [1, 2, 3]}


async def test_backlog_is_read_in_order_by_its_index_whatever_the_statistics_say(dsn: str) -> None:
    append(dsn, *[an_event(f"s{number}") for number in range(1_000)])
    asked = {"busy": [f"s{number}" for number in range(256)], "room": 128, "scan": 256}
    async with await connected(dsn) as connection:
        plan = await connection.execute(f"EXPLAIN {NEXT.read_text()}", asked)
        lines = [line for (line,) in await plan.fetchall()]
    assert [line for line in lines if "Index Scan using outbox_unpublished" in line], lines
    assert not [line for line in lines if "Bitmap" in line or "Seq Scan" in line], lines


class Measuring(InMemoryBroker):
    """Takes its time and counts how many events are in flight, in all and per subject."""

    def __init__(self) -> None:
        super().__init__()
        self.flying: list[str] = []
        self.most = 0

    async def publish(self, message: Message, *, after: int) -> int:
        assert message.subject not in self.flying
        self.flying.append(message.subject)
        self.most = max(self.most, len(self.flying))
        await asyncio.sleep(random.uniform(0.001, 0.01))
        self.flying.remove(message.subject)
        return await super().publish(message, after=after)


async def test_at_most_a_window_is_in_flight_and_one_per_subject(dsn: str) -> None:
    append(dsn, *[an_event(f"s{number}", version) for version in (1, 2) for number in range(30)])
    broker = Measuring()
    async with relay(dsn, broker, pace={"window": 10}) as running:
        await until(lambda: running.metrics.published == 60)
    assert broker.most == 10


async def test_stopping_relay_marks_what_is_in_flight_and_gives_its_lease_back(dsn: str) -> None:
    append(dsn, *[an_event(f"s{number}") for number in range(50)])
    broker = Measuring()
    async with relay(dsn, broker, pace={"window": 10, "lease": 600.0}):
        await until(lambda: broker.messages)
    marked = query(dsn, "SELECT count(*) FROM publishers.outbox WHERE published_at IS NOT NULL")
    assert marked == [(len(broker.messages),)] != [(50,)]
    async with relay(dsn, broker):
        await until(lambda: len(broker.messages) == 50)


async def test_waking_shortens_the_wait(dsn: str) -> None:
    async with relay(dsn, InMemoryBroker(), pace={"poll_most": 30.0}) as running:
        await until(lambda: running.metrics.state is State.PUBLISHING)
        await asyncio.sleep(0.5)  # until the pauses have grown long
        append(dsn, an_event())
        running.wake()
        await until(lambda: running.metrics.published == 1, seconds=2)


async def test_backlog_is_measured_while_the_broker_is_away(dsn: str) -> None:
    append(dsn, *[an_event(f"s{number}") for number in range(5)])
    broker = InMemoryBroker()
    broker.offline = True
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.state is State.WAITING and running.metrics.pending == 5)
        assert running.metrics.lag_seconds > 0
        assert running.metrics.last_error == str(Unavailable())
        broker.offline = False
        await until(lambda: running.metrics.published == 5 and running.metrics.pending == 0)
        assert running.metrics.state is State.PUBLISHING


@pytest.mark.nats
async def test_events_reach_jetstream_once_and_in_order(dsn: str, jetstream: JetStreamBroker) -> None:
    subjects = [f"test.v1.{UUID(int=number)}" for number in range(40)]
    append(dsn, *[an_event(subject, version) for version in (1, 2, 3) for subject in subjects])
    async with relay(dsn, jetstream) as running:
        await until(lambda: running.metrics.published == 120)
    stored = [(stored.subject, stored.version) async for stored in jetstream.walk(newest=False)]
    assert sorted(stored) == sorted((subject, version) for subject in subjects for version in (1, 2, 3))
    newest = [(s.subject, s.version, UUID(s.event_id), s.sequence) async for s in jetstream.walk()]
    assert query(dsn, HEADS) == sorted(newest)

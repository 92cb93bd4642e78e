"""A stream that lacks what was published gets it back from the heads, whatever happened to it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from publishers import Broker, Event, InMemoryBroker, Message, Refused, Unavailable
from publishers.jetstream import JetStreamBroker, provision
from publishers.repair import Comparison, Mended, Trouble, compare, mend, mending
from tests.publishers.conftest import PLAN
from tests.publishers.events import an_event, append, message_of, query
from tests.publishers.relays import relay, until
from tests.support.servers import KillableNats

pytestmark = pytest.mark.anyio
ONE, TWO, THREE = (f"test.v1.{name}" for name in ("one", "two", "three"))


async def publish(dsn: str, broker: Broker, *events: Event) -> None:
    """Publish events through a relay."""
    append(dsn, *events)
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.published == len(events))


async def compared(dsn: str, broker: Broker | None) -> Comparison:
    return await compare(dsn, broker, prefix="test.v1.")


async def mended(dsn: str, broker: Broker, *, progress: Callable[[int], None] = lambda _: None) -> Mended:
    """Mend what differs; afterwards nothing that could be mended is left."""
    found = await compared(dsn, broker)
    done = await mend(dsn, broker, found.mendable(), run=uuid4(), progress=progress)
    assert (await compared(dsn, broker)).mendable() == []
    return done


async def troubles(dsn: str, broker: Broker) -> dict[str, Trouble]:
    return {d.subject: d.trouble for d in (await compared(dsn, broker)).differences}


@pytest.fixture
def events() -> list[Event]:
    """Three subjects, the first in two versions."""
    return [an_event(ONE, 1), an_event(TWO, 1), an_event(THREE, 1), an_event(ONE, 2, b'{"name": "Acme AG"}')]


@pytest.fixture
async def memory(dsn: str, events: list[Event]) -> InMemoryBroker:
    """A broker in memory to which all events are published."""
    broker = InMemoryBroker()
    await publish(dsn, broker, *events)
    return broker


async def test_healthy_stream_has_no_difference(dsn: str, memory: InMemoryBroker) -> None:
    assert await compared(dsn, memory) == Comparison(heads=3)
    assert await mended(dsn, memory) == Mended()


async def test_stream_that_is_not_there_lacks_everything(dsn: str, memory: InMemoryBroker) -> None:
    assert (await compared(dsn, None)).counts() == {Trouble.MISSING: 3}


async def test_newest_events_come_back_byte_for_byte_in_their_order(
    dsn: str, memory: InMemoryBroker, events: list[Event]
) -> None:
    memory.recreate()
    counted: list[int] = []
    assert await mended(dsn, memory, progress=counted.append) == Mended(republished=3)
    assert counted == [3]
    assert [(m.subject, m.version) for m in memory.messages] == [(TWO, 1), (THREE, 1), (ONE, 2)]
    newest = message_of(events[3])
    stored = memory.messages[-1]
    assert stored.data == newest.data
    assert {n: t for n, t in stored.headers.items() if n.startswith("ce-")} == {
        n: t for n, t in newest.headers.items() if n.startswith("ce-")
    }
    assert query(dsn, "SELECT stream_sequence FROM publishers.head WHERE subject = %s", ONE) == [(3,)]


async def test_subject_purged_a_moment_ago_comes_back_although_its_id_is_known(
    dsn: str, memory: InMemoryBroker
) -> None:
    memory.purge(ONE)
    assert await troubles(dsn, memory) == {ONE: Trouble.MISSING}
    assert (await mended(dsn, memory)).republished == 1
    memory.purge(ONE)
    assert (await mended(dsn, memory)).republished == 1
    assert memory.versions() == {TWO: [1], THREE: [1], ONE: [2]}


async def test_event_that_nats_refuses_does_not_keep_others_away(
    dsn: str, memory: InMemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Choosy(InMemoryBroker):
        async def publish(self, message: Message, *, after: int) -> int:
            if message.subject == TWO:
                raise Refused("It is too large.")
            return await super().publish(message, after=after)

    monkeypatch.setattr(mending, "PAGE", 2)
    broker = Choosy()
    found = await compared(dsn, broker)
    done = await mend(dsn, broker, found.mendable(), run=uuid4())
    assert done == Mended(republished=2, refused=1, refusal="It is too large.")
    assert await troubles(dsn, broker) == {TWO: Trouble.MISSING}


async def test_stream_put_back_to_an_earlier_point_gets_the_newer_versions(
    dsn: str, memory: InMemoryBroker, events: list[Event]
) -> None:
    memory.recreate()
    for event in (events[2], events[0]):
        await memory.publish(message_of(event), after=0)
    assert await troubles(dsn, memory) == {ONE: Trouble.BEHIND, TWO: Trouble.MISSING, THREE: Trouble.MISPLACED}
    assert await mended(dsn, memory) == Mended(republished=2, relocated=1)
    assert memory.versions() == {THREE: [1], ONE: [1, 2], TWO: [1]}


async def test_message_with_other_bytes_than_the_head_is_followed_by_the_right_one(
    dsn: str, memory: InMemoryBroker, events: list[Event]
) -> None:
    memory.purge(TWO)
    right = message_of(events[1])
    await memory.publish(Message(TWO, {**right.headers, "Nats-Msg-Id": "forged"}, b"{}"), after=0)
    assert await troubles(dsn, memory) == {TWO: Trouble.DAMAGED}
    assert (await mended(dsn, memory)).republished == 1
    last = await memory.last(TWO)
    assert last is not None
    assert (last.data, last.stored_again) == (right.data, True)


async def test_what_the_database_has_never_written_is_named_and_left_alone(dsn: str, memory: InMemoryBroker) -> None:
    await memory.publish(message_of(an_event(ONE, 9)), after=4)
    await memory.publish(message_of(an_event("test.v1.stranger", 1)), after=0)
    await memory.publish(Message("test.v1.noise", {}, b"no event"), after=0)
    ahead = {ONE, "test.v1.stranger", "test.v1.noise"}
    assert await troubles(dsn, memory) == dict.fromkeys(ahead, Trouble.AHEAD)
    before = list(memory.messages)
    assert await mended(dsn, memory) == Mended()
    assert memory.messages == before


async def test_event_that_is_stored_and_not_marked_yet_is_no_difference(dsn: str, memory: InMemoryBroker) -> None:
    append(dsn, event := an_event(ONE, 3))
    await memory.publish(message_of(event), after=4)
    assert (await compared(dsn, memory)).differences == []


class Interrupted(InMemoryBroker):
    """Goes away after a number of messages."""

    left = 1000
    error: Exception = Unavailable()

    async def publish(self, message: Message, *, after: int) -> int:
        if self.left == 0:
            raise self.error
        self.left -= 1
        return await super().publish(message, after=after)


async def test_repair_cut_off_anywhere_is_finished_by_the_next(
    dsn: str, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.repair.mending.FIRST_PAUSE", 0.0)
    broker = Interrupted()
    await publish(dsn, broker, *events)
    for error in (Unavailable(), Refused("full")):
        broker.recreate()
        broker.left, broker.error = 1, error
        with suppress(Unavailable):
            await mend(dsn, broker, (await compared(dsn, broker)).mendable(), run=uuid4())
        broker.left = 1000
        assert (await mended(dsn, broker)).republished == 2
        assert broker.versions() == {TWO: [1], THREE: [1], ONE: [2]}


async def test_lost_acknowledgements_of_a_repair_store_nothing_twice(dsn: str, memory: InMemoryBroker) -> None:
    memory.recreate()
    memory.lost_acknowledgements = 2
    await mended(dsn, memory)
    assert sorted(memory.versions().values()) == [[1], [1], [2]]


async def test_two_repairs_at_once_store_every_event_once(dsn: str, memory: InMemoryBroker) -> None:
    memory.recreate()
    await asyncio.gather(mended(dsn, memory), mended(dsn, memory))
    assert sorted(memory.versions().values()) == [[1], [1], [2]]


async def test_relay_goes_on_by_itself_after_the_repair(dsn: str, memory: InMemoryBroker) -> None:
    memory.recreate()
    append(dsn, an_event(ONE, 3), an_event("test.v1.new", 1))
    async with relay(dsn, memory, pace={"halted": 0.05}) as running:
        await until(lambda: running.metrics.last_error is not None)
        await mended(dsn, memory)
        await until(lambda: query(dsn, "SELECT FROM publishers.outbox WHERE published_at IS NULL") == [])
    assert memory.versions()[ONE] == [2, 3]
    assert (await compared(dsn, memory)).differences == []


@pytest.fixture
async def recreated(dsn: str, jetstream: JetStreamBroker) -> JetStreamBroker:
    """A stream that 40 subjects were published to, deleted and made again."""
    await publish(dsn, jetstream, *[an_event(f"test.v1.{n}", 1) for n in range(40)])
    await (await jetstream.context()).delete_stream(PLAN.name)
    await provision(jetstream, PLAN)
    return jetstream


async def test_deleted_stream_is_rebuilt_while_a_relay_publishes(dsn: str, recreated: JetStreamBroker) -> None:
    async with relay(dsn, recreated, pace={"window": 8, "halted": 0.05}):
        for version in range(2, 6):
            append(dsn, *[an_event(f"test.v1.{n}", version) for n in range(0, 40, 3)])
            await mended(dsn, recreated)
        await until(lambda: query(dsn, "SELECT FROM publishers.outbox WHERE published_at IS NULL") == [])
    assert (await compared(dsn, recreated)).differences == []
    versions: dict[str, list[int]] = {}
    async for stored in recreated.walk(newest=False):
        versions.setdefault(stored.subject, []).append(stored.version)
    assert len(versions) == 40
    assert all(found == sorted(set(found)) for found in versions.values())


@pytest.mark.parametrize("with_index", [True, False])
async def test_block_with_a_flipped_bit_loses_nothing(
    dsn: str, durable_nats: Callable[[], KillableNats], *, with_index: bool
) -> None:
    server = durable_nats()
    data = {f"test.v1.{n}": f'{{"name": "Master {n}"}}'.encode() for n in range(6)}
    async with JetStreamBroker(server.url, PLAN.name, timeout=2) as broker:
        await provision(broker, PLAN)
        await publish(dsn, broker, *[an_event(subject, 1, content) for subject, content in data.items()])
    server.stop()
    flip(server.folder, b"Master 3", with_index=with_index)
    server.start()
    async with JetStreamBroker(server.url, PLAN.name, timeout=2) as broker:
        lost = {d.subject for d in (await compared(dsn, broker)).differences}
        assert lost == ({"test.v1.3"} if with_index else {f"test.v1.{n}" for n in (3, 4, 5)})
        async with asyncio.timeout(15):  # a walk does not wait for what cannot be read
            assert lost == data.keys() - {stored.subject async for stored in broker.walk(newest=False)}
        await mended(dsn, broker)
        assert {stored.subject: stored.data async for stored in broker.walk(whole=True)} == data


def flip(folder: Path, content: bytes, *, with_index: bool) -> None:
    """Damage the message with this content on disk; without its index the server reads a block up to there."""
    (block,) = folder.rglob("*.blk")
    raw = bytearray(block.read_bytes())
    raw[raw.index(content)] ^= 0xFF
    block.write_bytes(raw)
    for index in folder.rglob("index.db"):
        if not with_index:
            index.unlink()

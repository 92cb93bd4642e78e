"""What the relay does when an attempt ends without a clear answer, or with a clear no."""

import asyncio
import re
from dataclasses import replace

import psycopg
import pytest

from publishers import InMemoryBroker, Message, Refused, roster
from publishers.relay import Relay, State
from tests.publishers.events import an_event, append, message_of, query
from tests.publishers.relays import relay, until

pytestmark = pytest.mark.anyio


async def publish_all(dsn: str, broker: InMemoryBroker, count: int) -> Relay:
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.published == count)
    return running


async def halted(dsn: str, broker: InMemoryBroker) -> str:
    """Run a relay until it halts, and return why."""
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.state is State.HALTED)
        return str(running.metrics.last_error)


async def test_event_whose_acknowledgement_was_lost_is_stored_once(dsn: str) -> None:
    append(dsn, an_event("a", 1), an_event("b", 1), an_event("a", 2))
    broker = InMemoryBroker()
    broker.lost_acknowledgements = 2
    running = await publish_all(dsn, broker, 3)
    assert broker.versions() == {"a": [1, 2], "b": [1]}
    assert (running.metrics.recognised, running.metrics.retried) == (2, 2)


async def test_nothing_is_skipped_while_the_broker_is_away(dsn: str) -> None:
    append(dsn, *[an_event("a", version) for version in (1, 2, 3)])
    broker = InMemoryBroker()
    broker.offline = True
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.retried >= 2)
        broker.offline = False
        await until(lambda: running.metrics.published == 3)
    assert broker.versions() == {"a": [1, 2, 3]}


async def test_relay_stops_at_once_while_the_broker_is_away(dsn: str) -> None:
    append(dsn, an_event("a", 1))
    broker = InMemoryBroker()
    broker.offline = True
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.retried >= 3)
    assert query(dsn, "SELECT published_at FROM publishers.outbox") == [(None,)]


class Picky(InMemoryBroker):
    """Refuses one subject."""

    refuses = "bad"

    async def publish(self, message: Message, *, after: int) -> int:
        if message.subject == self.refuses:
            raise Refused("The subject is not allowed.")
        return await super().publish(message, after=after)


async def test_refused_subject_waits_in_order_while_others_go_on(dsn: str) -> None:
    append(dsn, an_event("bad", 1), an_event("bad", 2), *[an_event(f"s{number}") for number in range(20)])
    broker = Picky()
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.published == 20 and running.metrics.refused >= 2)
        assert running.metrics.blocked == 1
        [(attempts, error)] = query(dsn, "SELECT attempts, last_error FROM publishers.outbox WHERE attempts > 0")
        assert attempts >= 2
        assert error == "The subject is not allowed."
        broker.refuses = "nothing"
        await until(lambda: running.metrics.published == 22)
        assert running.metrics.blocked == 0
    assert broker.versions()["bad"] == [1, 2]


async def test_relay_reads_no_further_when_everything_is_refused(dsn: str) -> None:
    append(dsn, *[an_event(f"s{number}") for number in range(100)])
    broker = InMemoryBroker(max_messages=0)
    async with relay(dsn, broker, pace={"window": 2, "refusal": 60.0}) as running:
        await until(lambda: running.metrics.refused > 16)
        refused = running.metrics.refused
        await until(lambda: running.metrics.pending == 100)
    assert refused < 25


async def test_stream_ahead_of_a_restored_database_stops_the_relay(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 1))
    await publish_all(dsn, broker, 1)
    await broker.publish(message_of(an_event("a", 2)), after=1)
    append(dsn, an_event("a", 2))
    assert re.search(r"version 2 of a .* knows version 1", await halted(dsn, broker))
    assert broker.versions() == {"a": [1, 2]}


async def test_halted_relay_marks_what_had_arrived_and_reads_nothing_more(dsn: str) -> None:
    broker = InMemoryBroker()
    await broker.publish(message_of(an_event("a", 1)), after=0)
    append(dsn, an_event("b", 1), an_event("a", 1))
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.state is State.HALTED and running.metrics.published == 1)
        append(dsn, an_event("c", 1))
        await asyncio.sleep(0.1)
        assert running.metrics.contradictions == 1
    assert "restored" in str(running.metrics.last_error)
    assert query(dsn, "SELECT subject FROM publishers.outbox WHERE published_at IS NULL") == [("a",), ("c",)]


async def test_halted_relay_keeps_its_lease_and_says_so_on_the_roster(dsn: str) -> None:
    broker = InMemoryBroker()
    await broker.publish(message_of(an_event("a", 1)), after=0)
    append(dsn, an_event("a", 1))
    async with relay(dsn, broker, pace={"lease": 0.3}), relay(dsn, broker, pace={"lease": 0.3}):
        await until(lambda: on_the_roster(dsn) == ["halted", "standby"])
        await asyncio.sleep(0.5)
        assert on_the_roster(dsn) == ["halted", "standby"]
    assert query(dsn, "SELECT count(*) FROM publishers.relay") == [(0,)]


def on_the_roster(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return sorted(report.state for report in roster.alive(connection))


async def test_halted_relay_goes_on_by_itself_when_stream_and_database_agree_again(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 1))
    await publish_all(dsn, broker, 1)
    [first] = broker.messages
    broker.recreate()
    append(dsn, an_event("a", 2), an_event("b", 1))
    async with relay(dsn, broker, pace={"halted": 0.05}) as running:
        await until(lambda: running.metrics.state is State.HALTED)
        await broker.publish(Message("a", first.headers, first.data), after=0)
        await until(lambda: running.metrics.published == 2 and running.metrics.state is State.PUBLISHING)
    assert broker.versions()["a"] == [1, 2]


async def test_halted_relay_goes_on_when_the_event_is_given_up(dsn: str) -> None:
    broker = InMemoryBroker()
    await broker.publish(message_of(an_event("a", 1)), after=0)
    append(dsn, an_event("a", 1))
    async with relay(dsn, broker, pace={"halted": 0.05}) as running:
        await until(lambda: running.metrics.state is State.HALTED)
        query(dsn, "DELETE FROM publishers.outbox WHERE subject = 'a' RETURNING 1")
        append(dsn, an_event("b", 1))
        await until(lambda: running.metrics.published == 1)
    assert running.metrics.contradictions == 0


async def test_relay_that_has_lost_its_lease_does_not_take_its_successor_for_a_contradiction(dsn: str) -> None:
    broker = InMemoryBroker()
    broker.offline = True
    append(dsn, an_event("a", 1))
    async with relay(dsn, broker, pace={"lease": 60.0}) as frozen:
        await until(lambda: frozen.metrics.retried)
        query(dsn, "UPDATE publishers.lease SET epoch = epoch + 1, holder = 'successor' RETURNING 1")
        broker.offline = False
        await broker.publish(message_of(an_event("a", 1)), after=0)
        await until(lambda: frozen.metrics.state is State.STANDBY)
        assert frozen.metrics.last_error == "Another relay has taken over."


async def test_version_behind_its_head_is_never_published(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 2))
    await publish_all(dsn, broker, 1)
    append(dsn, an_event("a", 1), an_event("b", 1))
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.published == running.metrics.blocked == 1)
    assert "comes too late" in str(running.metrics.last_error)
    assert broker.versions() == {"a": [2], "b": [1]}


async def test_same_id_with_other_content_is_not_taken_for_the_event(dsn: str) -> None:
    event = an_event("a", 1, data=b"ours")
    broker = InMemoryBroker()
    await broker.publish(message_of(replace(event, data=b"theirs")), after=0)
    append(dsn, event)
    assert "knows version 0" in await halted(dsn, broker)


async def test_stream_younger_than_its_heads_was_lost(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 1))
    await publish_all(dsn, broker, 1)
    broker.recreate()
    append(dsn, an_event("a", 2))
    assert "after a reached version 1" in await halted(dsn, broker)
    assert broker.messages == []


async def test_stream_that_ends_before_its_head_was_truncated(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 1), an_event("a", 2))
    await publish_all(dsn, broker, 2)
    first = broker.messages[0]
    broker.purge()
    await broker.publish(Message("a", {**first.headers, "Nats-Msg-Id": "again"}, first.data), after=0)
    append(dsn, an_event("a", 3))
    assert "ends with version 1 of a, version 2 was stored" in await halted(dsn, broker)


async def test_purged_subject_is_reported_and_does_not_stop_the_others(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 1))
    await publish_all(dsn, broker, 1)
    broker.purge("a")
    append(dsn, an_event("a", 2), an_event("b", 1))
    async with relay(dsn, broker) as running:
        await until(lambda: running.metrics.published == 1 and running.metrics.blocked == 1)
        assert "a was purged" in str(running.metrics.last_error)
    assert broker.versions() == {"b": [1]}


async def test_head_that_was_stored_again_is_followed(dsn: str) -> None:
    broker = InMemoryBroker()
    append(dsn, an_event("a", 1))
    await publish_all(dsn, broker, 1)
    [first] = broker.messages
    broker.recreate()
    await broker.publish(message_of(an_event("other", 1)), after=0)
    await broker.publish(Message("a", first.headers, first.data), after=0)
    append(dsn, an_event("a", 2))
    await publish_all(dsn, broker, 1)
    assert broker.versions()["a"] == [1, 2]

import asyncio
import json
import signal
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from mdm import streams
from mdm.entrypoints.workers.dead_letters import HubStore, collect_dead_letters
from mdm.hub import Hub
from mdm.hub.publishing import dead_letters
from mdm.hub.publishing.dead_letters import Filter, Letter
from mdm.settings import Settings
from publishers.dead_letters import Position
from publishers.dead_letters.collector import Collector
from publishers.jetstream import JetStreamBroker
from tests.support.giving_up import (
    collecting,
    make_streams,
    never_acknowledge,
    publish_everything,
    terminate,
    until,
)
from tests.support.hubs import HubUnderTest

DEAD, PLACE = "MDM_DEAD_LETTERS", "mdm-dead-letters"
ADVISORY = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


pytestmark = pytest.mark.anyio


@pytest.fixture
def published(hub: HubUnderTest, nats_url: str) -> HubUnderTest:
    """A hub whose two suppliers are in the stream."""
    for key, name in (("1", "Acme GmbH"), ("2", "Rossi Srl")):
        hub.send("erp", key, version=1, attributes={"name": name, "country": "DE"})
    hub.process()
    asyncio.run(make_streams(nats_url))
    asyncio.run(publish_everything(hub, nats_url))
    return hub


def letters(hub: HubUnderTest, **wanted: Any) -> list[Letter]:
    with hub.hub.begin() as work:
        return dead_letters.page(work, Filter(**wanted), limit=1_000)


def subject(hub: HubUnderTest, key: str) -> str:
    return f"mdm.golden.v1.supplier.{hub.master('erp', key)}"


def advisory(name: str, *, at: str = "2026-11-21T15:33:00.586804074Z", sequence: int = 1, reason: str = "no") -> bytes:
    said = {"type": "io.nats.jetstream.advisory.v1.terminated", "id": name, "timestamp": at, "stream": "MDM_GOLDEN"}
    return json.dumps(said | {"consumer": "loader", "stream_seq": sequence, "deliveries": 1, "reason": reason}).encode()


async def test_terminated_message_is_kept_with_its_reason(published: HubUnderTest, nats_url: str) -> None:
    async with collecting(published.hub, nats_url):
        await terminate(nats_url, name="erp-loader", subjects=subject(published, "1"), reason="no vendor group")
        await until(lambda: bool(letters(published)))
    [letter] = letters(published)
    assert (letter.subscriber, letter.kind, letter.reason) == ("erp-loader", "terminated", "no vendor group")
    assert (letter.master_id, letter.version) == (published.master("erp", "1"), 1)
    assert (letter.state, letter.severity, letter.found_in) == ("open", "critical", "stream")


async def test_message_never_acknowledged_is_kept_with_its_deliveries(published: HubUnderTest, nats_url: str) -> None:
    async with collecting(published.hub, nats_url):
        await never_acknowledge(nats_url, name="slow", subjects=subject(published, "2"))
        await until(lambda: bool(letters(published)))
    [letter] = letters(published)
    assert (letter.subscriber, letter.kind, letter.deliveries) == ("slow", "max_deliveries", 2)
    assert letter.reason == "Not acknowledged in 2 deliveries."


async def test_collector_killed_between_commit_and_acknowledgement_keeps_nothing_twice(
    published: HubUnderTest, nats_url: str
) -> None:
    await terminate(nats_url, name="loader")
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.killed_collector", published.dsn, nats_url
    )
    assert await killed.wait() == -signal.SIGKILL
    assert len(letters(published)) == 2
    client = await nats.connect(nats_url)
    context = client.jetstream()
    before = await context.consumer_info("MDM_DEAD_LETTERS", PLACE)
    assert (before.num_ack_pending, before.ack_floor.stream_seq) == (2, 0)
    await context.add_consumer("MDM_DEAD_LETTERS", before.config.evolve(ack_wait=0.1))
    await asyncio.sleep(0.3)  # spares the test the seconds after which the server sends them again
    async with collecting(published.hub, nats_url), collecting(published.hub, nats_url):
        await settled(context)
    await client.close()
    assert len(letters(published)) == 2


async def settled(context: JetStreamContext) -> None:
    """Wait until the collectors have acknowledged everything."""
    async with asyncio.timeout(20):
        while True:
            found = await context.consumer_info("MDM_DEAD_LETTERS", PLACE)
            if found.ack_floor.stream_seq == 2:
                return
            await asyncio.sleep(0.05)


async def test_message_that_has_gone_is_found_in_what_was_published(published: HubUnderTest, nats_url: str) -> None:
    published.rows("DELETE FROM publishers.outbox WHERE subject = %s RETURNING 1", subject(published, "2"))
    await terminate(nats_url, name="loader")
    client = await nats.connect(nats_url)
    await client.jetstream().purge_stream("MDM_GOLDEN")
    await client.close()
    async with collecting(published.hub, nats_url):
        await until(lambda: len(letters(published)) == 2)
    found = {letter.master_id: (letter.found_in, letter.version, letter.severity) for letter in letters(published)}
    assert found == {
        published.master("erp", "1"): ("head", 1, "critical"),
        published.master("erp", "2"): ("head", 1, "critical"),
    }


async def test_sequence_in_a_stream_made_anew_is_not_taken_for_the_message(
    published: HubUnderTest, nats_url: str
) -> None:
    await terminate(nats_url, name="loader", subjects=subject(published, "1"))
    client = await nats.connect(nats_url)
    await client.jetstream().delete_stream("MDM_GOLDEN")
    await make_streams(nats_url)
    await client.jetstream().publish("mdm.golden.v1.supplier.other", b"{}")
    await client.close()
    async with collecting(published.hub, nats_url):
        await until(lambda: bool(letters(published)))
    [letter] = letters(published)
    assert (letter.found_in, letter.master_id) == ("head", published.master("erp", "1"))


async def test_five_hundred_of_one_cause_are_one_group(published: HubUnderTest, nats_url: str) -> None:
    client = await nats.connect(nats_url)
    for number in range(500):
        body = advisory(f"a{number}", reason=f"vendor {number} has no group 'G{number}'")
        await client.publish(f"{ADVISORY}.MDM_GOLDEN.loader", body)
    await client.flush()
    await client.close()
    async with collecting(published.hub, nats_url):
        await until(lambda: published.rows("SELECT count(*) FROM dead_letter") == [(500,)])
    with published.hub.begin() as work:
        [group] = dead_letters.groups(work, Filter())
    assert (group.letters, group.subscriber, group.kind) == (500, "loader", "terminated")


async def test_advisory_that_cannot_be_read_is_kept_and_blocks_nothing(published: HubUnderTest, nats_url: str) -> None:
    client = await nats.connect(nats_url)
    await client.publish(f"{ADVISORY}.MDM_GOLDEN.x", b"\x00no advisory\xff")
    await client.publish(f"{ADVISORY}.MDM_GOLDEN.x", advisory("late", at="9999-12-31T23:59:59Z", sequence=99))
    await client.flush()
    await client.close()
    await terminate(nats_url, name="loader", subjects=subject(published, "1"), reason="a\x00b")
    async with collecting(published.hub, nats_url):
        await until(lambda: len(letters(published)) == 3)
    unread = [letter for letter in letters(published) if letter.kind == "unreadable"]
    assert [(letter.severity, letter.subscriber) for letter in unread] == [("major", None)] * 2
    assert (b"\x00no advisory\xff",) in published.rows("SELECT advisory FROM dead_letter")


async def test_other_streams_of_the_server_are_nobodys_business_here(published: HubUnderTest, nats_url: str) -> None:
    client = await nats.connect(nats_url)
    await client.jetstream().add_stream(name="OTHER", subjects=["other.>"])
    await client.jetstream().publish("other.x", b"{}")
    await client.close()
    await terminate(nats_url, name="stranger", stream="OTHER", subjects="other.>")
    await terminate(nats_url, name="loader", subjects=subject(published, "1"))
    async with collecting(published.hub, nats_url):
        await until(lambda: bool(letters(published)))
    assert [letter.subscriber for letter in letters(published)] == ["loader"]


async def test_restored_database_is_told_everything_again(published: HubUnderTest, nats_url: str) -> None:
    await terminate(nats_url, name="loader")
    async with collecting(published.hub, nats_url):
        await until(lambda: len(letters(published)) == 2)
    published.rows("WITH letter AS (DELETE FROM dead_letter) DELETE FROM dead_letter_position RETURNING 1")
    async with collecting(published.hub, nats_url):
        await until(lambda: len(letters(published)) == 2)


async def test_collector_that_joins_while_another_keeps_letters_does_not_begin_again(
    published: HubUnderTest, nats_url: str
) -> None:
    class Distracted(HubStore):
        """Lets the other collector keep one more between asking how far the hub is and saying it."""

        def position(self) -> Position | None:
            known = super().position()
            asyncio.run(give_up_one("2", until_floor=2))
            return known

    async def give_up_one(key: str, *, until_floor: int) -> str:
        await terminate(nats_url, name=f"loader-{key}", subjects=subject(published, key))
        await until(lambda: len(letters(published)) == until_floor)
        client = await nats.connect(nats_url)
        async with asyncio.timeout(20):
            while (info := await client.jetstream().consumer_info(DEAD, PLACE)).ack_floor.stream_seq < until_floor:  # noqa: ASYNC110 (no event)
                await asyncio.sleep(0.02)
        await client.close()
        return str(info.created)

    settings, stop = Settings(), asyncio.Event()
    plan, place = streams.dead_letters(settings), streams.collector(settings)
    async with collecting(published.hub, nats_url), JetStreamBroker(nats_url, DEAD) as broker:
        before = await give_up_one("1", until_floor=1)
        store = Distracted(published.hub, settings)
        joining = asyncio.create_task(Collector(broker, plan, place=place, of={"MDM_GOLDEN"}, store=store).run(stop))
        await until(lambda: len(letters(published)) == 2)
        await asyncio.sleep(0.2)
        stop.set()
        await joining
        assert str((await (await broker.context()).consumer_info(DEAD, PLACE)).created) == before


async def test_hub_that_cannot_be_opened_yet_is_tried_again(published: HubUnderTest, nats_url: str) -> None:
    opened: list[str] = []

    def open_hub() -> AbstractContextManager[Hub]:
        opened.append("")
        if len(opened) == 1:
            raise RuntimeError("the tables are just being changed")
        return nullcontext(published.hub)

    stop = asyncio.Event()
    running = asyncio.create_task(collect_dead_letters(Settings(), open_hub=open_hub, nats_url=nats_url, stop=stop))
    await terminate(nats_url, name="loader", subjects=subject(published, "1"))
    await until(lambda: bool(letters(published)))
    stop.set()
    await running


async def test_stream_that_was_deleted_is_made_again(published: HubUnderTest, nats_url: str) -> None:
    client = await nats.connect(nats_url)
    context = client.jetstream()
    async with collecting(published.hub, nats_url):
        await is_followed(context)
        await context.delete_stream("MDM_DEAD_LETTERS")
        await is_followed(context)
        await terminate(nats_url, name="loader", subjects=subject(published, "1"))
        await until(lambda: bool(letters(published)))
    await client.close()


async def is_followed(context: JetStreamContext) -> None:
    """Wait until the collector has its consumer on the stream."""
    async with asyncio.timeout(20):
        while True:
            with suppress(NotFoundError):
                await context.consumer_info("MDM_DEAD_LETTERS", PLACE)
                return
            await asyncio.sleep(0.02)

"""A replayer at work beside a relay: what it copies, to where, and never to the golden subjects."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from nats.js.errors import NotFoundError

from mdm import embedded, streams
from mdm.entrypoints.workers import copy_replays, replayer
from mdm.hub.publishing import replays
from mdm.hub.publishing.replays import ReplayView, Selection
from mdm.hub.publishing.replays.asking import Events
from mdm.settings import Settings
from publishers import Message, NotReady, Stored
from publishers.jetstream import JetStreamBroker, provision
from publishers.repair import compare, mend
from tests.publishers.relays import until
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.publishing import publish_everything, stored
from tests.support.running import RunningParts, wait_until
from tests.support.servers import ForgetfulPostgres, delete_streams


@dataclass
class Published:
    """A hub that has published two suppliers, the first in two versions, and a customer."""

    hub: HubUnderTest
    url: str

    def ask(self, selection: Selection, subscriber: str | None = None) -> UUID:
        with self.hub.hub.begin() as work:
            return replays.request(work, selection=selection, subscriber=subscriber, reason="ERP was restored").id

    def ended(self, *requests: UUID) -> list[ReplayView]:
        """Run a replayer until the requests have ended, and return how."""

        def views() -> list[ReplayView]:
            with self.hub.hub.begin() as work:
                return [replays.show(work, request) for request in requests]

        async def run() -> None:
            stop = asyncio.Event()
            work = copy_replays(Settings(), open_hub=lambda: nullcontext(self.hub.hub), nats_url=self.url, stop=stop)
            running = asyncio.create_task(work)
            await until(lambda: all(view.ended for view in views()))
            stop.set()
            await running

        asyncio.run(run())
        return views()

    def copies(self, request: UUID) -> list[Stored]:
        """Return the copies a request has made."""
        root = f"mdm.replay.v1.{request.hex}."
        return [copy for copy in stored(self.url, "MDM_REPLAY") if copy.subject.startswith(root)]


@pytest.fixture(scope="module")
def published(
    postgres_server: ForgetfulPostgres, prepared_template: str, nats_server: embedded.Nats
) -> Iterator[Published]:
    delete_streams(nats_server.url)
    dsn = postgres_server.create(template=prepared_template)
    with opened_hub(dsn, prepared=True) as hub:
        for name in ("Birkenhof", "Birkenhof Molkerei"):
            hub.send("erp", "1", attributes={"name": name, "country": "DE"})
            hub.process()
        hub.send("erp", "2", attributes={"name": "Nordwerk", "country": "DE"})
        hub.send("crm", "3", domain="customer", attributes={"name": "Acme", "country": "DE"})
        hub.process()
        publish_everything(hub, nats_server.url)
        yield Published(hub, nats_server.url)
    delete_streams(nats_server.url)
    postgres_server.drop(dsn)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replayer, "IDLE", 0.02)
    monkeypatch.setattr(replayer, "OUTAGE_PAUSE", 0.02)


def test_stream_of_replays_is_there_before_anybody_asks_for_one(published: Published) -> None:
    async def found() -> bool:
        stop = asyncio.Event()
        work = copy_replays(
            Settings(), open_hub=lambda: nullcontext(published.hub.hub), nats_url=published.url, stop=stop
        )
        async with JetStreamBroker(published.url, "MDM_REPLAY", name="test") as broker:
            with suppress(NotFoundError):
                await (await broker.context()).delete_stream(broker.stream)
            running = asyncio.create_task(work)
            for _ in range(500):
                await asyncio.sleep(0.02)
                with suppress(NotReady):
                    await broker.info()
                    break
            stop.set()
            await running
            return bool(await broker.info())

    assert asyncio.run(found())


def test_newest_events_of_a_domain_are_copied_and_golden_subjects_stay_as_they_are(published: Published) -> None:
    golden = stored(published.url, "MDM_GOLDEN")
    request = published.ask(Selection(domain="supplier"))
    (view,) = published.ended(request)
    assert (view.state, view.masters, view.copied, view.missing, view.remaining) == ("done", 2, 2, 0, 0)
    assert view.seconds is not None
    copies = published.copies(request)
    assert {copy.sequence for copy in copies} == {view.first_sequence, view.last_sequence}
    root = f"mdm.replay.v1.{request.hex}._."
    said = {root + o.subject.removeprefix("mdm.golden.v1."): (o.data, o.version, o.event_id) for o in golden}
    assert {copy.subject: (copy.data, copy.version, copy.event_id) for copy in copies} == {
        subject: event for subject, event in said.items() if ".supplier." in subject
    }
    assert {copy.headers["ce-replay"] for copy in copies} == {request.hex}
    assert stored(published.url, "MDM_GOLDEN") == golden


def test_all_events_of_a_master_and_a_time_are_copied_in_their_order(published: Published) -> None:
    master = published.hub.master("erp", "1")
    [(second,)] = published.hub.rows(
        "SELECT recorded_at FROM golden_version WHERE master_id = %s AND version = 2", master
    )
    wanted = {
        published.ask(Selection(masters=(master,), events="all")): [1, 2],
        published.ask(Selection(domain="supplier", since=second, masters=(master,), events="all")): [2],
        published.ask(Selection(until=second, masters=(master,), events="all")): [1],
    }
    assert {view.state for view in published.ended(*wanted)} == {"done"}
    assert {request: [copy.version for copy in published.copies(request)] for request in wanted} == wanted


def test_replay_for_a_subscriber_keeps_to_what_it_follows(published: Published) -> None:
    async def follow() -> None:
        async with JetStreamBroker(published.url, "MDM_GOLDEN", name="test") as broker:
            context = await broker.context()
            await context.pull_subscribe("mdm.golden.v1.customer.>", durable="shop", stream="MDM_GOLDEN")

    asyncio.run(follow())
    requests = [published.ask(Selection(), name) for name in ("shop", "gone")]
    shop, gone = published.ended(*requests)
    assert (shop.state, shop.masters, shop.copied) == ("done", 3, 1)
    assert [copy.subject.split(".")[4:6] for copy in published.copies(requests[0])] == [["shop", "customer"]]
    assert (gone.state, published.copies(requests[1])) == ("failed", [])
    assert "no durable consumer gone" in (gone.outcome or "")


@pytest.mark.parametrize(("events", "count"), [("newest", 2), ("all", 3)])
def test_replay_cut_off_anywhere_goes_on_and_copies_nothing_twice(
    published: Published, monkeypatch: pytest.MonkeyPatch, events: Events, count: int
) -> None:
    cut: list[bool] = []
    advance: Callable[..., bool] = replays.advance

    def die_first(work: object, *given: object, **named: object) -> bool:
        if len(cut) < 2:  # what was copied is not noted
            cut.append(True)
            published.hub.rows("UPDATE replay SET taken_until = NULL RETURNING 1")
            raise RuntimeError("cut off")
        return advance(work, *given, **named)

    monkeypatch.setattr(replays, "advance", die_first)
    monkeypatch.setattr(replayer, "PORTION", 1)
    request = published.ask(Selection(domain="supplier", events=events))
    (view,) = published.ended(request)
    copies = [(copy.subject, copy.version) for copy in published.copies(request)]
    assert len(cut) == 2
    assert len(copies) == len(set(copies)) == view.copied == count


def test_full_stream_ends_the_replay_with_its_reason(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(streams.replay(Settings()), max_bytes=100)
    monkeypatch.setattr(streams, "replay", lambda _: small)

    async def make() -> None:
        async with JetStreamBroker(published.url, "MDM_REPLAY", name="test") as broker:
            with suppress(NotFoundError):
                await (await broker.context()).delete_stream("MDM_REPLAY")
            await provision(broker, small)

    asyncio.run(make())
    (view,) = published.ended(published.ask(Selection(domain="supplier")))
    assert view.state == "failed"
    assert "maximum" in (view.outcome or "")


def test_event_recorded_by_a_clock_ahead_of_the_server_is_copied(hub: HubUnderTest, nats_url: str) -> None:
    here, master = Published(hub, nats_url), a_supplier(hub)
    ahead = hub.rows("UPDATE golden_version SET recorded_at = recorded_at + interval '1 minute' RETURNING recorded_at")
    told = ahead[0][0].isoformat()
    hub.rows(
        "UPDATE publishers.outbox SET headers = headers || jsonb_build_object('ce-time', %s::text) RETURNING 1", told
    )
    publish_everything(hub, nats_url)
    (view,) = here.ended(here.ask(Selection(masters=(master,), since=ahead[0][0], events="all")))
    assert (view.state, view.copied) == ("done", 1)


def test_replay_begun_before_the_stream_was_made_anew_begins_again(hub: HubUnderTest, nats_url: str) -> None:
    here, wanted = Published(hub, nats_url), Selection(masters=(a_supplier(hub),), events="all")
    publish_everything(hub, nats_url)
    done, again = here.ask(wanted), here.ask(wanted)
    hub.rows("UPDATE replay SET state = 'cancelled' WHERE id = %s RETURNING 1", again)
    here.ended(done)

    async def make_anew() -> None:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            await (await broker.context()).delete_stream("MDM_GOLDEN")
            await provision(broker, streams.golden(Settings()))
            found = await compare(hub.dsn, broker, prefix="mdm.golden.v1.")
            await mend(hub.dsn, broker, found.mendable(), run=again)

    asyncio.run(make_anew())
    [(place,)] = hub.rows("SELECT position FROM replay WHERE id = %s", done)
    hub.rows("UPDATE replay SET state = 'running', position = %s WHERE id = %s RETURNING 1", place, again)
    here.ended(again)
    assert [copy.version for copy in here.copies(again)] == [1]


def test_message_that_is_no_event_does_not_hold_up_a_replay(hub: HubUnderTest, nats_url: str) -> None:
    here, master = Published(hub, nats_url), a_supplier(hub)
    publish_everything(hub, nats_url)

    async def disturb() -> None:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            headers = {"ce-version": "2", "ce-time": "yesterday"}
            await broker.publish(Message(f"mdm.golden.v1.supplier.{master}", headers, b"{}"), after=1)

    asyncio.run(disturb())
    (view,) = here.ended(here.ask(Selection(masters=(master,), events="all")))
    assert (view.state, view.copied) == ("done", 1)


def a_supplier(hub: HubUnderTest) -> UUID:
    hub.send("erp", "1", attributes={"name": "Nordwerk", "country": "DE"})
    hub.process()
    return hub.master("erp", "1")


@pytest.mark.chaos
def test_replay_whose_process_is_killed_goes_on_in_the_next(hub: HubUnderTest, nats_url: str) -> None:
    for key in range(20):
        hub.send("erp", str(key), attributes={"name": f"Supplier {key:02d} GmbH", "country": "DE"})
    hub.process()
    publish_everything(hub, nats_url)
    here = Published(hub, nats_url)
    request = here.ask(Selection(domain="supplier"))
    parts = RunningParts(hub, nats_url)
    parts.let_lease_run_out()
    assert parts.start("relay", kill_at="replay_advances").wait(timeout=60) == -signal.SIGKILL
    assert len(here.copies(request)) == 20
    hub.rows("UPDATE replay SET taken_until = now() RETURNING 1")
    parts.let_lease_run_out()
    with parts.running("relay"):
        wait_until(lambda: hub.rows("SELECT state, copied FROM replay") == [("done", 20)])
    assert len(here.copies(request)) == 20
    assert parts.broken() == []

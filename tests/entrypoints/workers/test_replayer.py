"""A replayer at work beside a relay: what it copies, to where, and never to the golden subjects."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from uuid import UUID

import pytest

from mdm import streams
from mdm.entrypoints.workers import copy_replays, replayer
from mdm.hub import replays
from mdm.hub.replays import ReplayView, Selection
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, provision
from tests.publishers.relays import until
from tests.support.hubs import HubUnderTest
from tests.support.publishing import publish_everything, stored


@pytest.fixture
def published(hub: HubUnderTest, nats_url: str, monkeypatch: pytest.MonkeyPatch) -> HubUnderTest:
    """A hub that has published two suppliers, the first in two versions, and a customer."""
    monkeypatch.setattr(replayer, "IDLE", 0.02)
    for name in ("Birkenhof", "Birkenhof Molkerei"):
        hub.send("erp", "1", attributes={"name": name, "country": "DE"})
        hub.process()
    hub.send("erp", "2", attributes={"name": "Nordwerk", "country": "DE"})
    hub.send("crm", "3", domain="customer", attributes={"name": "Acme", "country": "DE"})
    hub.process()
    publish_everything(hub, nats_url)
    return hub


def ask(hub: HubUnderTest, selection: Selection, subscriber: str | None = None) -> UUID:
    with hub.hub.begin() as work:
        return replays.request(work, selection=selection, subscriber=subscriber, reason="ERP was restored").id


def copied(hub: HubUnderTest, nats_url: str, *requests: UUID) -> list[ReplayView]:
    """Run a replayer until the requests have ended, and return how."""

    def views() -> list[ReplayView]:
        with hub.hub.begin() as work:
            return [replays.show(work, request) for request in requests]

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(
            copy_replays(Settings(), open_hub=lambda: nullcontext(hub.hub), nats_url=nats_url, stop=stop)
        )
        await until(lambda: all(view.ended for view in views()))
        stop.set()
        await running

    asyncio.run(run())
    return views()


def test_newest_events_of_a_domain_are_copied_and_golden_subjects_stay_as_they_are(
    published: HubUnderTest, nats_url: str
) -> None:
    golden = stored(nats_url, "MDM_GOLDEN")
    request = ask(published, Selection(domain="supplier"))
    (view,) = copied(published, nats_url, request)
    assert (view.state, view.masters, view.copied, view.missing, view.remaining) == ("done", 2, 2, 0, 0)
    assert (view.first_sequence, view.last_sequence) == (1, 2)
    assert view.seconds is not None
    copies = {copy.subject: copy for copy in stored(nats_url, "MDM_REPLAY")}
    newest = {o.subject: o for o in golden if ".supplier." in o.subject}
    assert copies.keys() == {f"mdm.replay.v1.{request.hex}._.{s.removeprefix('mdm.golden.v1.')}" for s in newest}
    for original in newest.values():
        copy = copies[f"mdm.replay.v1.{request.hex}._.{original.subject.removeprefix('mdm.golden.v1.')}"]
        assert (copy.data, copy.version, copy.event_id) == (original.data, original.version, original.event_id)
        assert copy.headers["ce-replay"] == request.hex
    assert stored(nats_url, "MDM_GOLDEN") == golden


def test_all_events_of_a_master_are_copied_in_their_order(published: HubUnderTest, nats_url: str) -> None:
    master = published.master("erp", "1")
    (view,) = copied(published, nats_url, ask(published, Selection(masters=(master,), events="all")))
    assert (view.state, view.copied) == ("done", 2)
    assert [copy.version for copy in stored(nats_url, "MDM_REPLAY")] == [1, 2]


def test_replay_for_a_subscriber_keeps_to_what_it_follows(published: HubUnderTest, nats_url: str) -> None:
    async def follow() -> None:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            context = await broker.context()
            await context.pull_subscribe("mdm.golden.v1.customer.>", durable="shop", stream="MDM_GOLDEN")

    asyncio.run(follow())
    everything = Selection()
    shop, nobody = copied(published, nats_url, ask(published, everything, "shop"), ask(published, everything, "gone"))
    assert (shop.state, shop.masters, shop.copied) == ("done", 3, 1)
    assert [copy.subject.split(".")[4:6] for copy in stored(nats_url, "MDM_REPLAY")] == [["shop", "customer"]]
    assert nobody.state == "failed"
    assert "no durable consumer gone" in (nobody.outcome or "")


@pytest.mark.parametrize("events", ["newest", "all"])
def test_replay_cut_off_anywhere_goes_on_and_copies_nothing_twice(
    published: HubUnderTest, nats_url: str, monkeypatch: pytest.MonkeyPatch, events: str
) -> None:
    monkeypatch.setattr(replayer, "PORTION", 1)
    cut: list[bool] = []
    advance: Callable[..., bool] = replays.advance

    def die_first(work: object, *given: object, **named: object) -> bool:
        if len(cut) < 2:  # what was copied is not noted
            cut.append(True)
            published.rows("UPDATE replay SET taken_until = NULL RETURNING 1")
            raise RuntimeError("cut off")
        return advance(work, *given, **named)

    monkeypatch.setattr(replays, "advance", die_first)
    monkeypatch.setattr(replayer, "OUTAGE_PAUSE", 0.02)
    (view,) = copied(published, nats_url, ask(published, Selection(domain="supplier", events=events)))  # type: ignore[arg-type]
    copies = [(copy.subject, copy.version) for copy in stored(nats_url, "MDM_REPLAY")]
    assert len(cut) == 2
    assert len(copies) == len(set(copies)) == view.copied == (2 if events == "newest" else 3)


def test_full_stream_ends_the_replay_with_its_reason(published: HubUnderTest, nats_url: str) -> None:
    small = replace(streams.replay(Settings()), max_bytes=100)

    async def fill() -> None:
        async with JetStreamBroker(nats_url, "MDM_REPLAY", name="test") as broker:
            await provision(broker, small)

    asyncio.run(fill())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "replay", lambda _: small)
        (view,) = copied(published, nats_url, ask(published, Selection(domain="supplier")))
    assert view.state == "failed"
    assert "maximum" in (view.outcome or "")

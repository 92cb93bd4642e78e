import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats.errors
import pytest
from nats.aio.client import Client

from mdm.embedded.nats import Variant
from publishers import NotReady, Refused, Unavailable, UnknownOutcome
from publishers.deliveries import Sender
from publishers.jetstream import ConsumerPlan, JetStreamBroker, StreamPlan, connect, provision, provision_consumer
from publishers.jetstream.accounts import DOMAIN, Party, configuration, new_seed, public_key, reader, sender
from publishers.subscriber import InMemoryStore, Subscriber
from tests.publishers.events import a_message
from tests.publishers.relays import until
from tests.support.servers import KillableNats, open_folder

pytestmark = [pytest.mark.anyio, pytest.mark.nats]
GOLDEN = StreamPlan(name="GOLDEN", subjects=("golden.v1.>",))
INBOX = StreamPlan(name="DELIVERIES", subjects=("mdm.deliveries.v1.>",), work_queue=True)
BI = ConsumerPlan(stream="GOLDEN", name="bi", subjects=("golden.v1.supplier.>",), newest=True)
ERP = ConsumerPlan(stream="GOLDEN", name="erp", subjects=("golden.v1.item.>", "golden.v1.supplier.>"), newest=True)
NAMES = ("hub", "bi", "erp", "crm")


@dataclass
class Guarded:
    """A server with accounts, on which everybody logs in with a seed file."""

    server: KillableNats
    folder: Path
    seeds: dict[str, str] = field(default_factory=lambda: {name: new_seed() for name in NAMES})

    def credentials(self, name: str) -> Path:
        file = self.folder / f"{name}.nk"
        file.write_text(self.seeds[name] + "\n")
        return file

    def broker(self, name: str, stream: str = "GOLDEN") -> JetStreamBroker:
        domain = None if name == "hub" else DOMAIN
        return JetStreamBroker(self.server.url, stream, credentials=self.credentials(name), timeout=0.5, domain=domain)

    async def client(self, name: str) -> Client:
        return (await connect(self.server.url, name=name, credentials=self.credentials(name))).client


def parties(keys: dict[str, str]) -> list[Party]:
    return [
        reader("BI", key=keys["bi"], consumers=[BI]),
        reader("ERP", key=keys["erp"], consumers=[ERP]),
        sender("CRM", key=keys["crm"], subjects="mdm.deliveries.v1.crm.>", heard="mdm.acks.v1.crm.>"),
    ]


@pytest.fixture(scope="module")
def guarded() -> Any:
    with open_folder() as name:
        folder = Path(name)
        seeds = {name: new_seed() for name in NAMES}
        keys = {name: public_key(seed) for name, seed in seeds.items()}
        lines = configuration(owner_key=keys["hub"], parties=parties(keys)).splitlines()
        server = KillableNats(folder, Variant(lines=lines, jetstream=("domain: hub",), durable=False))
        server.start()
        yield Guarded(server, folder, seeds)
        server.stop()


@pytest.fixture
async def hub(guarded: Guarded) -> AsyncIterator[JetStreamBroker]:
    """The hub's connection, with its streams and the consumers of its subscribers."""
    async with guarded.broker("hub") as broker:
        for plan in (GOLDEN, INBOX):
            await provision(broker, plan)
        for consumer in (BI, ERP):
            await provision_consumer(broker, consumer)
        await broker.publish(a_message("golden.v1.supplier.1"), after=0)
        await broker.publish(a_message("golden.v1.item.1"), after=0)
        yield broker
        for plan in (GOLDEN, INBOX):
            await (await broker.context()).delete_stream(plan.name)


def follow(guarded: Guarded, name: str, subjects: tuple[str, ...], seen: list[str]) -> Subscriber[None]:
    return Subscriber(
        guarded.server.url, stream="GOLDEN", subjects=subjects, name=name, store=InMemoryStore(), domain=DOMAIN,
        handler=lambda _, event: seen.append(event.subject), credentials=guarded.credentials(name),
    )  # fmt: skip


async def running_until(subscriber: Subscriber[None], condition: Callable[[], Any]) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(subscriber.run(stop))
    await until(condition)
    stop.set()
    await task


async def test_subscriber_reads_through_its_provisioned_consumer(guarded: Guarded, hub: JetStreamBroker) -> None:
    seen: list[str] = []
    await running_until(follow(guarded, "erp", ERP.subjects, seen), lambda: len(seen) == 2)
    assert sorted(seen) == ["golden.v1.item.1", "golden.v1.supplier.1"]
    info = await (await hub.context()).consumer_info("GOLDEN", "erp")
    assert info.num_ack_pending == 0


async def test_subscriber_of_one_domain_begins_again_by_itself(guarded: Guarded, hub: JetStreamBroker) -> None:
    for _ in range(2):
        seen: list[str] = []
        await running_until(follow(guarded, "bi", BI.subjects, seen), lambda found=seen: found)
        assert seen == ["golden.v1.supplier.1"]


async def test_subscriber_of_several_domains_waits_for_the_hub_to_begin_again(
    guarded: Guarded, hub: JetStreamBroker
) -> None:
    await running_until(follow(guarded, "erp", ERP.subjects, seen := []), lambda: len(seen) == 2)
    anew = follow(guarded, "erp", ERP.subjects, again := [])
    await running_until(anew, lambda: anew.progress.last_error)
    assert not again
    await provision_consumer(hub, ERP, again=True)
    await running_until(follow(guarded, "erp", ERP.subjects, again), lambda: len(again) == 2)


REFUSED = {
    "another's messages": ("CONSUMER.MSG.NEXT.GOLDEN.erp", {"batch": 1}),
    "another's consumer": ("CONSUMER.INFO.GOLDEN.erp", {}),
    "deleting another's consumer": ("CONSUMER.DELETE.GOLDEN.erp", {}),
    "a consumer of another name": ("CONSUMER.CREATE.GOLDEN.x.golden.v1.supplier.>", {}),
    "a consumer of all": ("CONSUMER.CREATE.GOLDEN.bi", {}),
    "a consumer of another domain": ("CONSUMER.CREATE.GOLDEN.bi.golden.v1.item.>", {}),
    "a consumer the old way": ("CONSUMER.DURABLE.CREATE.GOLDEN.bi", {}),
    "the last message": ("STREAM.MSG.GET.GOLDEN", {"last_by_subj": "golden.v1.item.1"}),
    "any message directly": ("DIRECT.GET.GOLDEN.golden.v1.item.1", {}),
    "the stream's state": ("STREAM.INFO.GOLDEN", {}),
    "a purge": ("STREAM.PURGE.GOLDEN", {}),
    "deleting the stream": ("STREAM.DELETE.GOLDEN", {}),
    "changing the stream": ("STREAM.UPDATE.GOLDEN", {"name": "GOLDEN", "subjects": ["golden.v1.>"]}),
    "a stream of its own": ("STREAM.CREATE.OWN", {"name": "OWN", "subjects": ["own.>"]}),
}


@pytest.mark.parametrize("prefix", [f"$JS.{DOMAIN}.API", "$JS.API"])
async def test_subscriber_is_refused_everything_else(prefix: str, guarded: Guarded, hub: JetStreamBroker) -> None:
    client = await guarded.client("bi")
    for what, (call, body) in REFUSED.items():
        try:
            answer = await client.request(f"{prefix}.{call}", json.dumps(body).encode(), timeout=0.3)
        except (nats.errors.NoRespondersError, nats.errors.TimeoutError):
            continue
        assert "error" in json.loads(answer.data), what
    await client.close()
    info = await hub.info()
    assert (info.state.messages, info.state.consumer_count) == (2, 2)


async def test_filter_of_a_request_cannot_be_other_than_that_of_its_subject(
    guarded: Guarded, hub: JetStreamBroker
) -> None:
    client = await guarded.client("bi")
    await (await hub.context()).delete_consumer("GOLDEN", "bi")
    for filters in ({"filter_subject": "golden.v1.>"}, {"filter_subjects": ["golden.v1.item.>"]}, {}):
        config = {"stream_name": "GOLDEN", "config": {"durable_name": "bi", "ack_policy": "explicit", **filters}}
        call = f"$JS.{DOMAIN}.API.CONSUMER.CREATE.GOLDEN.bi.golden.v1.supplier.>"
        assert b'"error"' in (await client.request(call, json.dumps(config).encode(), timeout=1)).data
    await client.close()


async def test_answers_of_the_server_cannot_be_led_into_a_stream(guarded: Guarded, hub: JetStreamBroker) -> None:
    client = await guarded.client("bi")
    await client.publish(f"$JS.{DOMAIN}.API.CONSUMER.INFO.GOLDEN.bi", b"", reply="golden.v1.supplier.9")
    await client.publish(f"$JS.{DOMAIN}.API.CONSUMER.MSG.NEXT.GOLDEN.bi", b"", reply="mdm.deliveries.v1.crm.supplier")
    await client.flush()
    await asyncio.sleep(0.2)
    await client.close()
    assert (await hub.info()).state.messages == 2
    assert (await (await hub.context()).stream_info("DELIVERIES")).state.messages == 0


@pytest.mark.parametrize("name", ["bi", "crm"])
async def test_nobody_but_the_hub_publishes_events(name: str, guarded: Guarded, hub: JetStreamBroker) -> None:
    async with guarded.broker(name) as broker:
        with pytest.raises((Refused, Unavailable, UnknownOutcome)):
            await broker.publish(a_message("golden.v1.supplier.2"), after=0)
    assert (await hub.info()).state.messages == 2


async def test_source_delivers_under_its_own_name_alone(guarded: Guarded, hub: JetStreamBroker) -> None:
    async with Sender(guarded.server.url, source="crm", credentials=guarded.credentials("crm")) as own:
        await own.send("supplier", b"{}", message_id="1")
    other = Sender(guarded.server.url, source="erp", credentials=guarded.credentials("crm"), patience=0.1)
    async with other:
        with pytest.raises(Unavailable, match="No stream takes"):
            await other.send("supplier", b"{}", message_id="1")
    client = await guarded.client("crm")
    await client.publish("mdm.deliveries.v1.crm.supplier", b"{}", reply="mdm.deliveries.v1.erp.supplier")
    await asyncio.sleep(0.2)
    await client.close()
    state = (await (await hub.context()).stream_info("DELIVERIES", subjects_filter=">")).state
    assert state.subjects == {"mdm.deliveries.v1.crm.supplier": 2}


async def test_source_hears_what_became_of_its_deliveries_and_of_no_others(
    guarded: Guarded, hub: JetStreamBroker
) -> None:
    client, heard = await guarded.client("crm"), []

    async def note(message: Any) -> None:
        heard.append(message.subject)

    await client.subscribe("mdm.acks.v1.>", cb=note)
    await client.flush()
    link = await hub.connected()
    for source in ("crm", "erp"):
        await link.client.publish(f"mdm.acks.v1.{source}.1", b"{}")
    await until(lambda: heard)
    await client.close()
    assert heard == ["mdm.acks.v1.crm.1"]


async def test_stranger_is_not_let_in(guarded: Guarded) -> None:
    stranger = guarded.folder / "stranger.nk"
    stranger.write_text(new_seed())
    async with AsyncExitStack() as closing:
        for credentials in (None, stranger):
            broker = JetStreamBroker(guarded.server.url, "GOLDEN", credentials=credentials, timeout=0.5)
            await closing.enter_async_context(broker)
            with pytest.raises(Unavailable, match=r"[Aa]uthorization"):
                await broker.info()


async def test_seed_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no seed"):
        public_key("not a seed")
    (tmp_path / "x.nk").write_text("not a seed")
    for file, said in (("x.nk", "neither credentials"), ("y.nk", "cannot be read")):
        with pytest.raises(NotReady, match=said):
            await connect("nats://127.0.0.1:1", name="x", credentials=tmp_path / file)


async def test_server_takes_up_accounts_later_when_its_streams_are_moved_there() -> None:
    with open_folder() as name:
        server = KillableNats(Path(name), Variant(durable=False))
        server.start()
        async with JetStreamBroker(server.url, "GOLDEN") as open_to_all:
            await provision(open_to_all, GOLDEN)
            await open_to_all.publish(a_message("golden.v1.supplier.1"), after=0)
        server.stop()
        store = Path(name) / "nats" / "jetstream"
        (store / "$G").rename(store / "HUB")
        guarded = Guarded(server, Path(name))
        keys = {name: public_key(seed) for name, seed in guarded.seeds.items()}
        server.variant = Variant(lines=configuration(owner_key=keys["hub"], parties=[]).splitlines(), durable=False)
        server.start()
        async with guarded.broker("hub") as hub:
            assert (await hub.info()).state.messages == 1
        server.stop()


async def test_new_party_is_let_in_by_a_reload_and_nobody_is_thrown_out(tmp_path: Path) -> None:
    with open_folder() as name:
        guarded = Guarded(KillableNats(Path(name)), tmp_path)
        keys = {name: public_key(seed) for name, seed in guarded.seeds.items()}
        included = Path(name) / "nats" / "accounts.conf"
        included.parent.mkdir()
        included.write_text(configuration(owner_key=keys["hub"], parties=parties(keys)[:1]))
        guarded.server.variant = Variant(lines=["include ./accounts.conf"], durable=False)
        guarded.server.start()
        async with guarded.broker("hub") as hub, guarded.broker("bi") as old:
            await asyncio.gather(hub.connected(), old.connected())
            included.write_text(configuration(owner_key=keys["hub"], parties=parties(keys)))
            guarded.server.server.process.send_signal(signal.SIGHUP)
            await asyncio.sleep(0.3)
            await (await guarded.client("crm")).close()
            assert [(await broker.connected()).losses for broker in (hub, old)] == [0, 0]
        guarded.server.stop()

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mdm import streams
from mdm.embedded import binaries
from mdm.embedded.nats import Variant
from mdm.entrypoints.workers import intake
from mdm.settings import Settings
from publishers.deliveries import Sender
from publishers.jetstream import ConsumerPlan, JetStreamBroker, QueueReader, compare_consumer, provision
from publishers.subscriber import InMemoryStore, ReplaySource, Subscriber
from tests.publishers.events import a_message
from tests.publishers.relays import until
from tests.support.servers import KillableNats, open_folder

Run = Callable[..., tuple[int, str, str]]
SETTINGS = Settings()


@pytest.fixture
def on_nats(mdm: Run, nats_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `mdm nats` on an empty JetStream."""
    monkeypatch.setenv("MDM_NATS_URL", nats_url)
    return lambda *words: mdm("nats", *words)


@pytest.fixture
def parties(tmp_path: Path) -> Callable[..., str]:
    """Writes the file of parties."""

    def write(**sections: object) -> str:
        file = tmp_path / "parties.yaml"
        file.write_text(yaml.safe_dump(sections))
        return str(file)

    return write


def consumer(url: str, plan: ConsumerPlan) -> object:
    async def ask() -> object:
        async with JetStreamBroker(url, plan.stream) as broker:
            return (await (await broker.context()).consumer_info(plan.stream, plan.name)).created

    return asyncio.run(ask())


def test_what_is_missing_is_shown_before_it_is_made(on_nats: Run) -> None:
    code, said, error = on_nats("provision")
    assert code == 2
    assert "stream MDM_GOLDEN\n  is missing: made on mdm.golden.v1.> with 1 replicas" in said
    assert "Say --yes" in error
    assert on_nats("provision", "--yes")[1].endswith("Done: 7 changed.\n")
    assert on_nats("provision") == (0, "Streams and consumers are as they must be.\n", "")


def test_difference_names_what_is_and_what_must_be(on_nats: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    on_nats("provision", "--yes")
    monkeypatch.setenv("MDM_STREAM_MAX_BYTES", "1000000")
    assert "stream MDM_GOLDEN\n  max_bytes: -1 → 1000000\n" in on_nats("provision", "--yes")[1]


def test_subscriber_gets_its_places_and_begins_again_when_told(
    on_nats: Run, nats_url: str, parties: Callable[..., str]
) -> None:
    file = parties(subscribers={"bi": {"domains": ["supplier", "item"]}, "lake": None})
    assert "consumer bi of MDM_GOLDEN\n  is missing" in on_nats("provision", "--parties", file, "--yes")[1]
    golden, replay = streams.subscriber(SETTINGS, "bi", domains=("supplier", "item"))
    made = [consumer(nats_url, plan) for plan in (golden, replay)]
    assert (
        "consumer bi of MDM_GOLDEN\n  begins again"
        in on_nats("provision", "--parties", file, "--again", "bi", "--yes")[1]
    )
    assert consumer(nats_url, golden) != made[0]
    file = parties(subscribers={"bi": {"domains": ["supplier"]}})
    said = on_nats("provision", "--parties", file, "--yes")[1]
    assert "mdm.golden.v1.item.>, mdm.golden.v1.supplier.> → mdm.golden.v1.supplier.>\n  begins again" in said


def test_plan_of_the_intake_is_what_it_makes(nats_url: str) -> None:
    async def make_and_compare() -> object:
        async with JetStreamBroker(nats_url, SETTINGS.delivery_stream) as queue:
            await provision(queue, streams.deliveries(SETTINGS))
            await QueueReader(queue, consumer=intake.CONSUMER, batch=intake.BATCH)._bind()
            return await compare_consumer(queue, streams.intake(SETTINGS))

    assert asyncio.run(make_and_compare()) == {}


def test_unknown_names_in_the_file_of_parties_are_refused(on_nats: Run, parties: Callable[..., str]) -> None:
    file = parties(subscribers={"bi": {"domains": ["suplier"]}})
    assert "Did you mean `supplier`?" in on_nats("provision", "--parties", file, "--yes")[2]
    assert "no subscriber bi" in on_nats("provision", "--again", "bi", "--yes")[2]
    assert "parties.yaml: sources.a b" in on_nats("accounts", parties(sources={"a b": {}}), "--write", "x.conf")[2]


def test_accounts_are_written_with_a_key_for_each_party_and_are_valid(
    on_nats: Run, parties: Callable[..., str], tmp_path: Path
) -> None:
    conf, keys = tmp_path / "accounts.conf", tmp_path / "nats-keys"
    file = parties(sources={"my-crm": None}, subscribers={"bi": {"domains": ["item"]}})
    code, said, _ = on_nats("accounts", file, "--write", str(conf), "--yes")
    assert code == 0
    assert "+  SUBSCRIBER_bi {" in said
    assert {f.name: oct(f.stat().st_mode)[-3:] for f in keys.iterdir()} == {
        "hub.nk": "600", "source-my-crm.nk": "600", "subscriber-bi.nk": "600",
    }  # fmt: skip
    assert not any(seed.read_text().strip() in conf.read_text() for seed in keys.iterdir())
    subprocess.run([binaries.nats_server(), "-t", "-c", conf], check=True, capture_output=True)
    assert on_nats("accounts", file, "--write", str(conf))[1] == f"{conf} is as it must be.\n"


def test_new_party_leaves_the_keys_of_the_others(on_nats: Run, parties: Callable[..., str], tmp_path: Path) -> None:
    conf = tmp_path / "accounts.conf"
    on_nats("accounts", parties(subscribers={"bi": None}), "--write", str(conf), "--yes")
    before = conf.read_text()
    own = "UDRY4VKHQ3XJ2OLXQPQMOSXXNAJZOCVYSZWDJCTU2OGKQMR2RZCQIGLR"
    file = parties(subscribers={"bi": None, "lake": {"key": own}})
    said = on_nats("accounts", file, "--write", str(conf), "--yes")[1]
    assert f"+    users: [{{nkey: {own}}}]" in said
    assert not [line for line in said.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert set(before.splitlines()) <= set(conf.read_text().splitlines())
    assert not (tmp_path / "nats-keys" / "subscriber-lake.nk").exists()


def test_check_says_what_is_missing(
    mdm: Run, on_nats: Run, nats_server: KillableNats, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said, _ = on_nats("check")
    assert code == 1
    assert "NOT READY  MDM_GOLDEN\n           Stream MDM_GOLDEN does not exist. Provision it" in said
    on_nats("provision", "--yes")
    code, said, _ = on_nats("check")
    assert (code, "nobody knows whether NATS syncs" in said) == (0, True)
    monkeypatch.setenv("MDM_NATS_MONITOR_URL", nats_server.monitor_url)
    code, said, _ = on_nats("check")
    assert (code, "sync_interval: always" in said) == (1, True)


def test_what_is_written_lets_hub_source_and_subscriber_work(
    mdm: Run, parties: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = parties(sources={"erp": None}, subscribers={"bi": {"domains": ["item", "supplier"]}})
    with open_folder() as name:
        conf, keys = Path(name) / "nats" / "accounts.conf", tmp_path / "keys"
        conf.parent.mkdir()
        assert mdm("nats", "accounts", file, "--write", str(conf), "--keys", str(keys), "--yes")[0] == 0
        server = KillableNats(Path(name), Variant(lines=["include ./accounts.conf"], durable=False))
        server.start()
        monkeypatch.setenv("MDM_NATS_URL", server.url)
        monkeypatch.setenv("MDM_NATS_CREDENTIALS", str(keys / "hub.nk"))
        assert mdm("nats", "provision", "--parties", file, "--yes")[0] == 0
        seen = asyncio.run(exchange(server.url, keys))
        server.stop()
    assert seen == ["mdm.golden.v1.item.1", "mdm.golden.v1.supplier.1"]


async def exchange(url: str, keys: Path) -> list[str]:
    """Deliver as the source, publish as the hub, and read as the subscriber."""
    seen: list[str] = []
    async with Sender(url, source="erp", credentials=keys / "source-erp.nk") as source:
        await source.send("item", b"{}", message_id="1")
    async with JetStreamBroker(url, SETTINGS.stream, credentials=keys / "hub.nk") as hub:
        for domain in ("item", "supplier", "customer"):
            await hub.publish(a_message(f"mdm.golden.v1.{domain}.1"), after=0)
        waiting = await (await hub.context()).stream_info(SETTINGS.delivery_stream)
        assert waiting.state.messages == 1
    subscriber = Subscriber(
        url, stream=SETTINGS.stream, subjects=("mdm.golden.v1.item.>", "mdm.golden.v1.supplier.>"), name="bi",
        store=InMemoryStore(), handler=lambda _, event: seen.append(event.subject), replays=ReplaySource(),
        credentials=keys / "subscriber-bi.nk", domain="mdm",
    )  # fmt: skip
    stop = asyncio.Event()
    task = asyncio.create_task(subscriber.run(stop))
    await until(lambda: len(seen) >= 2 and subscriber.health().state == "ok")
    stop.set()
    await task
    return sorted(seen)

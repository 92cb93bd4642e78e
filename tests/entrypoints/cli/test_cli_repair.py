"""A stream is deleted, cut and damaged; the command says what is missing, brings it back, and the audit is clean."""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import ExitStack

import psycopg
import pytest

from publishers import Message
from publishers.jetstream import JetStreamBroker
from tests.hub.sealing.chains import act, sealed
from tests.publishers.test_repair import flip
from tests.support.hubs import HubUnderTest
from tests.support.publishing import publish_everything, stored
from tests.support.running import RunningParts
from tests.support.servers import KillableNats

Run = Callable[..., tuple[int, str, str]]
REASON = ("--reason", "disk 3 of nats-1 was replaced")


def deliver(hub: HubUnderTest, *names: str) -> None:
    for number, name in enumerate(names):
        hub.send("erp", str(number), attributes={"name": name, "country": "DE"})
    hub.process()


def on_stream(nats_url: str, act: Callable[[JetStreamBroker], object]) -> None:
    """Do something to the golden stream behind the hub's back."""

    async def run() -> None:
        async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
            await act(broker)  # type: ignore[misc]

    asyncio.run(run())


async def delete(broker: JetStreamBroker) -> None:
    for stream in ("MDM_GOLDEN", "MDM_AUDIT"):
        await (await broker.context()).delete_stream(stream)


def test_lost_stream_is_shown_first_and_rebuilt_when_told_to(hub: HubUnderTest, streaming: Run, nats_url: str) -> None:
    deliver(hub, "Birkenhof", "Nordwerk", "Alster")
    act(hub, "s/1")
    sealed(hub)
    publish_everything(hub, nats_url)
    assert (streaming("repair")[0], streaming("audit")[0]) == (0, 0)
    on_stream(nats_url, delete)
    deliver(hub, "Birkenhof Molkerei")  # waits for the repair

    code, out, _ = streaming("repair")
    assert (code, "3 are not in the stream" in out, "Nothing was changed." in out) == (1, True, True)
    assert streaming("repair")[1] == out
    assert streaming("repair", "--apply")[0] == 2  # without a reason

    code, out, _ = streaming("repair", "--apply", "--json", *REASON)
    golden, audit = json.loads(out)
    assert (code, audit["found"], audit["left"]) == (0, {"missing": 1}, {})
    assert golden == {
        "stream": "MDM_GOLDEN",
        "existed": False,
        "heads": 3,
        "found": {"missing": 3},
        "republished": 3,
        "relocated": 0,
        "left": {},
    }
    assert streaming("audit", "verify", "--against-stream")[0] == 0
    publish_everything(hub, nats_url)
    assert sorted(message.version for message in stored(nats_url, "MDM_GOLDEN")) == [1, 1, 1, 2]
    assert (streaming("repair")[0], streaming("audit")[0]) == (0, 0)
    logged = hub.rows("SELECT action, subject, reason FROM action_log WHERE action LIKE 'stream.%%' ORDER BY id")
    assert logged == [
        ("stream.repair_started", "stream/MDM_GOLDEN", REASON[1]),
        ("stream.repaired", "stream/MDM_GOLDEN", REASON[1]),
        ("stream.repair_started", "stream/MDM_AUDIT", REASON[1]),
        ("stream.repaired", "stream/MDM_AUDIT", REASON[1]),
    ]


def test_block_damaged_on_disk_is_found_and_mended(
    hub: HubUnderTest, mdm: Run, durable_nats: Callable[[], KillableNats], monkeypatch: pytest.MonkeyPatch
) -> None:
    nats = durable_nats()
    monkeypatch.setenv("MDM_POSTGRES_DSN", hub.dsn)
    monkeypatch.setenv("MDM_NATS_URL", nats.url)
    deliver(hub, "Birkenhof", "Nordwerk", "Alster")
    publish_everything(hub, nats.url)
    with ExitStack() as stopped:
        nats.stop()
        stopped.callback(nats.start)
        flip(nats.folder / "nats" / "jetstream" / "$G" / "streams" / "MDM_GOLDEN", b"Nordwerk", with_index=False)
    assert mdm("audit")[0] == 1
    code, out, _ = mdm("repair")
    assert (code, "2 are not in the stream" in out) == (1, True)
    assert mdm("repair", "--apply", *REASON)[0] == 0
    assert RunningParts(hub, nats.url).broken() == []


def test_stream_that_knows_more_is_left_alone_and_the_way_on_is_named(
    hub: HubUnderTest, streaming: Run, nats_url: str
) -> None:
    deliver(hub, "Birkenhof")
    publish_everything(hub, nats_url)
    hub.rows("DELETE FROM publishers.outbox RETURNING 1")
    hub.rows("DELETE FROM publishers.head RETURNING 1")
    before = stored(nats_url, "MDM_GOLDEN")
    code, out, _ = streaming("repair", "--apply", *REASON)
    assert (code, "mdm repair --restored" in out) == (1, True)
    assert stored(nats_url, "MDM_GOLDEN") == before


def test_what_a_restore_left_to_announce_is_shown_and_announced_later(hub: HubUnderTest, streaming: Run) -> None:
    deliver(hub, "Birkenhof")
    hub.rows("INSERT INTO restoration (master_id, found_at) SELECT id, now() FROM master RETURNING 1")
    code, out, _ = streaming("repair", "--restored")
    assert (code, "1 masters are still to be announced anew" in out) == (1, True)
    with psycopg.connect(hub.dsn) as other:  # a lock in the way is waited for
        other.execute(f"ALTER DATABASE {hub.dsn.rpartition('/')[2]} SET lock_timeout = '200ms'")
        other.commit()
        other.execute("SELECT FROM master FOR UPDATE")
        with_time = threading.Timer(0.6, other.rollback)
        with_time.start()
        assert streaming("repair", "--restored", "--apply", *REASON)[0] == 0
        with_time.join()
    assert hub.rows("SELECT max(version) FROM golden_version") == [(2,)]
    assert streaming("repair", "--restored")[0] == 0


def test_message_that_is_no_event_is_named_after_a_restore_and_does_not_end_it(
    hub: HubUnderTest, streaming: Run, nats_url: str
) -> None:
    deliver(hub, "Birkenhof")
    publish_everything(hub, nats_url)
    hub.rows("WITH forgotten AS (DELETE FROM publishers.outbox) DELETE FROM publishers.head RETURNING 1")
    subject = "mdm.golden.v1.supplier.noise"
    on_stream(nats_url, lambda broker: broker.publish(Message(subject, {}, b"hello"), after=0))
    code, out, _ = streaming("repair", "--restored", "--apply", *REASON)
    assert (code, f"{subject} holds what is no event" in out) == (1, True)
    assert hub.rows("SELECT version FROM publishers.head") == [(1,)]

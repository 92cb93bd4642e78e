import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import nats
import orjson
import psycopg
import pytest

from mdm import streams
from mdm.entrypoints.workers import fetch_deliveries
from mdm.entrypoints.workers.arrivals import answer_to, arrival_of
from mdm.entrypoints.workers.intake import Clerk
from mdm.hub.standing import standing
from mdm.hub.standing.health import examine
from mdm.settings import Settings
from publishers.deliveries import Sender
from publishers.jetstream import JetStreamBroker, Queued, Settled, provision
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts, wait_until

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SUBJECT = "mdm.deliveries.v1.erp.supplier"


def fact(key: str) -> bytes:
    return orjson.dumps({"domain": "supplier", "key": key, "attributes": {"name": f"Supplier {key} GmbH"}})


def queued(key: str, *, number: int = 1, tries: int = 1, **headers: str) -> Queued:
    return Queued(SUBJECT, {"Mdm-Message-Id": key, **headers}, fact(key), number, NOW, tries)


async def while_fetching(hub: HubUnderTest, nats_url: str, act: Callable[[], Awaitable[None]], *, intakes: int) -> None:
    """Do something while so many intakes run, until their queue is empty."""
    stop, settings = asyncio.Event(), Settings()
    async with JetStreamBroker(nats_url, settings.delivery_stream) as broker:
        await provision(broker, streams.deliveries(settings))
        running = [
            asyncio.create_task(fetch_deliveries(hub.hub, settings, nats_url=nats_url, stop=stop))
            for _ in range(intakes)
        ]
        async with asyncio.timeout(30):
            await act()
            while (await broker.info()).state.messages:  # noqa: ASYNC110 (what is waited for has no event)
                await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*running)


def test_several_intakes_take_every_message_once(hub: HubUnderTest, nats_url: str) -> None:
    async def send() -> None:
        async with Sender(nats_url, source="erp") as sender:
            await asyncio.gather(*(sender.send("supplier", fact(f"{n}"), message_id=f"m{n}") for n in range(300)))

    asyncio.run(while_fetching(hub, nats_url, send, intakes=2))
    assert hub.rows("SELECT count(*), count(DISTINCT message_id), min(state) FROM delivery") == [(300, 300, "pending")]
    with hub.hub.begin() as work:
        assert standing(work).queues.keys() == {"hub"}
        parts = {part.name: part for part in examine(hub.hub.begin, revision=None)}
        assert ": hub " in (parts["intake"].detail or "")


def test_sender_is_answered_after_the_commit(hub: HubUnderTest, nats_url: str) -> None:
    answers = []

    async def send() -> None:
        client = await nats.connect(nats_url)
        inbox = await client.subscribe("mdm.acks.v1.erp.>")
        headers = {"Mdm-Ack-To": "mdm.acks.v1.erp.desk", "X-Correlation-Id": "c1"}
        async with Sender(nats_url, source="erp") as sender:
            for body in (fact("1"), b"broken"):
                await sender.send("supplier", body, message_id=f"id-{len(answers)}", headers=headers)
                answers.append(orjson.loads((await inbox.next_msg(20)).data))
        await client.close()

    asyncio.run(while_fetching(hub, nats_url, send, intakes=1))
    accepted, broken = answers
    [(number,)] = hub.rows("SELECT id FROM delivery WHERE message_id = 'id-0'")
    assert accepted["links"] == {"self": f"/v1/deliveries/{number}"}
    assert (accepted["delivery"], accepted["state"], accepted["correlation_id"]) == (number, "pending", "c1")
    assert (broken["state"], broken["problem"]["type"]) == ("quarantined", "/problems/unreadable_row")


def test_what_cannot_be_committed_comes_again(hub: HubUnderTest) -> None:
    clerk, name = Clerk(hub.hub, "hub"), hub.dsn.rpartition("/")[2]
    with psycopg.connect(hub.dsn.replace(f"/{name}", "/postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert clerk.take([queued("1"), queued("2", number=2)]) == [Settled(again=5.0)] * 2
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert clerk.take([queued("1"), queued("2", number=2)]) == [Settled()] * 2
    assert hub.rows("SELECT count(*) FROM delivery") == [(2,)]


def test_message_that_crashes_does_not_hold_up_others_and_is_kept_in_the_end(hub: HubUnderTest) -> None:
    with psycopg.connect(hub.dsn) as connection:
        connection.execute("ALTER TABLE delivery ADD CHECK (message_id <> 'bad')")
    clerk = Clerk(hub.hub, "hub")
    batch = [queued("good"), queued("bad", number=2), queued("fine", number=3)]
    assert clerk.take(batch) == [Settled(), Settled(again=5.0), Settled()]
    again = [clerk.take([queued("bad", number=2, tries=tries)])[0] for tries in (2, 3)]
    assert again == [Settled(again=5.0), Settled()]
    assert hub.rows("SELECT message_id FROM delivery ORDER BY 1") == [("fine",), ("good",)]
    assert hub.rows("SELECT code, message_id, raw FROM quarantine") == [("repeated_crash", "bad", fact("bad"))]


def test_message_that_was_tried_often_in_an_outage_is_not_given_up_for_the_crash_of_another(hub: HubUnderTest) -> None:
    with psycopg.connect(hub.dsn) as connection:
        connection.execute("ALTER TABLE delivery ADD CHECK (message_id <> 'bad')")
    batch = [queued("good", tries=20), queued("bad", number=2, tries=20)]
    assert Clerk(hub.hub, "hub").take(batch) == [Settled(), Settled(again=5.0)]
    assert hub.rows("SELECT message_id FROM delivery") == [("good",)]
    assert hub.rows("SELECT count(*) FROM quarantine") == [(0,)]


@pytest.mark.parametrize(
    ("wanted", "subject"),
    [
        ("mdm.acks.v1.erp.desk.7", "mdm.acks.v1.erp.desk.7"),
        ("mdm.acks.v1.crm.desk", None),
        ("mdm.golden.v1.supplier.x", None),
        ("mdm.acks.v1.erp.>", None),
        ("mdm.acks.v1.erp.", None),
        (f"mdm.acks.v1.erp.{'x' * 5_000}", None),  # the server would end the connection
        ("", None),
    ],
)
def test_hub_answers_only_where_the_source_may_listen(wanted: str, subject: str | None) -> None:
    message = queued("1", **{"Mdm-Ack-To": wanted})
    assert answer_to(message, arrival_of(message, queue="hub")) == subject


def test_message_without_an_id_is_known_by_its_place() -> None:
    ids = {arrival_of(Queued(SUBJECT, {}, b"", n, NOW, 1), queue=q).message_id for n in (1, 2) for q in ("hub", "kiel")}
    assert len(ids) == 4
    assert "kiel:2:2026-07-01T00:00:00+00:00" in ids


@pytest.mark.chaos
@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_intake_killed_on_its_way_loses_and_doubles_nothing(hub: HubUnderTest, nats_url: str, point: str) -> None:
    async def send() -> None:
        async with JetStreamBroker(nats_url, "MDM_DELIVERIES") as broker, Sender(nats_url, source="erp") as sender:
            await provision(broker, streams.deliveries(Settings()))
            await asyncio.gather(*(sender.send("supplier", fact(f"{n}"), message_id=f"m{n}") for n in range(500)))

    asyncio.run(send())
    parts = RunningParts(hub, nats_url)
    assert parts.start("intake", kill_at=point).wait(timeout=30) == -signal.SIGKILL
    with parts.running("intake", "resolve", "relay"):
        wait_until(lambda: hub.rows("SELECT count(*) FROM delivery") == [(500,)])
        parts.wait_until_settled()
    assert hub.rows("SELECT state, count(*) FROM delivery GROUP BY 1") == [("applied", 500)]
    assert parts.broken() == []

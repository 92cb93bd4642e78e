"""Whatever happened to records and masters, their events rebuild the crosswalk, in any interleaving of subjects."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import pytest

from mdm import bootstrap, streams
from mdm.core.security import SYSTEM
from mdm.hub import standing
from mdm.hub.stewardship import identity
from mdm.settings import Settings
from mdm.store.records import RecordName
from publishers import Event
from publishers.jetstream import JetStreamBroker, provision
from publishers.relay import Relay
from publishers.subscriber import Crosswalk, Record, SqliteCrosswalk, SqliteStore, Subscriber
from publishers.subscriber.apply import Received, apply
from tests.publishers.relays import until
from tests.support.hubs import HubUnderTest
from tests.support.servers import ForgetfulPostgres
from tests.support.stewards_machine import IBANS, NAMES, PHONES, RECORDS, STEWARD, VATS, MovedClock, StewardsMachine

STEPS = 30
LOOK = 5  # steps between two looks
DELIVER, DECIDE = 0.4, 0.55  # shares of the steps; the rest is retiring, answering tasks, and time passing


class History(StewardsMachine):
    """What may happen to suppliers, at random by a seed, with many changes of identity."""

    def __init__(self, hub: HubUnderTest, clock: MovedClock, seed: int) -> None:
        self.hub, self.clock, self.chance = hub, clock, random.Random(seed)
        self.versions, self.sent = {}, []

    def step(self) -> None:
        """Let one thing happen."""
        share, pick = self.chance.random(), self.chance.randrange
        if share < DELIVER:
            self._hear()
        elif share < DELIVER + DECIDE:
            which = self.chance.choice([self.merge, self.merge_anything, self.unmerge, self.split, self.relink])
            places = {self.unmerge: ("at",), self.split: ("at",), self.relink: ("at", "to")}.get(
                which, ("one", "other")
            )
            which(**{place: pick(1_000) for place in places})
        else:
            self.retire_or_reinstate(at=pick(1_000))
            self.answer_task(at=pick(1_000), answer=pick(1_000))
            self.time_passes(days=1)

    def _hear(self) -> None:
        choice = self.chance.choice
        self.deliver(
            record=choice(RECORDS),
            operation=choice(["full", "full", "full", "delete"]),
            days=None,
            process=True,
            name=choice(NAMES),
            vat=choice(VATS),
            phone=choice(PHONES),
            iban=choice(IBANS),
        )


def published(hub: HubUnderTest) -> list[list[Event]]:
    """Every event of every subject, in order of version."""
    found: dict[str, list[Event]] = defaultdict(list)
    for subject, headers, data in hub.rows("SELECT subject, headers, data FROM publishers.outbox ORDER BY version"):
        found[subject].append(Event.from_message(subject, headers, bytes(data)))
    return list(found.values())


def interleaved(subjects: Sequence[Sequence[Event]], chance: random.Random) -> list[Event]:
    """What a reader may get: subjects in any order, the oldest rolled off, some only the last, some again and again."""
    rests = [list(events[-chance.choice([1, 2, 5, 99]) :]) for events in subjects]
    sequence: list[Event] = []
    while rests := [rest for rest in rests if rest]:
        sequence.append(chance.choice(rests).pop(0))
        if chance.random() < 0.3:
            sequence.append(chance.choice(sequence))
    return sequence


def assert_rebuilt(hub: HubUnderTest, events: Sequence[Event]) -> None:
    with hub.hub.begin_as(SYSTEM) as work:
        expected = {Record(*name): str(master) for name, master in standing.crosswalk(work).items()}
    crosswalk = Crosswalk()
    with SqliteStore(":memory:", schema=SqliteCrosswalk.SCHEMA) as store:

        def fold(connection: object, event: Event) -> None:
            crosswalk.fold(event)
            SqliteCrosswalk(connection).fold(event)

        done = apply(store, fold, [Received(event, 1) for event in events], consumer="c")
        assert not done.failed
        assert crosswalk.records() == expected
        with store.transaction() as transaction:
            kept = SqliteCrosswalk(transaction.connection)
            assert kept.records() == expected
            for merged, survivor in survivors(hub).items():
                assert (crosswalk.survivor(merged), kept.survivor(merged)) == (survivor, survivor)


def survivors(hub: HubUnderTest) -> dict[str, str]:
    """The living master of every merged one."""
    into: dict[UUID, UUID | None] = dict(hub.rows("SELECT id, merged_into FROM master"))
    found = {}
    for master in into:
        end = master
        while (following := into[end]) is not None:
            end = following
        found[str(master)] = str(end)
    return found


async def follow(hub: HubUnderTest, url: str, store: SqliteStore, *, masters: int) -> None:
    """Publish what is in the outbox and let a subscriber follow until it knows every master."""
    settings = Settings()
    stop = asyncio.Event()
    async with JetStreamBroker(url, settings.stream) as broker:
        await provision(broker, streams.golden(settings))
        relay = Relay(hub.dsn, broker)
        relaying = asyncio.create_task(relay.run(stop))
        subscriber = Subscriber(
            url,
            stream=settings.stream,
            subjects="mdm.golden.v1.supplier.>",
            name="crosswalk",
            store=store,
            handler=lambda connection, event: SqliteCrosswalk(connection).fold(event),
        )
        following = asyncio.create_task(subscriber.run(stop))
        await until(lambda: subscriber.progress.caught_up and known(store) == masters and relay.metrics.pending == 0)
        stop.set()
        await asyncio.gather(relaying, following)


def known(store: SqliteStore) -> int:
    with store.transaction() as transaction:
        return int(transaction.connection.execute("SELECT count(*) FROM publishers_position").fetchone()[0])


def any_way_of_reading_ends_the_same(server: ForgetfulPostgres, template: str, *, seed: int) -> None:
    clock, dsn = MovedClock(), server.create(template=template)
    with bootstrap.open_hub(Settings(), dsn, clock=clock) as opened:
        hub = HubUnderTest(opened, dsn)
        history = History(hub, clock, seed)
        for number in range(STEPS):
            history.step()
            if number % LOOK == 0:
                last = [events[-1] for events in published(hub)]
                history.chance.shuffle(last)
                assert_rebuilt(hub, last)
        for _ in range(6):
            assert_rebuilt(hub, interleaved(published(hub), history.chance))
        assert hub.broken() == []
    server.drop(dsn)


def test_any_history_is_rebuilt_from_its_events(postgres_server: ForgetfulPostgres, prepared_template: str) -> None:
    any_way_of_reading_ends_the_same(postgres_server, prepared_template, seed=1)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_histories_are_rebuilt_from_their_events(
    postgres_server: ForgetfulPostgres, prepared_template: str, seed: int
) -> None:
    any_way_of_reading_ends_the_same(postgres_server, prepared_template, seed=seed)


def test_subscriber_rebuilds_the_crosswalk_over_nats(hub: HubUnderTest, nats_url: str) -> None:
    for number, source in enumerate(["erp", "portal", "procurement"]):
        hub.send(source, "1", version=1, attributes={"name": f"Other {number} GmbH", "country": "DE"})
    hub.process()
    erp, portal, procurement = (hub.master(source, "1") for source in ("erp", "portal", "procurement"))
    with hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", [erp, portal], reason="same")
    with hub.hub.begin_as(STEWARD) as work:
        name = RecordName("supplier", "portal", "1")
        identity.relink(work, "supplier", name, procurement, reason="belongs there")
    with SqliteStore(":memory:", schema=SqliteCrosswalk.SCHEMA) as store:
        asyncio.run(follow(hub, nats_url, store, masters=3))
        with store.transaction() as transaction:
            kept = SqliteCrosswalk(transaction.connection)
            assert kept.records() == {
                Record("supplier", "erp", "1"): str(erp),
                Record("supplier", "portal", "1"): str(procurement),
                Record("supplier", "procurement", "1"): str(procurement),
            }
            assert kept.survivor(str(portal)) == str(erp)

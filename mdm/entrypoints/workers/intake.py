"""The intake: fetches deliveries from the hub's queue and those of plants, and lets each go when it is committed."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from itertools import groupby

import structlog

from mdm import streams
from mdm.entrypoints.workers.arrivals import answer, answer_to, arrival_of
from mdm.errors import MdmError, Moved, Unavailable
from mdm.hub import Hub
from mdm.hub.ingest.intake import Arrival, Taken, expect_queues, give_up, note_waiting, sender, take_in
from mdm.hub.ingest.outcome import Outcome, read_outcomes
from mdm.settings import Settings
from publishers import BrokerError, NotReady
from publishers.jetstream import JetStreamBroker, Queued, QueueReader, Settled, mirror, provision
from publishers.waiting import wait

HUB = "hub"
CONSUMER = "mdm-intake"
BATCH = 200  # messages committed at a time
LATER = 5.0  # seconds before what could not be committed comes again
CRASHES = 3  # of one message alone, before it is quarantined
LOOK_SECONDS = 10.0  # between looks at a queue that can be reached
RETRY_SECONDS = 1.0  # between looks at one that cannot

log = structlog.get_logger(__name__)


class Clerk:
    """Takes in what one queue hands over."""

    def __init__(self, hub: Hub, queue: str) -> None:
        """`queue` is the hub itself or a plant."""
        self._hub = hub
        self._queue = queue
        self._crashes: dict[int, int] = {}  # of messages alone; how often one was tried counts outages too

    def take(self, batch: Sequence[Queued]) -> list[Settled]:
        """Commit a batch source by source, and say of each message whether it goes or comes again."""
        arrived = [(queued, arrival_of(queued, queue=self._queue)) for queued in batch]
        settled: dict[int, Settled] = {}
        for _, some in groupby(sorted(arrived, key=lambda one: one[1].source), key=lambda one: one[1].source):
            of_source = list(some)
            for (queued, _), one in zip(of_source, self._settled(of_source), strict=True):
                settled[queued.number] = one
        return [settled[queued.number] for queued in batch]

    def note(self, waiting: int) -> None:
        """Keep how many messages wait in the queue."""
        with self._hub.begin() as work:
            note_waiting(work, self._queue, waiting)

    def _settled(self, some: Sequence[tuple[Queued, Arrival]]) -> list[Settled]:
        """Take in messages of one source together, or one by one if that crashes."""
        actor = sender(some[0][1].source)
        try:
            with self._hub.begin_as(actor) as work:
                taken = take_in(work, [arrival for _, arrival in some], registry=self._hub.registry)
        except (Unavailable, Moved) as error:
            log.warning("deliveries_wait", queue=self._queue, messages=len(some), reason=str(error))
            return [Settled(again=LATER)] * len(some)
        except Exception:
            log.exception("intake_crashed", queue=self._queue, messages=len(some))
            return [self._alone(one) for one in some]
        return self._answered(some, taken)

    def _alone(self, one: tuple[Queued, Arrival]) -> Settled:
        """Take in one message, or give it up when that has crashed too often."""
        queued, arrival = one
        try:
            with self._hub.begin_as(sender(arrival.source)) as work:
                taken = take_in(work, [arrival], registry=self._hub.registry)
        except (Unavailable, Moved):
            return Settled(again=LATER)
        except Exception as error:
            crashes = self._crashes[queued.number] = self._crashes.get(queued.number, 0) + 1
            log.exception("message_crashed", queue=self._queue, number=queued.number, crashes=crashes)
            return Settled(again=LATER) if crashes < CRASHES else self._given_up(one, error)
        self._crashes.pop(queued.number, None)
        return self._answered([one], taken)[0]

    def _given_up(self, one: tuple[Queued, Arrival], error: Exception) -> Settled:
        queued, arrival = one
        try:
            with self._hub.begin_as(sender(arrival.source)) as work:
                taken = give_up(work, arrival, error)
        except Exception:
            log.exception("message_not_given_up", queue=self._queue, number=queued.number)
            return Settled(again=LATER)
        self._crashes.pop(queued.number, None)
        return self._answered([one], [taken])[0]

    def _answered(self, some: Sequence[tuple[Queued, Arrival]], taken: Sequence[Taken]) -> list[Settled]:
        wanted = [answer_to(queued, arrival) for queued, arrival in some]
        ids = [t.delivery_id for t, subject in zip(taken, wanted, strict=True) if subject and t.delivery_id]
        outcomes = self._outcomes(ids) if ids else {}
        return [
            Settled(answer=(subject, answer(t, outcomes.get(t.delivery_id or 0))) if subject else None)
            for t, subject in zip(taken, wanted, strict=True)
        ]

    def _outcomes(self, ids: Sequence[int]) -> dict[int, Outcome]:
        try:
            with self._hub.begin() as work:
                return read_outcomes(work, ids)
        except MdmError as error:
            log.warning("answer_is_short", queue=self._queue, reason=str(error))
            return {}


async def fetch_deliveries(hub: Hub, settings: Settings, *, nats_url: str, stop: asyncio.Event) -> None:
    """Fetch deliveries from the hub's own queue and from those of all plants until `stop` is set.

    Any number of processes may do so at once; a plant that cannot be reached holds up nobody else.
    """
    queues = (None, *settings.plant_list)
    await asyncio.to_thread(_expect, hub, [plant or HUB for plant in queues])
    await asyncio.gather(*(_fetch(hub, settings, nats_url, plant, stop) for plant in queues))


def _expect(hub: Hub, queues: Collection[str]) -> None:
    try:
        with hub.begin() as work:
            expect_queues(work, queues)
    except (Unavailable, Moved) as error:
        log.warning("queues_not_noted", reason=str(error))


async def _fetch(hub: Hub, settings: Settings, nats_url: str, plant: str | None, stop: asyncio.Event) -> None:
    def broker(stream: str, domain: str | None) -> JetStreamBroker:
        log_in = settings.nats_credentials
        return JetStreamBroker(nats_url, stream, name="mdm-intake", credentials=log_in, domain=domain)

    clerk = Clerk(hub, plant or HUB)
    async with (
        broker(settings.delivery_stream, plant) as queue,
        broker(settings.stream, plant) as copy,
        broker(settings.stream, None) as golden,
    ):
        reader = QueueReader(queue, consumer=CONSUMER if plant is None else f"{CONSUMER}-{plant}", batch=BATCH)

        async def look() -> None:
            if plant is None:
                await provision(queue, streams.deliveries(settings))
            else:
                await provision(queue, streams.plant_deliveries(settings))
                if await mirror(copy, streams.golden_copy(settings), origin=golden):
                    log.info("golden_stream_copied_anew", plant=plant)
            await asyncio.to_thread(clerk.note, await reader.waiting())

        await asyncio.gather(reader.run(clerk.take, stop), _keep_looking(look, stop, queue=plant or HUB))


async def _keep_looking(look: Callable[[], Awaitable[None]], stop: asyncio.Event, *, queue: str) -> None:
    """See again and again that streams are as planned and how much waits in them, as far as they can be reached."""
    reached = True
    while not stop.is_set():
        try:
            await look()
        except (BrokerError, NotReady, Unavailable, Moved) as error:
            if reached:
                log.warning("queue_out_of_reach", queue=queue, reason=str(error))
            reached = False
        else:
            if not reached:
                log.warning("queue_within_reach", queue=queue)
            reached = True
        await wait(stop, LOOK_SECONDS if reached else RETRY_SECONDS)

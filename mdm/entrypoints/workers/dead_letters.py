"""The collector of dead letters, beside the relay: keeps them in the hub, and settles what has settled itself."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

import structlog

from mdm import streams
from mdm.errors import Moved, Unavailable
from mdm.hub import Hub, Work
from mdm.hub.publishing import dead_letters
from mdm.settings import Settings
from publishers import StoreFailed
from publishers.dead_letters import DeadLetter, Position
from publishers.dead_letters.collector import Collector
from publishers.jetstream import JetStreamBroker
from publishers.waiting import wait

OUTAGE_PAUSE = 1.0
SETTLE_SECONDS = 30.0

log = structlog.get_logger(__name__)


async def collect_dead_letters(
    settings: Settings, *, open_hub: Callable[[], AbstractContextManager[Hub]], nats_url: str, stop: asyncio.Event
) -> None:
    """Collect until `stop` is set; wait where PostgreSQL or NATS is away."""
    with ExitStack() as closing:
        hub = await _opened(closing, open_hub, stop)
        if hub is None:
            return
        plan, place = streams.dead_letters(settings), streams.collector(settings)
        of = {one.name for one in streams.every(settings)} - {plan.name}
        async with JetStreamBroker(
            nats_url, plan.name, name=place.name, credentials=settings.nats_credentials
        ) as broker:
            collector = Collector(broker, plan, place=place, of=of, store=HubStore(hub, settings))
            await asyncio.gather(_collect(collector, stop), _settle(hub, stop))


class HubStore:
    """Keeps dead letters in the hub; one that cannot be kept as it is, is kept as one that cannot be read."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        """Know the streams by their names in the settings."""
        self._hub = hub
        self._stream = settings.dead_letter_stream
        self._golden = settings.stream

    def position(self) -> Position | None:
        """Return how far the hub is."""
        with self._work() as work:
            return dead_letters.position(work, self._stream)

    def keep(self, letters: Sequence[DeadLetter], position: Position) -> None:
        """Commit dead letters together, or one by one if some cannot be kept."""
        try:
            self._commit(letters, position)
        except StoreFailed:
            raise
        except Exception:
            log.exception("dead_letters_not_kept", letters=len(letters))
            for letter in letters:
                self._keep_alone(letter, position)

    def _keep_alone(self, letter: DeadLetter, position: Position) -> None:
        try:
            self._commit([letter], position)
        except StoreFailed:
            raise
        except Exception as error:
            log.exception("dead_letter_not_kept")
            problem = f"It cannot be kept: {type(error).__name__}."
            self._commit([DeadLetter(raw=letter.raw, received_at=letter.received_at, problem=problem)], position)

    def _commit(self, letters: Sequence[DeadLetter], position: Position) -> None:
        with self._work() as work:
            dead_letters.keep(work, letters, position, stream=self._stream, golden=self._golden)

    @contextmanager
    def _work(self) -> Iterator[Work]:
        try:
            with self._hub.begin() as work:
                yield work
        except (Unavailable, Moved) as error:
            raise StoreFailed(str(error)) from error


async def _opened(
    closing: ExitStack, open_hub: Callable[[], AbstractContextManager[Hub]], stop: asyncio.Event
) -> Hub | None:
    while not stop.is_set():
        try:
            return await asyncio.to_thread(closing.enter_context, open_hub())
        except Unavailable as error:
            log.warning("dead_letters_wait", reason=str(error))
        except Exception:
            log.exception("dead_letters_wait")
        await wait(stop, OUTAGE_PAUSE)
    return None


async def _collect(collector: Collector, stop: asyncio.Event) -> None:
    """Collect, whatever goes wrong: what is not acknowledged comes again."""
    while not stop.is_set():
        try:
            await collector.run(stop)
        except Exception:
            log.exception("dead_letters_not_collected")
            await wait(stop, OUTAGE_PAUSE)


async def _settle(hub: Hub, stop: asyncio.Event) -> None:
    """Settle now and then; nothing depends on when."""

    def settle_all() -> None:
        settled = 1
        while settled:
            with hub.begin() as work:
                settled = dead_letters.settle(work)

    while not stop.is_set():
        await wait(stop, SETTLE_SECONDS)
        try:
            await asyncio.to_thread(settle_all)
        except (Unavailable, Moved) as error:
            log.warning("dead_letters_not_settled", reason=str(error))
        except Exception:
            log.exception("dead_letters_not_settled")

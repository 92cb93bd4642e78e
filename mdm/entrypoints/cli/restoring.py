"""`mdm repair --restored`: taking over what the stream knows more than a database that was restored."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from itertools import islice
from uuid import UUID

from mdm.errors import Unavailable
from mdm.hub import Hub, repairing
from mdm.hub.repairing import Report
from mdm.settings import Settings
from publishers import BrokerError, NotReady
from publishers.adoption import Mark
from publishers.jetstream import JetStreamBroker

PAGE = 5_000
CHUNK = 50

Lost = dict[str, dict[int, UUID]]


@dataclass(slots=True)
class Outcome:
    """What the stream knows more than the database, and what was done about it."""

    lost: Lost
    done: Report = field(default_factory=Report)
    announced: int = 0


async def restored(hub: Hub, settings: Settings, *, apply: bool, reason: str) -> Outcome:
    """Find what the stream knows more; if told to, take it over and announce every master concerned anew.

    Raises Unavailable if the stream cannot be read. What was begun and not finished is finished by the next time.
    """
    try:
        async with JetStreamBroker(
            settings.nats_url or "", settings.stream, name="mdm-repair", credentials=settings.nats_credentials
        ) as broker:
            outcome = Outcome(await _lost(hub, broker))
            if apply:
                await _take_over(hub, broker, outcome, reason=reason)
    except (BrokerError, NotReady) as error:
        raise Unavailable(f"The stream {settings.stream} cannot be read: {error}") from error
    if apply:
        while announced := repairing.announce_anew(hub.begin):
            outcome.announced += announced
    return outcome


async def _lost(hub: Hub, broker: JetStreamBroker) -> Lost:
    lost: Lost = defaultdict(dict)
    page: list[Mark] = []
    async for stored in broker.walk(newest=False):
        page.append(Mark(stored.subject, stored.version, UUID(stored.event_id)))
        if len(page) == PAGE:
            _note(hub, page, lost)
            page = []
    _note(hub, page, lost)
    return lost


def _note(hub: Hub, page: list[Mark], lost: Lost) -> None:
    with hub.begin() as work:
        for mark in repairing.lost_among(work, page):
            lost[mark.subject][mark.version] = mark.event_id


async def _take_over(hub: Hub, broker: JetStreamBroker, outcome: Outcome, *, reason: str) -> None:
    subjects = iter(sorted(outcome.lost))
    while chunk := list(islice(subjects, CHUNK)):
        last = [stored for subject in chunk if (stored := await broker.last(subject)) is not None]
        with hub.begin() as work:
            done = repairing.take_over(work, last, outcome.lost, reason=reason)
        for name, value in asdict(done).items():
            setattr(outcome.done, name, getattr(outcome.done, name) + value)

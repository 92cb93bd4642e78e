"""`mdm repair --restored`: taking over what the stream knows more than a database that was restored."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from itertools import islice
from uuid import UUID

from mdm.errors import Unavailable
from mdm.hub import Hub, repairing, sealing
from mdm.hub.repairing import Report
from mdm.hub.sealing import SealsTakenOver
from mdm.settings import Settings
from publishers import BrokerError, NotReady
from publishers.adoption import Mark
from publishers.jetstream import JetStreamBroker

PAGE = 5_000
CHUNK = 50

Lost = dict[str, dict[int, UUID]]


@dataclass(slots=True)
class Outcome:
    """What the streams know more than the database, and what was done about it."""

    lost: Lost
    lost_seals: int = 0
    done: Report = field(default_factory=Report)
    seals: SealsTakenOver = field(default_factory=SealsTakenOver)
    announced: int = 0


async def restored(hub: Hub, settings: Settings, *, apply: bool, reason: str, trusted: Collection[str] = ()) -> Outcome:
    """Find what the streams know more; if told to, take it over and announce every master concerned anew.

    `trusted` are the keys that sign seals. Raises Unavailable if a stream cannot be read, BrokenChain if its seals are
    not this hub's. What was begun and not finished is finished by the next time.
    """
    url, credentials = settings.nats_url or "", settings.nats_credentials
    try:
        async with (
            JetStreamBroker(url, settings.stream, name="mdm-repair", credentials=credentials) as golden,
            JetStreamBroker(url, settings.audit_stream, name="mdm-repair", credentials=credentials) as audit,
        ):
            outcome = Outcome(await _lost(hub, golden), sum(map(len, (await _lost(hub, audit)).values())))
            if apply and outcome.lost_seals:
                published = [stored async for stored in audit.walk(newest=False, whole=True)]
                with hub.begin() as work:
                    outcome.seals = sealing.take_over(work, published, trusted=trusted, reason=reason)
            if apply:
                await _take_over(hub, golden, outcome, reason=reason)
    except (BrokerError, NotReady) as error:
        raise Unavailable(f"What was published cannot be read: {error}") from error
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

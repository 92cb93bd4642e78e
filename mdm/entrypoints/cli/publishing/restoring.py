"""`mdm repair --restored`: taking over what the stream knows more than a database that was restored."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar
from uuid import UUID

from mdm.errors import Moved, Unavailable
from mdm.hub import Hub, sealing
from mdm.hub.publishing import repairing
from mdm.hub.publishing.repairing import Report
from mdm.hub.sealing import SealsTakenOver
from mdm.settings import Settings
from publishers import BrokerError, NotReady, Stored
from publishers.jetstream import JetStreamBroker
from publishers.repair.adoption import Mark

PAGE = 5_000
CHUNK = 50
DONE, DIFFERENT = 0, 1

T = TypeVar("T")
Lost = dict[str, dict[int, UUID]]


@dataclass(slots=True)
class Outcome:
    """What the streams know more than the database, and what was done about it.

    `noise` are subjects with messages that are no events; so many masters are `waiting` to be announced anew.
    """

    lost: Lost = field(default_factory=lambda: defaultdict(dict))
    lost_seals: int = 0
    noise: set[str] = field(default_factory=set)
    done: Report = field(default_factory=Report)
    seals: SealsTakenOver = field(default_factory=SealsTakenOver)
    waiting: int = 0
    announced: int = 0

    @property
    def nothing(self) -> bool:
        """Tell whether there was nothing to take over, and nothing left to announce."""
        return not (self.lost or self.lost_seals or self.noise or self.waiting)


def go_on(hub: Hub, settings: Settings, *, reason: str | None) -> int:
    """Show what the streams know more; with a reason, take it over. The exit code is 0 if nothing is left to do."""
    outcome = asyncio.run(restored(hub, settings, reason=reason, trusted=_signers(settings)))
    if outcome.nothing:
        print("holds   the streams know nothing that the database does not")
        return DONE
    _tell(outcome)
    if reason is None:
        print('        Nothing was changed. `mdm repair --restored --apply --reason "…"` goes on above what is lost.')
    return DONE if reason is not None and not (outcome.done.foreign or outcome.noise) else DIFFERENT


async def restored(hub: Hub, settings: Settings, *, reason: str | None, trusted: Collection[str] = ()) -> Outcome:
    """Find what the streams know more; with a reason, take it over and announce every master concerned anew.

    `trusted` are the keys that sign seals. Raises Unavailable if a stream cannot be read, BrokenChain if its seals are
    not this hub's. What was begun and not finished is finished by the next time.
    """
    url, credentials = settings.nats_url or "", settings.nats_credentials
    try:
        async with (
            JetStreamBroker(url, settings.stream, name="mdm-repair", credentials=credentials) as golden,
            JetStreamBroker(url, settings.audit_stream, name="mdm-repair", credentials=credentials) as audit,
        ):
            outcome = Outcome()
            await _find(hub, golden, outcome.lost, outcome.noise)
            seals: Lost = defaultdict(dict)
            await _find(hub, audit, seals, outcome.noise)
            outcome.lost_seals = sum(map(len, seals.values()))
            if reason is not None and outcome.lost_seals:
                published = [stored async for stored in audit.walk(newest=False, whole=True)]
                with hub.begin() as work:
                    outcome.seals = sealing.take_over(work, published, trusted=trusted, reason=reason)
            if reason is not None:
                await _take_over(hub, golden, outcome, reason=reason)
    except (BrokerError, NotReady) as error:
        raise Unavailable(
            f"What was published cannot be read: {error}",
            hint="`mdm repair --apply` makes a stream that is not there any more; then come back to this.",
        ) from error
    with hub.begin() as work:
        outcome.waiting = repairing.waiting(work)
    if reason is not None:
        while announced := _persistently(lambda: repairing.announce_anew(hub.begin)):
            outcome.announced += announced
    return outcome


async def _find(hub: Hub, broker: JetStreamBroker, lost: Lost, noise: set[str]) -> None:
    page: list[Mark] = []
    async for stored in broker.walk(newest=False):
        mark = Mark.of(stored)
        if not mark.is_event:
            noise.add(mark.subject)
            continue
        page.append(mark)
        if len(page) == PAGE:
            _note(hub, page, lost)
            page = []
    _note(hub, page, lost)


def _note(hub: Hub, page: list[Mark], lost: Lost) -> None:
    with hub.begin() as work:
        for mark in repairing.lost_among(work, page):
            lost[mark.subject][mark.version] = mark.event_id


async def _take_over(hub: Hub, broker: JetStreamBroker, outcome: Outcome, *, reason: str) -> None:
    subjects = iter(sorted(outcome.lost.keys() - outcome.noise))
    while chunk := list(islice(subjects, CHUNK)):
        last = [stored for subject in chunk if (stored := await broker.last(subject)) is not None]
        done = _persistently(partial(_taken_over, hub, last, outcome.lost, reason=reason))
        for name, value in asdict(done).items():
            setattr(outcome.done, name, getattr(outcome.done, name) + value)


def _taken_over(hub: Hub, last: Sequence[Stored], lost: Lost, *, reason: str) -> Report:
    with hub.begin() as work:
        return repairing.take_over(work, last, lost, reason=reason)


def _persistently(act: Callable[[], T]) -> T:
    """Do something again as often as another transaction is in the way."""
    while True:
        try:
            return act()
        except Moved:
            continue


def _signers(settings: Settings) -> Collection[str]:
    """Return the keys that sign the seals of this hub."""
    signer = sealing.signer_of(settings.audit_key_file, make=settings.audit_key is None)
    return {signer.public_key, *sealing.trusted_keys(settings.audit_trusted)}


def _tell(outcome: Outcome) -> None:
    versions = sum(map(len, outcome.lost.values()))
    print(f"DIFFERS {versions:,} events of {len(outcome.lost):,} masters and {outcome.lost_seals:,} seals are in the")
    print("        streams and not in the database: it was restored to an earlier point.")
    if outcome.waiting > outcome.announced:
        print(f"        {outcome.waiting:,} masters are still to be announced anew.")
    if outcome.announced or outcome.done.masters:
        done = outcome.done
        print(
            f"        {done.masters:,} masters go on above the versions that are lost, {done.ghosts:,} of them retired:"
        )
        print("        they were made in the lost time. What sources send again becomes a master of its own.")
        print(f"        {outcome.announced:,} masters were announced anew; {done.void:,} waiting events became void.")
    if outcome.seals.seals:
        print(f"        {outcome.seals.seals:,} seals came back, without {outcome.seals.lost:,} actions that are lost.")
    for subject in outcome.done.foreign:
        print(f"        {subject} is of no domain of this hub: who publishes it?")
    for subject in sorted(outcome.noise):
        print(f"        {subject} holds what is no event, and was left as it is: who publishes it?")

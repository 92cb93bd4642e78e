"""`mdm repair --restored`: taking over what the stream knows more than a database that was restored."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from itertools import islice
from uuid import UUID

from mdm.errors import Unavailable
from mdm.hub import Hub, sealing
from mdm.hub.publishing import repairing
from mdm.hub.publishing.repairing import Report
from mdm.hub.sealing import SealsTakenOver
from mdm.settings import Settings
from publishers import BrokerError, NotReady
from publishers.jetstream import JetStreamBroker
from publishers.repair.adoption import Mark

PAGE = 5_000
CHUNK = 50
DONE, DIFFERENT = 0, 1

Lost = dict[str, dict[int, UUID]]


@dataclass(slots=True)
class Outcome:
    """What the streams know more than the database, and what was done about it."""

    lost: Lost
    lost_seals: int = 0
    done: Report = field(default_factory=Report)
    seals: SealsTakenOver = field(default_factory=SealsTakenOver)
    announced: int = 0

    @property
    def nothing(self) -> bool:
        """Tell whether there was nothing to take over, and nothing left to announce."""
        return not (self.lost or self.lost_seals or self.announced)


def go_on(hub: Hub, settings: Settings, *, reason: str | None) -> int:
    """Show what the streams know more; with a reason, take it over. The exit code is 0 if nothing is left to do."""
    outcome = asyncio.run(restored(hub, settings, reason=reason, trusted=_signers(settings)))
    if outcome.nothing:
        print("holds   the streams know nothing that the database does not")
        return DONE
    _tell(outcome)
    if reason is None:
        print('        Nothing was changed. `mdm repair --restored --apply --reason "…"` goes on above what is lost.')
    return DONE if reason is not None and not outcome.done.foreign else DIFFERENT


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
            outcome = Outcome(await _lost(hub, golden), sum(map(len, (await _lost(hub, audit)).values())))
            if reason is not None and outcome.lost_seals:
                published = [stored async for stored in audit.walk(newest=False, whole=True)]
                with hub.begin() as work:
                    outcome.seals = sealing.take_over(work, published, trusted=trusted, reason=reason)
            if reason is not None:
                await _take_over(hub, golden, outcome, reason=reason)
    except (BrokerError, NotReady) as error:
        raise Unavailable(f"What was published cannot be read: {error}") from error
    if reason is not None:
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


def _signers(settings: Settings) -> Collection[str]:
    """Return the keys that sign the seals of this hub."""
    signer = sealing.signer_of(settings.audit_key_file, make=settings.audit_key is None)
    return {signer.public_key, *sealing.trusted_keys(settings.audit_trusted)}


def _tell(outcome: Outcome) -> None:
    versions = sum(map(len, outcome.lost.values()))
    print(f"DIFFERS {versions:,} events of {len(outcome.lost):,} masters and {outcome.lost_seals:,} seals are in the")
    print("        streams and not in the database: it was restored to an earlier point.")
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

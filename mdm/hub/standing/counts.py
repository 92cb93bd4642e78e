"""What the hub holds and what is still on its way, in numbers."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from mdm.core.security import Permission
from mdm.hub import redo, sealing
from mdm.hub.golden import due
from mdm.hub.ingest.holding import watching
from mdm.hub.publishing import tracing
from mdm.hub.tasks import MATCH_REVIEW
from mdm.store import condition, golden, resolution, tasks
from mdm.store.ingest import deliveries, loads, quarantine, source_holds
from mdm.store.publishing import dead_letters
from mdm.store.records import RecordName, findings
from mdm.store.records import redo as due_again
from mdm.store.work import Work
from publishers import outbox, roster
from publishers.roster import Report

TICK = timedelta(microseconds=1)
DUTY_LAGS = {
    "boundaries": due.lag,
    "fading": due.fading_lag,
    "redo": redo.lag,
    "seal": sealing.lag,
    "propagation": tracing.lag,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts: masters per (domain, status), tasks per (domain, kind); `lag_seconds` is an event's longest wait.

    `duty_lags` is how many seconds the clock is behind with each of its duties, `due_ages` and `redo_ages` for
    how many the first that is due has waited, by reason.
    """

    pending_deliveries: int
    queues: dict[str, tuple[int, float]]  # of deliveries: how many wait there, seen so many seconds ago
    unpublished: int
    lag_seconds: float
    masters: dict[tuple[str, str], int]
    versions: int
    open_tasks: dict[tuple[str, str], int]
    quarantined: dict[str, int]
    findings: dict[tuple[str, str], int]  # of quality, per domain and severity
    duty_lags: dict[str, float]
    due_ages: dict[str, float]  # of masters to be rebuilt
    redo_ages: dict[str, float]  # of records to be processed again
    dead_letters: dict[tuple[str, str], int]  # open, per subscriber and severity
    relays: list[Report]  # those heard of in the last seconds
    loads_paused: bool
    loads_held: int
    sources_held: list[tuple[str, str]]  # source and domain


def standing(work: Work) -> Standing:
    """Count everything that metrics and people look at."""
    work.actor.require(Permission.OPERATE)
    unpublished, lag_seconds = outbox.backlog(work.connection)
    return Standing(
        pending_deliveries=deliveries.pending(work.session),
        queues=_queues(work),
        unpublished=unpublished,
        lag_seconds=lag_seconds,
        masters=golden.count_masters(work.session),
        versions=golden.count_versions(work.session),
        open_tasks=tasks.count_open(work.session),
        quarantined=quarantine.count_open(work.session),
        findings=findings.count(work.session),
        duty_lags={duty: lag(work) for duty, lag in DUTY_LAGS.items()},
        due_ages=due.ages(work),
        redo_ages=redo.ages(work),
        dead_letters=dead_letters.count_open(work.session),
        relays=roster.alive(work.connection),
        loads_paused=loads.paused(work.session) is not None,
        loads_held=loads.count_held(work.session),
        sources_held=[(hold.source, hold.domain) for hold in source_holds.standing(work.session)],
    )


def _queues(work: Work) -> dict[str, tuple[int, float]]:
    now = work.now
    return {q.name: (q.waiting, (now - q.seen_at).total_seconds()) for q in deliveries.queues(work.session)}


def kilobytes_per_master(work: Work) -> float:
    """Return the room in PostgreSQL that a living master takes, with all that was ever said and announced of it."""
    work.actor.require(Permission.OPERATE)
    living = sum(n for (_, status), n in golden.count_masters(work.session).items() if status != "merged")
    return condition.size(work.session) / 1024 / max(living, 1)


def open_tasks(work: Work) -> dict[tuple[str, str], int]:
    """Count the open tasks per (domain, kind) in the domains the actor sees."""
    work.actor.require(Permission.READ)
    return {place: n for place, n in tasks.count_open(work.session).items() if work.actor.sees(place[0])}


def settled(work: Work) -> bool:
    """Tell whether everything accepted is processed, again where that is due, and everything announced is published."""
    if deliveries.pending(work.session, bound=1) or outbox.pending_count(work.connection, bound=1):
        return False
    return not due_again.due(work.session, now=work.now)


def tidy(work: Work, *, outbox_retention: timedelta) -> int:
    """Delete events published longer ago than the retention; the heads keep the newest of every master.

    How long they took is measured before.
    """
    tracing.measure(work)
    watching.forget_old(work)
    before = min(work.now - outbox_retention, tracing.measured_until(work) + TICK)
    return outbox.delete_published(work.connection, before=before)


def crosswalk(work: Work) -> dict[RecordName, UUID]:
    """Return the master of every source record."""
    work.actor.require(Permission.OPERATE)
    return {
        RecordName(row.domain, row.source, row.source_key): row.master_id for row in resolution.all_links(work.session)
    }


def open_match_reviews(work: Work) -> list[tuple[UUID, UUID]]:
    """Return the pairs of masters that stewards are asked about."""
    work.actor.require(Permission.OPERATE)
    return tasks.open_pairs(work.session, kind=MATCH_REVIEW)

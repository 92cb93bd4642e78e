"""How long events take from what a source says to the stream: measured once each, counted for metrics."""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, groupby
from typing import TypeAlias

from mdm.core.security import Permission
from mdm.errors import InvalidInput
from mdm.hub.announce import SUBJECT
from mdm.store.publishing import tracing
from mdm.store.rows import Row
from mdm.store.tables import PropagationCount
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

SIZE = 5_000
OVERLAP = timedelta(seconds=2)  # looked at again, should the database's clock have been set back
PERIOD = timedelta(days=1)
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
BOUNDS = (
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY,
    7 * DAY, 30 * DAY, math.inf,
)  # fmt: skip
STAGES = {
    "source": "from the source time to acceptance",
    "resolve": "from acceptance to the recorded version, or to the question to its owners",
    "approve": "from the question to the owners to the approved version",
    "publish": "from the outbox to the stream",
    "total": "from acceptance to the stream",
}


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long a stage took, in seconds; of `skewed` events the clocks said less than nothing, which counts as nothing.

    `waiting` is what has not come through it yet, and `oldest` for how many seconds the first of that has waited.
    """

    stage: str
    events: int = 0
    skewed: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    longest: float | None = None
    waiting: int = 0
    oldest: float | None = None


@dataclass(frozen=True, slots=True)
class Propagation:
    """How long the stages of events took that were published from `since` on, before `until`."""

    since: datetime
    until: datetime
    stages: list[StageTimes]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many events of a domain took at most how many seconds for a stage; `seconds` is the sum of all."""

    domain: str
    stage: str
    at_most: list[tuple[float, int]]
    seconds: float
    skewed: int


def measure_due(begin: Begin, *, size: int = SIZE) -> int:
    """Measure what was published since the last time; returns how many, 0 unless there may be more at once."""
    with begin() as work:
        measured = measure(work, size=size)
    return measured if measured == size else 0


def measure(work: Work, *, size: int = SIZE) -> int:
    """Measure up to `size` published events, and return how many; 0 also while somebody else is measuring."""
    mark = tracing.take_mark(work.session)
    if mark is None:
        return 0
    return tracing.measure(
        work.session,
        subjects=f"{SUBJECT}.",
        since=mark - OVERLAP,
        bounds=BOUNDS,
        untimely=_untimely(work),
        size=size,
    )


def measured_until(work: Work) -> datetime:
    """Return until when published events have been measured; what was published before may be forgotten."""
    return tracing.measured_until(work.session)


def lag(work: Work) -> float:
    """Return for how many seconds the first published event has waited to be measured."""
    since = tracing.unmeasured_since(work.session, subjects=f"{SUBJECT}.")
    return max((work.now - since).total_seconds(), 0.0) if since is not None else 0.0


def histograms(work: Work) -> list[Histogram]:
    """Return how long the stages of all events took that have ever been measured, per domain."""
    work.actor.require(Permission.OPERATE)
    found = groupby(tracing.counts(work.session), key=lambda row: (row.domain, row.stage))
    return [_histogram(domain, stage, list(rows)) for (domain, stage), rows in found]


def propagation(
    work: Work,
    *,
    domain: str | None = None,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Propagation:
    """Return how long the stages of events took that were published in a time (default: the last day)."""
    work.actor.require(Permission.OPERATE, domain=domain)
    if domain is not None:
        work.catalog.domain(domain)
    end = until or work.now
    begin = since or end - PERIOD
    if begin >= end:
        raise InvalidInput("The time begins after it ends.", path="since")
    scope = work.actor.scope(Permission.OPERATE)
    domains = {domain} if domain is not None else scope
    taken = tracing.percentiles(work.session, domains=domains, source=source, since=begin, until=end)
    waiting = tracing.waiting(work.session, subjects=f"{SUBJECT}.", domains=domains, source=source)
    return Propagation(begin, end, _stages(work.now, taken, waiting))


def _histogram(domain: str, stage: str, rows: Sequence[PropagationCount]) -> Histogram:
    events = {row.bound: row.events for row in rows}
    bounds = sorted({*BOUNDS, *events})
    return Histogram(
        domain,
        stage,
        at_most=list(zip(bounds, accumulate(events.get(bound, 0) for bound in bounds), strict=True)),
        seconds=sum(row.seconds for row in rows),
        skewed=sum(row.skewed for row in rows),
    )


def _stages(now: datetime, taken: Sequence[Row], waiting: Sequence[Row]) -> list[StageTimes]:
    by_stage = {row.stage: row for row in taken}
    behind = {row.stage: row for row in waiting}
    return [_times(stage, by_stage.get(stage), behind.get(stage), now) for stage in STAGES]


def _times(stage: str, taken: Row | None, behind: Row | None, now: datetime) -> StageTimes:
    median, p95, p99, longest = taken.seconds if taken is not None else (None,) * 4
    since = behind.since if behind is not None else None
    return StageTimes(
        stage,
        events=taken.events if taken is not None else 0,
        skewed=taken.skewed if taken is not None else 0,
        p50=median,
        p95=p95,
        p99=p99,
        longest=longest,
        waiting=behind.n if behind is not None else 0,
        oldest=max((now - since).total_seconds(), 0.0) if since is not None else None,
    )


def _untimely(work: Work) -> list[str]:
    """Return the sources whose times are not trusted, as domain/source."""
    return [
        f"{domain.name}/{name}"
        for domain in work.catalog.domains.values()
        for name, source in domain.sources.items()
        if not source.time_trusted
    ]

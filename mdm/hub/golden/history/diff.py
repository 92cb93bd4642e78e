"""What differs between a golden record at any two points of valid and recorded time, and what lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mdm.errors import UnknownMaster
from mdm.hub.golden.history.differing import (
    NOWHERE,
    Differing,
    DifferingStretch,
    differing,
    differing_stretches,
)
from mdm.hub.golden.history.timeline import Known, Shown, check_sight, known, shown
from mdm.hub.golden.read import Link, crosswalk
from mdm.hub.golden.sight import Sight, sight_of
from mdm.hub.golden.times import NOW, Times
from mdm.store.records import golden_history
from mdm.store.rows import Row
from mdm.store.tables import GoldenVersion
from mdm.store.work import Work
from survivorship import intervals

MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Side:
    """A golden record at one of the points; without a version it was not yet known."""

    master_id: UUID
    valid_at: datetime
    version: int | None = None
    status: str | None = None
    recorded_at: datetime | None = None
    release: int | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """The versions recorded between two points, newest first; `cut`: there are more."""

    versions: list[GoldenVersion]
    cut: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between a golden record at two points.

    `masked` names attributes with a value at one of them that is not shown; `deleted` are linked records that their
    sources deleted in between.
    """

    domain: str
    before: Side
    after: Side
    attributes: list[Differing]
    masked: list[str]
    linked: list[Link]
    unlinked: list[Link]
    deleted: list[Link]
    between: Between


@dataclass(frozen=True, slots=True)
class TimelineDifference:
    """What differs between two whole timelines of a golden record: as known at one time, and at another."""

    domain: str
    before: Side
    after: Side
    stretches: list[DifferingStretch]
    masked: list[str]
    between: Between


@dataclass(frozen=True, slots=True)
class _Point:
    """A golden record at one point, and the slices by which it is in sight or not."""

    side: Side
    found: Known
    in_question: Sequence[Row]
    links: list[Link]


def diff(work: Work, domain_name: str, master_id: UUID, before: Times, after: Times = NOW) -> Difference:
    """Return what differs between two points; an id that was merged by then is its survivor.

    Either may be the earlier one. Raises UnknownMaster if nothing was known of it at both.
    """
    points = [_point(work, domain_name, master_id, times) for times in (before, after)]
    _check(master_id, points)
    sight = sight_of(work.actor, points[0].found.domain)
    for point in points:
        if point.found.version is not None:
            check_sight(sight, point.in_question, master_id)
    old, new = (_at(sight, point) for point in points)
    links_before, links_after = ({(link.source, link.key): link for link in point.links} for point in points)
    return Difference(
        domain=sight.domain.name,
        before=points[0].side,
        after=points[1].side,
        attributes=differing(old, new),
        masked=sorted({*old.masked, *new.masked}),
        linked=[link for name, link in links_after.items() if name not in links_before],
        unlinked=[link for name, link in links_before.items() if name not in links_after],
        deleted=[
            link
            for name, link in links_after.items()
            if link.deleted_at and name in links_before and not links_before[name].deleted_at
        ],
        between=_between(work, points),
    )


def diff_timelines(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    before: datetime | None,
    after: datetime | None = None,
) -> TimelineDifference:
    """Return over which valid time what was known at one time differs from what was known at another (None: now).

    Slices at sites out of the actor's sight are taken for what is the same.
    """
    points = [_point(work, domain_name, master_id, Times(known_at=known_at)) for known_at in (before, after)]
    _check(master_id, points)
    sight = sight_of(work.actor, points[0].found.domain)
    check_sight(sight, [s for point in points for s in point.found.stretches], master_id)
    old, new = ([_shown(sight, s) for s in point.found.stretches] for point in points)
    visible = [s for point in points for s in point.found.stretches if sight.reaches([s.attributes])]
    return TimelineDifference(
        domain=sight.domain.name,
        before=points[0].side,
        after=points[1].side,
        stretches=differing_stretches(old, new),
        masked=sorted({name for s in visible for name in shown(sight, s).masked}),
        between=_between(work, points),
    )


def _point(work: Work, domain_name: str, master_id: UUID, times: Times) -> _Point:
    found = known(work, domain_name, master_id, known_at=times.known_at)
    instant, version = times.instant(work.now), found.version
    if version is None:
        return _Point(Side(master_id, instant), found, (), [])
    stretch = intervals.first_at(found.stretches, instant)
    side = Side(
        master_id=version.master_id,
        valid_at=instant,
        version=version.version,
        status=version.status,
        recorded_at=version.recorded_at,
        release=version.release,
    )
    links = crosswalk(work, found.domain, version, known_at=times.known_at)
    return _Point(side, found, found.stretches if stretch is None else [stretch], links)


def _check(master_id: UUID, points: Sequence[_Point]) -> None:
    if all(point.found.version is None for point in points):
        domain = points[0].found.domain.name
        raise UnknownMaster(f"The {domain} {master_id} was not yet known then.", hint="Ask for a later known_at.")


def _at(sight: Sight, point: _Point) -> Shown:
    """Return the slice in force at a point, as the actor sees it."""
    stretch = intervals.first_at(point.in_question, point.side.valid_at)
    return NOWHERE if stretch is None else shown(sight, stretch)


def _shown(sight: Sight, stretch: Row) -> Shown:
    """Return a slice as the actor sees it, with everything masked if it is out of sight."""
    if sight.reaches([stretch.attributes]):
        return shown(sight, stretch)
    return Shown(stretch.valid_from, stretch.valid_to, {}, {}, list(sight.domain.attributes))


def _between(work: Work, points: Sequence[_Point]) -> Between:
    """Return the versions of the masters in question that were recorded after one point and by the other."""
    recorded = [point.side.recorded_at for point in points]
    times = sorted(time for time in recorded if time is not None)
    found = golden_history.versions_between(
        work.session,
        {point.side.master_id for point in points},
        after=None if None in recorded else times[0],
        until=times[-1],
        limit=MOST_VERSIONS + 1,
    )
    return Between(found[:MOST_VERSIONS], cut=len(found) > MOST_VERSIONS)

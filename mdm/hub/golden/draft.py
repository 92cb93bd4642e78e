"""What a rebuilt master becomes: its versions, slices and what is kept back, before anything is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.hub.announce import Cause, Change, Linked
from mdm.hub.approval import Guarded, Held, guard
from mdm.hub.approval.guard import Case, Stretch, changed_units
from mdm.hub.golden.claims import claims_of
from mdm.hub.golden.occasions import BOUNDARY, Occasion, next_occasion
from mdm.hub.golden.timeline import Announced, Replacement, announced, at, first_difference, replacement
from mdm.hub.golden.touched import Touched
from mdm.store.rows import Row
from survivorship import Override, Rebuilt
from survivorship.intervals import bounds_within

TICK = timedelta(microseconds=1)
EFFECTIVE = "golden.effective"


@dataclass(frozen=True, slots=True)
class Permit:
    """Units whose change is approved (None: all), and how the version says so."""

    units: frozenset[str] | None
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What is stored about a master; `baseline` is the timeline that owners approved last.

    `planned` are the causes of boundaries that have been reached, by the version that announced the slice.
    """

    links: Sequence[Row] = ()
    stored: Sequence[Row] = ()
    overrides: Sequence[Row] = ()
    held: Sequence[Held] = ()
    baseline: Sequence[Stretch] = ()
    planned: Mapping[int, Cause] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rebuilt master before it is written; without `changes` nothing is to be announced."""

    master: Touched
    found: Found
    case: Case
    version: int
    recorded_at: datetime
    status: str
    guarded: Guarded
    slices: Replacement
    due: Occasion | None
    approval: dict[str, Any] | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def rebuilt(self) -> Rebuilt:
        """The golden record as it is to be stored."""
        return self.guarded.rebuilt


def case_of(domain: Domain, links: Sequence[Row], overrides: Sequence[Row], *, evaluated_at: datetime) -> Case:
    """Return what survivorship decides on: the claims of the linked records, and what stewards pinned."""
    inherited = frozenset(str(row.id) for row in overrides if row.made_on != row.master_id)
    return Case(claims_of(links), domain.policy, [_override(row) for row in overrides], evaluated_at, inherited)


def evaluate(
    domain: Domain,
    links: Sequence[Row],
    overrides: Sequence[Row] = (),
    held: Sequence[Held] = (),
    *,
    evaluated_at: datetime,
) -> Rebuilt:
    """Let the values of a master survive: a pure function of claims, overrides, holds, policy and time."""
    return case_of(domain, links, overrides, evaluated_at=evaluated_at).rebuilt(held)


def draft(
    domain: Domain, master: Touched, found: Found, *, cause: Cause, now: datetime, permit: Permit | None = None
) -> Draft:
    """Rebuild one master and find out what differs from what is stored."""
    case = case_of(domain, found.links, found.overrides, evaluated_at=now)
    guarded = _guarded(domain, master, found, case, permit)
    slices, old = guarded.rebuilt.slices, announced(found.stored)
    instants = _instants(master, now)
    numbers = count(master.version + 1)
    changes = [
        _crossing(master, found, old, boundary, version=next(numbers), recorded_at=next(instants), cause=cause)
        for boundary in _crossed(master, old, now)
    ]
    recorded_at = next(instants)
    status = _status(master, found.links, now=recorded_at)
    new = announced(slices)
    if master.moved or status != master.status or old != new:
        changes.append(
            _change(master, found.links, old, slices, status, version=next(numbers), now=recorded_at, cause=cause)
        )
    last = changes[-1] if changes else None
    version = last.version if last else master.version
    return Draft(
        master=master,
        found=found,
        case=case,
        version=version,
        recorded_at=last.recorded_at if last else master.recorded_at or recorded_at,
        status=status,
        guarded=guarded,
        slices=replacement(found.stored, slices, version=version),
        due=next_occasion(
            guarded.rebuilt,
            master_id=master.id,
            links=found.links,
            overrides=found.overrides,
            spread=timedelta(hours=domain.due.spread_hours),
            now=now,
        ),
        approval=_approval(domain, master, found, slices, permit, now=now),
        changes=changes,
    )


def _override(row: Row) -> Override:
    return Override(
        id=str(row.id),
        attribute=row.attribute,
        value=row.value,
        std=row.std,
        made_at=row.made_at,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        reason=row.reason,
        expires_at=row.expires_at,
        agreement=None if row.agreement is None else tuple(row.agreement),
    )


def _guarded(domain: Domain, master: Touched, found: Found, case: Case, permit: Permit | None) -> Guarded:
    """Keep back what needs approval; on a master that is merged away nothing waits any longer."""
    if master.merged_into is not None:
        return Guarded(case.rebuilt(()), ())
    units = _guarded_units(domain, master, permit)
    return guard(case, baseline=found.baseline, units=units, standing=found.held)


def _guarded_units(domain: Domain, master: Touched, permit: Permit | None) -> frozenset[str]:
    """Return the units in which nothing may change without approval."""
    if master.merged_into is not None or (permit is not None and permit.units is None):
        return frozenset()
    guarded = domain.creation if master.version == 0 else domain.critical
    return guarded - permit.units if permit is not None and permit.units else guarded


def _approval(
    domain: Domain,
    master: Touched,
    found: Found,
    slices: Sequence[Stretch],
    permit: Permit | None,
    *,
    now: datetime,
) -> dict[str, Any] | None:
    """Say which guarded units changed and who allowed it; None where nothing guarded changed."""
    units = _guarded_units(domain, master, None)
    changed = changed_units(domain.policy, units, found.baseline, slices, now=now)
    if not changed:
        return None
    return {"units": sorted(changed), **(permit.document if permit is not None else {})}


def _instants(master: Touched, now: datetime) -> Iterator[datetime]:
    """Yield instants to record at: now, but always after what is recorded."""
    instant = now if master.recorded_at is None else max(now, master.recorded_at + TICK)
    while True:
        yield instant
        instant += TICK


def _crossed(master: Touched, timeline: Sequence[Announced], now: datetime) -> list[datetime]:
    """Return the starts and ends of slices that were reached since the master was evaluated last, in order."""
    since = master.evaluated_at
    if since is None:
        return []
    return bounds_within(timeline, since, now)


def begins_or_ends(master: Touched, stretch: Row, now: datetime) -> bool:
    """Tell whether a slice has begun or ended since its master was evaluated last."""
    since = master.evaluated_at
    return since is not None and bool(bounds_within([stretch], since, now))


def _crossing(
    master: Touched,
    found: Found,
    timeline: Sequence[Announced],
    boundary: datetime,
    *,
    version: int,
    recorded_at: datetime,
    cause: Cause,
) -> Change:
    """Announce that a boundary of valid time has been reached: the state it begins is in force."""
    reached = next((s for s in found.stored if s.valid_from == boundary), None) or next(
        (s for s in found.stored if s.valid_to == boundary), None
    )
    planned = found.planned.get(reached.from_version) if reached is not None else None
    return Change(
        event_id=new_id(),
        type=EFFECTIVE,
        master_id=master.id,
        version=version,
        recorded_at=recorded_at,
        status=master.status,
        merged_into=None,
        absorbed=(),
        split_to=(),
        links=_links_before(master, found.links),
        timeline=[s for s in found.stored if s.valid_to is None or s.valid_to > boundary],
        effective_at=boundary,
        before=at(timeline, boundary - TICK),
        after=at(timeline, boundary),
        cause=planned or replace(cause, kind=BOUNDARY, deliveries=()),
    )


def _links_before(master: Touched, links: Sequence[Row]) -> list[Linked]:
    """Return the crosswalk as it was before this rebuild moved records."""
    return [
        Linked(link.record_id, link.source, link.source_key, link.link_no, link.linked or link.record_id in master.left)
        for link in links
        if link.record_id not in master.joined
    ]


def _change(
    master: Touched,
    links: Sequence[Row],
    old: Sequence[Announced],
    slices: Sequence[Stretch],
    status: str,
    *,
    version: int,
    now: datetime,
    cause: Cause,
) -> Change:
    new = announced(slices)
    effective_at, before, after = first_difference(old, new, now=now)
    return Change(
        event_id=new_id(),
        type=_event_type(master, status, differs=master.restored or old != new or status != master.status),
        master_id=master.id,
        version=version,
        recorded_at=now,
        status=status,
        merged_into=master.merged_into,
        absorbed=master.absorbed,
        split_to=master.split_to,
        links=links,
        timeline=[s for s in slices if s.valid_to is None or s.valid_to > now],
        effective_at=effective_at,
        before=before,
        after=after,
        cause=cause,
    )


def _status(master: Touched, links: Sequence[Row], *, now: datetime) -> str:
    if master.merged_into is not None:
        return "merged"
    if master.retired_at is not None:
        return "retired"
    ended = [link.ended_at for link in links if link.linked]
    return "orphaned" if all(end is not None and end <= now for end in ended) else "active"


def _event_type(master: Touched, status: str, *, differs: bool) -> str:
    if master.merged_into is not None:
        return "identity.merged"
    if master.split_to:
        return "identity.split"
    if status == "retired" != master.status:
        return "identity.retired"
    return "golden.changed" if differs else "identity.linked"

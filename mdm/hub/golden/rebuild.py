"""Rebuilding golden records: from links and claims to versions, slices and events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.hub import announce
from mdm.hub.announce import Cause, Change
from mdm.hub.golden.claims import claims_of
from mdm.hub.golden.timeline import Replacement, announced, at, first_difference, replacement
from mdm.hub.golden.touched import Touched
from mdm.store import golden
from mdm.store.rows import Row
from mdm.store.work import Work
from survivorship import Rebuilt
from survivorship import rebuild as survive

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rebuilt master before it is written; `change` is None where nothing is to be announced."""

    master: Touched
    version: int
    recorded_at: datetime
    status: str
    rebuilt: Rebuilt
    slices: Replacement
    change: Change | None


def rebuild(
    work: Work, domain: Domain, touched: Mapping[UUID, Touched], *, causes: Mapping[UUID, Cause]
) -> dict[UUID, str]:
    """Rebuild locked masters, write what differs and put one event each into the outbox; returns their status."""
    links = golden.links(work.session, touched)
    stored = golden.current_slices(work.session, touched)
    now = work.now
    drafts = [
        draft(domain, m, links.get(m.id, []), stored.get(m.id, []), cause=causes[m.id], now=now)
        for m in touched.values()
    ]
    golden.write_masters(
        work.session, [_master_row(domain, d, now=now) for d in drafts], domain=domain.name, evaluated_at=now
    )
    golden.replace_slices(
        work.session,
        ended=[end for d in drafts for end in d.slices.ended],
        deleted=[gone for d in drafts for gone in d.slices.deleted],
        new=[_slice_row(d, s) for d in drafts for s in d.slices.new],
    )
    changes = [d.change for d in drafts if d.change is not None]
    golden.write_versions(work.session, [_version_row(change, now=now) for change in changes], release=domain.release)
    announce.append(work, domain, changes)
    return {d.master.id: d.status for d in drafts}


def evaluate(domain: Domain, links: Sequence[Row], *, evaluated_at: datetime) -> Rebuilt:
    """Let the values of a master survive: a pure function of claims, policy and time."""
    return survive(claims_of(links), domain.policy, evaluated_at=evaluated_at)


def draft(
    domain: Domain,
    master: Touched,
    links: Sequence[Row],
    stored: Sequence[Row],
    *,
    cause: Cause,
    now: datetime,
) -> Draft:
    """Rebuild one master and find out what differs from what is stored."""
    recorded_at = now if master.recorded_at is None else max(now, master.recorded_at + TICK)
    rebuilt = evaluate(domain, links, evaluated_at=now)
    status = _status(master, links, now=recorded_at)
    old, new = announced(stored), announced(rebuilt.slices)
    if not (master.moved or status != master.status or old != new):
        slices = replacement(stored, rebuilt.slices, version=master.version)
        return Draft(master, master.version, master.recorded_at or recorded_at, status, rebuilt, slices, None)
    version = master.version + 1
    effective_at, before, after = first_difference(old, new, now=recorded_at)
    change = Change(
        event_id=new_id(),
        type=_event_type(master, differs=old != new or status != master.status),
        master_id=master.id,
        version=version,
        recorded_at=recorded_at,
        status=status,
        merged_into=master.merged_into,
        absorbed=master.absorbed,
        split_to=master.split_to,
        links=links,
        timeline=[s for s in rebuilt.slices if s.valid_to is None or s.valid_to > recorded_at],
        effective_at=effective_at,
        before=before,
        after=after,
        cause=cause,
    )
    slices = replacement(stored, rebuilt.slices, version=version)
    return Draft(master, version, recorded_at, status, rebuilt, slices, change)


def _status(master: Touched, links: Sequence[Row], *, now: datetime) -> str:
    if master.merged_into is not None:
        return "merged"
    ended = [link.ended_at for link in links if link.linked]
    return "orphaned" if all(end is not None and end <= now for end in ended) else "active"


def _event_type(master: Touched, *, differs: bool) -> str:
    if master.merged_into is not None:
        return "identity.merged"
    if master.split_to:
        return "identity.split"
    return "golden.changed" if differs else "identity.linked"


def _master_row(domain: Domain, draft: Draft, *, now: datetime) -> dict[str, Any]:
    return {
        "id": draft.master.id,
        "status": draft.status,
        "merged_into": draft.master.merged_into,
        "version": draft.version,
        "recorded_at": draft.recorded_at,
        "due_at": draft.rebuilt.due_at,
        "retired_at": None,
        "search_text": domain.search_text(_shown(draft.rebuilt, now)),
    }


def _shown(rebuilt: Rebuilt, now: datetime) -> dict[str, Any]:
    """Return the attributes in force, or the first to come into force where none are."""
    slices = announced(rebuilt.slices)
    return at(slices, now) or (slices[-1].attributes if slices else {})


def _slice_row(draft: Draft, stretch: Any) -> dict[str, Any]:
    return {
        "master_id": draft.master.id,
        "valid_from": stretch.valid_from,
        "valid_to": stretch.valid_to,
        "from_version": draft.version,
        "attributes": stretch.attributes,
        "provenance": stretch.provenance,
    }


def _version_row(change: Change, *, now: datetime) -> dict[str, Any]:
    return {
        "master_id": change.master_id,
        "version": change.version,
        "recorded_at": change.recorded_at,
        "evaluated_at": now,
        "event_id": change.event_id,
        "event_type": change.type,
        "cause": {
            "kind": change.cause.kind,
            "deliveries": change.cause.deliveries,
            "correlation_id": change.cause.correlation_id,
        },
        "status": change.status,
        "merged_into": change.merged_into,
    }

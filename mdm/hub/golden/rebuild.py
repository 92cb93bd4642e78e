"""Rebuilding golden records: from links and claims to versions, slices, events and questions to owners."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.hub import announce
from mdm.hub.announce import Cause, Change
from mdm.hub.approval import Asked, Held, renew_requests
from mdm.hub.golden.cycles import break_cycles
from mdm.hub.golden.draft import TICK, Draft, Found, Permit, begins_or_ends, draft
from mdm.hub.golden.leading import keep_references
from mdm.hub.golden.occasions import BOUNDARY
from mdm.hub.golden.pins import ask_about_pins, concerned, end_agreed
from mdm.hub.golden.timeline import announced, at
from mdm.hub.golden.touched import Touched
from mdm.store import golden, resolution, stewardship
from mdm.store.rows import Row
from mdm.store.work import Work
from survivorship import Rebuilt


def rebuild(
    work: Work,
    domain: Domain,
    touched: Mapping[UUID, Touched],
    *,
    causes: Mapping[UUID, Cause],
    permits: Mapping[UUID, Permit] | None = None,
) -> dict[UUID, Draft]:
    """Rebuild locked masters, write what differs and put one event per version into the outbox.

    What needs approval and is not permitted is kept back, and its owners are asked.
    """
    work.hold_rules([domain])
    now = work.now
    work.origins |= {master: causes[master].correlation_id for master in touched}
    found = _find(work, touched, now=now)

    def drafted(master: UUID, held: Sequence[Held]) -> Draft:
        permit = _permit(causes[master], permits, master)
        known = replace(found[master], held=held)
        return draft(domain, touched[master], known, cause=causes[master], now=now, permit=permit)

    drafts = {master: drafted(master, found[master].held) for master in touched}
    if told := end_agreed(work, drafts, causes):
        causes = {**causes, **told}
        left = stewardship.overrides(work.session, told)
        found |= {master: replace(found[master], overrides=left.get(master, ())) for master in told}
        drafts |= {master: drafted(master, found[master].held) for master in told}
    if domain.hierarchy:
        drafts = break_cycles(work, domain, drafts, drafted)
    _write(work, domain, drafts.values(), now=now)
    _keep_back(work, domain, drafts.values(), causes, found)
    if reviewed := concerned(drafts, told):
        ask_about_pins(work, domain, reviewed)
    return drafts


def _permit(cause: Cause, permits: Mapping[UUID, Permit] | None, master_id: UUID) -> Permit | None:
    if permits is not None and master_id in permits:
        return permits[master_id]
    if cause.waiver is None:
        return None
    return Permit(None, {"waived": cause.waiver, "by": list(cause.actors)})


def _find(work: Work, touched: Mapping[UUID, Touched], *, now: datetime) -> dict[UUID, Found]:
    ids = touched.keys()
    links, stored = golden.links(work.session, ids), golden.current_slices(work.session, ids)
    overrides, holds = stewardship.overrides(work.session, ids), stewardship.holds(work.session, ids)
    planned = _planned(work, touched.values(), stored, now=now)
    return {
        m.id: Found(
            links=links.get(m.id, ()),
            stored=stored.get(m.id, ()),
            overrides=overrides.get(m.id, ()) if m.merged_into is None else (),
            held=[Held.of(row) for row in holds.get(m.id, ())],
            baseline=stored.get(m.id, ()) if not m.revived else _before_merge(work, m),
            planned={version: cause for (master, version), cause in planned.items() if master == m.id},
        )
        for m in touched.values()
    }


def _planned(
    work: Work, touched: Iterable[Touched], stored: Mapping[UUID, Sequence[Row]], *, now: datetime
) -> dict[tuple[UUID, int], Cause]:
    """Return the cause of every boundary that has been reached: the version that announced the slice it begins."""
    reached = {(m.id, s.from_version) for m in touched for s in stored.get(m.id, ()) if begins_or_ends(m, s, now)}
    return {
        (row.master_id, row.version): Cause.following(BOUNDARY, {**row.cause, "causation_id": f"event-{row.event_id}"})
        for row in golden.causes(work.session, sorted(reached))
    }


def _before_merge(work: Work, master: Touched) -> Sequence[Any]:
    """Return the timeline that a master had in the version before it was merged."""
    return golden.slices_at(work.session, master.id, master.version - 1)


def _write(work: Work, domain: Domain, drafts: Collection[Draft], *, now: datetime) -> None:
    for d in drafts:
        if len(d.changes) > 1 and d.master.moved:
            resolution.shift_links(work.session, d.master.id, version=d.master.version + 1, later=d.version)
    golden.write_masters(
        work.session, [_master_row(domain, d, now=now) for d in drafts], domain=domain.name, evaluated_at=now
    )
    golden.replace_slices(
        work.session,
        ended=[end for d in drafts for end in d.slices.ended],
        deleted=[gone for d in drafts for gone in d.slices.deleted],
        new=[_slice_row(d, s) for d in drafts for s in d.slices.new],
    )
    keep_references(work, domain, drafts)
    rows = [_version_row(d, change, now=now) for d in drafts for change in d.changes]
    golden.write_versions(work.session, rows, release=domain.release)
    announce.append(work, domain, [change for d in drafts for change in d.changes])


def _keep_back(
    work: Work,
    domain: Domain,
    drafts: Iterable[Draft],
    causes: Mapping[UUID, Cause],
    found: Mapping[UUID, Found],
) -> None:
    """Keep the holds that the drafts need, and renew the questions to the owners of what is kept back."""
    concerned = [d for d in drafts if d.guarded.held or found[d.master.id].held]
    if not concerned:
        return
    stored = {h.id: h for d in concerned for h in found[d.master.id].held}
    kept = {h.id for d in concerned for h in d.guarded.held}
    gone = [(h.id, _known_from(d)) for d in concerned for h in found[d.master.id].held if h.id not in kept]
    stewardship.end_holds(work.session, {id_: instant for id_, instant in gone if id_ is not None})
    passed = [(h, _known_from(d)) for d in concerned for h in d.guarded.held if h.id is not None]
    for h, instant in passed:
        if h.state != stored[h.id].state:
            stewardship.let_hold_pass(work.session, h.id, valid_to=h.valid_to, state=h.state, now=instant)
    # the first of several counts, and so must be the newest
    new = [_hold_row(d, h) for d in concerned for h in reversed(d.guarded.held) if h.id is None]
    stewardship.write_holds(work.session, new)
    asked = [Asked(d.master.id, d.guarded.held, causes[d.master.id]) for d in concerned]
    renew_requests(work, domain, asked)


def _known_from(draft: Draft) -> datetime:
    """Return the instant from which it is known what a draft keeps back: that of its version, if it has a new one."""
    return draft.recorded_at if draft.changes else max(draft.case.evaluated_at, draft.recorded_at + TICK)


def _hold_row(draft: Draft, held: Held) -> dict[str, Any]:
    return {
        "master_id": draft.master.id,
        "attribute": held.attribute,
        "std": held.std,
        "approved": held.approved,
        "record": held.record,
        "valid_from": held.valid_from,
        "valid_to": held.valid_to,
        "state": held.state,
        "request_id": held.request_id,
        "since": _known_from(draft),
    }


def _master_row(domain: Domain, draft: Draft, *, now: datetime) -> dict[str, Any]:
    return {
        "id": draft.master.id,
        "status": draft.status,
        "merged_into": draft.master.merged_into,
        "version": draft.version,
        "recorded_at": draft.recorded_at,
        "due_at": draft.due.at if draft.due else None,
        "due_reason": draft.due.reason if draft.due else None,
        "retired_at": draft.master.retired_at,
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


def _version_row(draft: Draft, change: Change, *, now: datetime) -> dict[str, Any]:
    cause = change.cause
    return {
        "master_id": change.master_id,
        "version": change.version,
        "recorded_at": change.recorded_at,
        "evaluated_at": now,
        "event_id": change.event_id,
        "event_type": change.type,
        "cause": {
            "kind": cause.kind,
            **cause.origin(),
            **({"by": cause.actors} if cause.kind in ("decision", "approval") else {}),
            **({"reason": cause.reason} if cause.reason else {}),
        },
        "status": change.status,
        "merged_into": change.merged_into,
        "approval": draft.approval if change is draft.changes[-1] else None,
    }

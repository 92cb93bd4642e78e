"""Queries on what people decide about values: overrides, holds and change requests."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import ChangeDecision, ChangeRequest, Hold, Override, Task

ByMaster = dict[UUID, list[Row]]


def overrides(session: Session, ids: Iterable[UUID]) -> ByMaster:
    """Return the overrides in force on each master, those of masters merged into it included."""
    return _by_master(run(session, "stewardship/read_overrides", ids=list(ids)))


def write_overrides(session: Session, rows: Sequence[dict[str, Any]], *, reason: str, by: str, now: datetime) -> None:
    """Pin values, in the place of earlier ones within the same valid time."""
    given = as_json(rows)
    run(session, "stewardship/end_pinned_before", rows=given, by=by, now=now)
    run(session, "stewardship/write_overrides", rows=given, reason=reason, by=by, now=now)


def change_pinned(session: Session, override_id: UUID, *, value: Any, std: Any) -> None:
    """Let a pinned reference lead to where what it names is now."""
    pinned = update(Override).where(col(Override.id) == override_id)
    session.connection().execute(pinned.values(value=value, std=std))


def end_overrides(session: Session, ids: Collection[UUID], *, by: str, now: datetime) -> None:
    """End overrides."""
    ended = update(Override).where(col(Override.id).in_(ids), col(Override.ended_at).is_(None))
    session.connection().execute(ended.values(ended_at=now, ended_by=by))


def end_agreed(
    session: Session, override_id: UUID, *, by: str, since: datetime | None, next_id: UUID, now: datetime
) -> None:
    """End an override; what is left of it before `since` (None: nothing) goes on under another id."""
    run(session, "stewardship/end_agreed", id=override_id, by=by, since=since, next_id=next_id, now=now)


def review_pinned(session: Session, override_id: UUID, *, at: datetime) -> None:
    """Have stewards asked about an override again at another time."""
    pinned = update(Override).where(col(Override.id) == override_id)
    session.connection().execute(pinned.values(review_at=at))


def holds(session: Session, ids: Iterable[UUID]) -> ByMaster:
    """Return what is kept back on each master."""
    return _by_master(run(session, "stewardship/read_holds", ids=list(ids)))


def holds_at(session: Session, master_id: UUID, known_at: datetime) -> Sequence[Row]:
    """Return what was kept back on a master at a recorded instant."""
    return run(session, "stewardship/read_holds_at", id=master_id, known_at=known_at)


def write_holds(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep values back: master_id, attribute, std, approved, record, valid_from, valid_to, state, request_id, since."""
    if rows:
        run(session, "stewardship/write_holds", rows=as_json(rows))


def let_hold_pass(
    session: Session, hold_id: int | None, *, valid_to: datetime | None, state: str, now: datetime
) -> None:
    """End the valid time of a hold and change its state."""
    run(session, "stewardship/let_hold_pass", id=hold_id, valid_to=valid_to, state=state, now=now)


def records_in_cycles(session: Session, *, domain: str, besides: Collection[UUID]) -> list[int]:
    """Return one record of each master whose parent is kept back because it would close a cycle."""
    found = run(session, "stewardship/find_records_in_cycles", domain=domain, besides=list(besides))
    return [row.record_id for row in found]


def end_holds(session: Session, ended: Mapping[int, datetime]) -> None:
    """Let go of values that are no longer kept back, each from an instant on."""
    if ended:
        run(session, "stewardship/end_holds", ids=list(ended), instants=list(ended.values()))


def assign_holds(session: Session, request_id: UUID, *, master_id: UUID, units: Collection[str]) -> None:
    """Note which change request the pending holds of these attributes belong to."""
    pending = update(Hold).where(
        col(Hold.master_id) == master_id,
        col(Hold.attribute).in_(units),
        col(Hold.state) == "pending",
        col(Hold.ended_at).is_(None),
    )
    session.connection().execute(pending.values(request_id=request_id))


def leave_the_past_held(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Keep the pending values of a change request back until now, for good."""
    run(session, "stewardship/leave_the_past_held", id=request_id, now=now)


def release_holds(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Let go of the values of a change request that still wait."""
    pending = update(Hold).where(
        col(Hold.request_id) == request_id, col(Hold.state) == "pending", col(Hold.ended_at).is_(None)
    )
    session.connection().execute(pending.values(ended_at=now))


def reject_holds(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Keep the values of a change request that still wait back for good."""
    run(session, "stewardship/reject_holds", id=request_id, now=now)


def open_requests(session: Session, ids: Iterable[UUID]) -> Sequence[Row]:
    """Return open change requests that sources caused: id, master_id, authors, digest, changes, deliveries, owner."""
    return run(session, "stewardship/read_open_requests", ids=list(ids))


def write_requests(
    session: Session, rows: Sequence[dict[str, Any]], *, domain: str, release: int, now: datetime
) -> None:
    """Open change requests or renew them, with one undecided decision for each of their `owners`."""
    if not rows:
        return
    run(session, "stewardship/write_requests", rows=as_json(rows), domain=domain, release=release, now=now)
    asked = [{"request_id": row["id"], "owner": owner} for row in rows for owner in row["owners"]]
    run(session, "stewardship/write_decisions", rows=as_json(asked))


def authors(session: Session, domain: str, *, said: Sequence[dict[str, Any]], pins: Collection[UUID]) -> Sequence[Row]:
    """Return who is behind what records said (source, key, said_at) and what was pinned: these, pin and author."""
    return run(session, "stewardship/find_authors", domain=domain, said=as_json(said), pins=list(pins))


def close_requests(session: Session, ids: Sequence[UUID], *, state: str, now: datetime) -> None:
    """Close change requests that are still open."""
    if ids:
        run(session, "stewardship/close_requests", ids=list(ids), state=state, now=now)


def request(session: Session, request_id: UUID, *, lock: bool = False) -> ChangeRequest | None:
    """Return one change request."""
    wanted = select(ChangeRequest).where(col(ChangeRequest.id) == request_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).first()


def decisions(session: Session, request_id: UUID) -> Sequence[ChangeDecision]:
    """Return what the owners said about a change request, by owner."""
    asked = select(ChangeDecision).where(col(ChangeDecision.request_id) == request_id)
    return list(session.scalars(asked.order_by(col(ChangeDecision.owner))))


def requests(
    session: Session, *, domains: Collection[str] | None, state: str | None, after: UUID | None, limit: int
) -> Sequence[ChangeRequest]:
    """Return change requests in id order, which is the order of their making."""
    page = select(ChangeRequest).order_by(col(ChangeRequest.id)).limit(limit)
    if domains is not None:
        page = page.where(col(ChangeRequest.domain).in_(domains))
    if state is not None:
        page = page.where(col(ChangeRequest.state) == state)
    if after is not None:
        page = page.where(col(ChangeRequest.id) > after)
    return list(session.scalars(page))


def open_tasks(session: Session, masters: Collection[UUID]) -> set[UUID]:
    """Return the open tasks that concern masters."""
    concerned = or_(col(Task.master_id).in_(masters), col(Task.other_id).in_(masters))
    return set(session.scalars(select(col(Task.id)).where(col(Task.closed_at).is_(None), concerned)))


def still_open(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Return those of the tasks that are open."""
    return set(session.scalars(select(col(Task.id)).where(col(Task.id).in_(ids), col(Task.closed_at).is_(None))))


def approval_tasks(
    session: Session, requests: Collection[UUID], *, owners: Collection[str] | None = None
) -> list[UUID]:
    """Return the open tasks of change requests, or those for some owners; their topics are `<request>/<owner>`."""
    if not requests:
        return []
    asked = or_(*(col(Task.topic).startswith(f"{request_id}/") for request_id in requests))
    if owners is not None:
        asked = and_(asked, col(Task.owner).in_(owners))
    is_open = select(col(Task.id)).where(col(Task.closed_at).is_(None), col(Task.kind) == "approval", asked)
    return list(session.scalars(is_open))


def _by_master(rows: Iterable[Row]) -> ByMaster:
    grouped: ByMaster = defaultdict(list)
    for row in rows:
        grouped[row.master_id].append(row)
    return grouped

"""Queries on what is held of what sources send singly, and on the windows they are watched through."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Delivery, SourceHold, SourceWindow


@dataclass(frozen=True, slots=True)
class Counted:
    """What single messages of a source did to the records of a domain; `senders` delivered those that did anything."""

    source: str
    domain: str
    records: int
    changed: int
    deleted: int
    blanked: int
    senders: frozenset[str] = frozenset()


def standing(session: Session) -> Sequence[SourceHold]:
    """Return the holds that somebody must decide about; rows as they are, unlocked."""
    return list(session.scalars(select(SourceHold).where(col(SourceHold.state) == "held")))


def undecided(session: Session, about: Collection[tuple[str, str]]) -> Sequence[SourceHold]:
    """Return what is held of these sources and domains; nobody decides about it until the transaction ends."""
    sent = tuple_(col(SourceHold.source), col(SourceHold.domain)).in_(sorted(about))
    held = select(SourceHold).where(col(SourceHold.state) == "held", sent).order_by(col(SourceHold.id))
    return list(session.scalars(held.with_for_update(read=True)))


def add(session: Session, hold: SourceHold) -> bool:
    """Hold what a source sends about a domain; False if it is held already."""
    new = insert(SourceHold).values(hold.model_dump()).on_conflict_do_nothing()
    return session.connection().execute(new.returning(col(SourceHold.id))).scalar() is not None


def get(session: Session, hold_id: UUID, *, lock: bool = False) -> SourceHold | None:
    """Return a hold, or None."""
    return session.get(SourceHold, hold_id, with_for_update=lock or None)


def page(
    session: Session, *, state: str | None, scope: Collection[str] | None, before: UUID | None, limit: int
) -> Sequence[SourceHold]:
    """Return holds, newest first; `scope` limits them to these domains."""
    newest = select(SourceHold).order_by(col(SourceHold.id).desc()).limit(limit)
    if state is not None:
        newest = newest.where(col(SourceHold.state) == state)
    if scope is not None:
        newest = newest.where(col(SourceHold.domain).in_(sorted(scope)))
    if before is not None:
        newest = newest.where(col(SourceHold.id) < before)
    return list(session.scalars(newest))


def keep_back(session: Session, held: Collection[tuple[int, UUID]], *, now: datetime) -> None:
    """End deliveries as held by (delivery id, hold id)."""
    ids, hold_ids = zip(*held, strict=True)
    run(session, "ingest/hold_deliveries", ids=list(ids), hold_ids=list(hold_ids), now=now)


def bring_to(session: Session, hold_id: UUID, state: str, *, ended_at: datetime | None) -> None:
    """Bring what a hold keeps back to another state."""
    run(session, "ingest/end_held", hold_id=hold_id, state=state, ended_at=ended_at)


def senders(session: Session, hold_id: UUID) -> set[str]:
    """Return who delivered what a hold keeps back."""
    by = select(col(Delivery.delivered_by)).where(col(Delivery.hold_id) == hold_id, col(Delivery.state) == "held")
    return set(session.connection().execute(by.distinct()).scalars())


def count(session: Session, counted: Sequence[Counted], *, now: datetime) -> None:
    """Add to the counts of this minute."""
    run(
        session,
        "ingest/count_in_windows",
        now=now,
        sources=[one.source for one in counted],
        domains=[one.domain for one in counted],
        records=[one.records for one in counted],
        changed=[one.changed for one in counted],
        deleted=[one.deleted for one in counted],
        blanked=[one.blanked for one in counted],
        senders=[json.dumps(sorted(one.senders)) for one in counted],
    )


def window(session: Session, *, source: str, domain: str, since: datetime) -> Row:
    """Return the sums of a window: records, changed, deleted, blanked; and `senders`, who had a part in it."""
    (found,) = run(session, "ingest/read_window", source=source, domain=domain, since=since)
    return found


def forget_window(session: Session, *, source: str, domain: str) -> None:
    """Begin a new window."""
    of_both = (col(SourceWindow.source) == source, col(SourceWindow.domain) == domain)
    session.connection().execute(delete(SourceWindow).where(*of_both))


def forget_windows(session: Session, *, before: datetime) -> None:
    """Forget minutes that no window reaches back to."""
    session.connection().execute(delete(SourceWindow).where(col(SourceWindow.minute) < before))

"""Queries on what came of deliveries and decisions, and on how long it took."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import (
    Action,
    ChangeRequest,
    Crosswalk,
    Delivery,
    GoldenVersion,
    PropagationCount,
    PropagationMark,
    Task,
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a trace is asked for by: its correlation id, and the one delivery in it, if that alone is meant."""

    correlation_id: str
    delivery_id: int | None = None


def take_mark(session: Session) -> datetime | None:
    """Lock and return until when events have been measured; None while somebody else is measuring."""
    rows = run(session, "tracing/take_mark")
    return rows[0].measured_until if rows else None


def measure(
    session: Session, *, subjects: str, since: datetime, bounds: Sequence[float], untimely: Collection[str], size: int
) -> int:
    """Measure up to `size` published events that were not measured yet, and return how many there were.

    `bounds` (seconds) ascend and end with infinity; `untimely` are domain/source whose times are not trusted.
    """
    mirrored = [-bound for bound in reversed(bounds)]
    given = {"subjects": f"{subjects}%", "since": since, "mirrored": mirrored, "untimely": list(untimely)}
    return int(run(session, "tracing/measure", **given, size=size)[0].measured)


def unmeasured_since(session: Session, *, subjects: str) -> datetime | None:
    """Return when the first event was published that has not been measured, None: all have been."""
    rows = run(session, "tracing/find_unmeasured", subjects=f"{subjects}%")
    return rows[0].since if rows else None


def measured_until(session: Session) -> datetime:
    """Return until when events have been measured."""
    return session.connection().execute(select(col(PropagationMark.measured_until))).scalar_one()


def counts(session: Session) -> Sequence[PropagationCount]:
    """Return how many events took how long, per domain and stage, the shortest first."""
    ordered = (col(PropagationCount.domain), col(PropagationCount.stage), col(PropagationCount.bound))
    return list(session.scalars(select(PropagationCount).order_by(*ordered)))


def percentiles(
    session: Session, *, domains: Collection[str] | None, source: str | None, since: datetime, until: datetime
) -> Sequence[Row]:
    """Return per stage of what was published in a time: stage, events, skewed, seconds (median, 95 %, 99 %, most)."""
    given = {"domains": None if domains is None else sorted(domains), "source": source}
    return run(session, "tracing/read_percentiles", **given, since=since, until=until)


def waiting(session: Session, *, subjects: str, domains: Collection[str] | None, source: str | None) -> Sequence[Row]:
    """Return what has not come through its stage yet: stage, n, since."""
    given = {"domains": None if domains is None else sorted(domains), "source": source}
    return run(session, "tracing/read_waiting", **given, subjects=f"{subjects}%")


def correlation_of(session: Session, kind: str, number: UUID | int) -> str | None:
    """Return the correlation id of a delivery, event, request or action, None if there is none of that number."""
    found: dict[str, Any] = {
        "delivery": select(col(Delivery.correlation_id)).where(col(Delivery.id) == number),
        "event": select(col(GoldenVersion.cause)["correlation_id"].as_string()).where(
            col(GoldenVersion.event_id) == number
        ),
        "request": select(col(ChangeRequest.correlation_id)).where(col(ChangeRequest.id) == number),
        "action": select(col(Action.correlation_id)).where(col(Action.id) == number),
    }
    return session.scalars(found[kind]).first()


def deliveries(session: Session, place: Place, *, limit: int) -> Sequence[Row]:
    """Return the deliveries of a trace, in the order of their numbers."""
    given = {"correlation_id": place.correlation_id, "id": place.delivery_id}
    return run(session, "tracing/read_deliveries", **given, limit=limit)


def masters_of(session: Session, records: Collection[int]) -> set[UUID]:
    """Return the masters that records are or were linked to."""
    linked = select(col(Crosswalk.master_id)).where(col(Crosswalk.record_id).in_(records)).distinct()
    return set(session.scalars(linked))


def versions(session: Session, place: Place, found: Sequence[Row], *, subjects: str, limit: int) -> Sequence[Row]:
    """Return the versions that came of a trace, of which these deliveries were found, in order of time."""
    return run(
        session,
        "tracing/read_versions",
        correlation_id=place.correlation_id,
        id=place.delivery_id,
        records=[row.record_id for row in found if row.record_id is not None],
        deliveries=[row.id for row in found],
        since=min((row.received_at for row in found), default=None),
        subjects=subjects,
        limit=limit,
    )


def requests(
    session: Session, place: Place, *, deliveries: Collection[int], masters: Collection[UUID], limit: int
) -> Sequence[Row]:
    """Return the change requests that came of a trace, one row for every owner of each."""
    given = {"correlation_id": place.correlation_id, "id": place.delivery_id}
    concerned = {"deliveries": list(deliveries), "masters": list(masters)}
    return run(session, "tracing/read_requests", **given, **concerned, limit=limit)


def tasks(session: Session, place: Place, *, masters: Collection[UUID] | None, limit: int) -> Sequence[Task]:
    """Return the tasks that were opened in a trace, of some masters alone if they are given."""
    opened = select(Task).where(col(Task.correlation_id) == place.correlation_id)
    if masters is not None:
        opened = opened.where(or_(col(Task.master_id).in_(masters), col(Task.other_id).in_(masters)))
    return list(session.scalars(opened.order_by(col(Task.created_at), col(Task.id)).limit(limit)))


def actions(session: Session, correlation_id: str, *, limit: int) -> Sequence[Action]:
    """Return the actions that were logged in a trace, in order of time."""
    logged = select(Action).where(col(Action.correlation_id) == correlation_id)
    return list(session.scalars(logged.order_by(col(Action.at), col(Action.id)).limit(limit)))

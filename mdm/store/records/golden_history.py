"""Queries on golden records at past recorded times, and on all they ever were."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import ChangeDecision, ChangeRequest, GoldenVersion


def master_of(session: Session, name: RecordName, *, known_at: datetime) -> UUID | None:
    """Return the master a source record was linked to at a recorded time, or None."""
    given = {"domain": name.domain, "source": name.source, "key": name.key}
    rows = run(session, "golden/history/find_master_of_record", **given, known_at=known_at)
    return rows[0].master_id if rows else None


def masters(
    session: Session, *, domain: str, known_at: datetime | None, after: UUID | None, limit: int
) -> Sequence[Row]:
    """Return masters in id order as they were known: id, version, status (None: not yet known)."""
    return run(session, "golden/history/list_masters", domain=domain, known_at=known_at, after=after, limit=limit)


def timelines(session: Session, versions: Mapping[UUID, int]) -> dict[UUID, list[Row]]:
    """Return the timeline of one version of each master: valid_from, valid_to, attributes."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    given = {"ids": list(versions), "versions": list(versions.values())}
    for row in run(session, "golden/history/read_timelines", **given):
        found[row.master_id].append(row)
    return found


def versions_between(
    session: Session, ids: Collection[UUID], *, after: datetime | None, until: datetime, limit: int
) -> list[GoldenVersion]:
    """Return the versions of masters recorded after one time until another, newest first."""
    recorded = col(GoldenVersion.recorded_at)
    between = select(GoldenVersion).where(col(GoldenVersion.master_id).in_(ids), recorded <= until)
    if after is not None:
        between = between.where(recorded > after)
    return list(session.exec(between.order_by(recorded.desc(), col(GoldenVersion.version).desc()).limit(limit)))


def versions(session: Session, master_id: UUID, numbers: Collection[int]) -> dict[int, GoldenVersion]:
    """Return versions of a master by number."""
    wanted = select(GoldenVersion).where(
        col(GoldenVersion.master_id) == master_id, col(GoldenVersion.version).in_(numbers)
    )
    return {version.version: version for version in session.exec(wanted)}


def attributes(session: Session, master_id: UUID, names: Sequence[str]) -> Sequence[Row]:
    """Return what every slice says of attributes.

    Columns: valid_from, valid_to, from_version, until_version, attributes (None where none of them has a value), and
    origin, the provenance of the first that has one.
    """
    return run(session, "golden/history/read_attributes", id=master_id, names=list(names))


def holds(session: Session, master_id: UUID, unit: str, *, limit: int) -> Sequence[Row]:
    """Return what was ever kept back of an attribute or group of a master, the newest first."""
    return run(session, "golden/history/read_holds", id=master_id, unit=unit, limit=limit)


def requests(session: Session, ids: Collection[UUID]) -> dict[UUID, tuple[ChangeRequest, list[ChangeDecision]]]:
    """Return change requests by id, each with what its owners said, by owner."""
    if not ids:
        return {}
    found = {r.id: r for r in session.exec(select(ChangeRequest).where(col(ChangeRequest.id).in_(ids)))}
    said = select(ChangeDecision).where(col(ChangeDecision.request_id).in_(found)).order_by(col(ChangeDecision.owner))
    decisions = defaultdict(list)
    for decision in session.exec(said):
        decisions[decision.request_id].append(decision)
    return {request_id: (request, decisions[request_id]) for request_id, request in found.items()}


def events(session: Session, master_id: UUID, subject: str, *, before: int | None, limit: int) -> Sequence[Row]:
    """Return the events of a master, newest first, below a version.

    Columns: version, event_id, event_type, recorded_at, status, release, published_at, stream_sequence (None: not in
    the stream), waits, attempts, last_error.
    """
    return run(session, "golden/history/read_events", id=master_id, subject=subject, before=before, limit=limit)

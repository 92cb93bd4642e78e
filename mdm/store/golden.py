"""Queries on masters, their links, slices and versions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlmodel import Session, col

from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import GoldenVersion, Master


class Ended(NamedTuple):
    """A slice that stops being part of its master from `version` on."""

    id: int
    version: int


def masters(session: Session, ids: Iterable[UUID]) -> dict[UUID, Master]:
    """Return the masters with these ids."""
    wanted = select(Master).where(col(Master.id).in_(list(ids)))
    return {m.id: m for m in session.scalars(wanted)}


def domain_of(session: Session, master_id: UUID) -> str | None:
    """Return the domain of a master, None if there is none with this id."""
    return session.scalars(select(col(Master.domain)).where(col(Master.id) == master_id)).first()


def links(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """Return every link each master has or had, in order of source and key."""
    return _by_master(run(session, "golden/read_links", ids=list(ids)))


def current_slices(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Row]]:
    """Return the slices of each master's newest version, in time order."""
    return _by_master(run(session, "golden/read_current_slices", ids=list(ids)))


def _by_master(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    grouped: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.master_id].append(row)
    return grouped


def write_masters(session: Session, rows: Sequence[dict[str, Any]], *, domain: str, evaluated_at: datetime) -> None:
    """Insert masters or bring them to their next version."""
    if rows:
        run(session, "golden/write_masters", rows=as_json(rows), domain=domain, evaluated_at=evaluated_at)


def replace_slices(
    session: Session, *, ended: Sequence[Ended], deleted: Sequence[int], new: Sequence[dict[str, Any]]
) -> None:
    """End slices at a version, delete those that version replaces, and write the new ones."""
    if ended:
        ids, versions = zip(*ended, strict=True)
        run(session, "golden/close_slices", ids=list(ids), versions=list(versions))
    if deleted:
        run(session, "golden/delete_slices", ids=list(deleted))
    if new:
        run(session, "golden/write_slices", rows=as_json(new))


def write_versions(session: Session, rows: Sequence[dict[str, Any]], *, release: int) -> None:
    """Keep announced versions."""
    if rows:
        run(session, "golden/write_versions", rows=as_json(rows), release=release)


def version_at(session: Session, master_id: UUID, known_at: datetime | None) -> Row | None:
    """Return the newest version recorded no later than `known_at` (None: the newest of all), with its master's domain.

    Columns: master_id, domain, version, recorded_at, evaluated_at, event_id, event_type, release, status, merged_into.
    """
    rows = run(session, "golden/read_version_at", id=master_id, known_at=known_at)
    return rows[0] if rows else None


def versions(
    session: Session, master_id: UUID, *, known_at: datetime | None, before: int | None, limit: int
) -> list[GoldenVersion]:
    """Return versions of a master, newest first, recorded by `known_at` and below `before`."""
    page = select(GoldenVersion).where(col(GoldenVersion.master_id) == master_id)
    if known_at is not None:
        page = page.where(col(GoldenVersion.recorded_at) <= known_at)
    if before is not None:
        page = page.where(col(GoldenVersion.version) < before)
    return list(session.scalars(page.order_by(col(GoldenVersion.version).desc()).limit(limit)))


def causes(session: Session, versions: Sequence[tuple[UUID, int]]) -> Sequence[Row]:
    """Return why versions (master id, version) were announced: master_id, version, event_id, cause."""
    if not versions:
        return ()
    place = tuple_(col(GoldenVersion.master_id), col(GoldenVersion.version))
    columns = (GoldenVersion.master_id, GoldenVersion.version, GoldenVersion.event_id, GoldenVersion.cause)
    return session.connection().execute(select(*map(col, columns)).where(place.in_(versions))).all()


def slices_at(session: Session, master_id: UUID, version: int) -> Sequence[Row]:
    """Return the timeline of one version: valid_from, valid_to, attributes, provenance."""
    return run(session, "golden/read_slices_at", id=master_id, version=version)


def links_at(
    session: Session, master_id: UUID, version: int, *, known_at: datetime | None, untimely: Sequence[str]
) -> Sequence[Row]:
    """Return the crosswalk of one version: source, source_key, link_no, reason, ended_at (None: not deleted by then).

    `untimely` are the sources whose times are not trusted.
    """
    return run(
        session, "golden/read_links_at", id=master_id, version=version, known_at=known_at, untimely=list(untimely)
    )


def aliases(session: Session, master_id: UUID, known_at: datetime | None) -> list[UUID]:
    """Return every id that was merged into this master by `known_at` (None: now), directly or through others."""
    return [r.id for r in run(session, "golden/read_aliases", id=master_id, known_at=known_at)]


def search(
    session: Session,
    *,
    domain: str,
    patterns: list[str],
    after: UUID | None,
    limit: int,
    site: str | None = None,
    sites: Iterable[str] = (),
) -> Sequence[Row]:
    """Return live masters (id, version, status) whose search text contains every pattern, in id order.

    If `site` is given, those alone whose attribute of this name is one of `sites`.
    """
    longest = max(patterns, key=len, default="%")  # the one that the index looks for
    given = {"domain": domain, "longest": longest, "patterns": patterns, "after": after, "limit": limit}
    if site is None:
        return run(session, "golden/search_masters", **given)
    return run(session, "golden/search_masters_at_sites", **given, site=site, sites=list(sites))


def master_of(session: Session, name: RecordName) -> UUID | None:
    """Return the master a source record is linked to now, or None."""
    rows = run(session, "golden/find_master_of_record", domain=name.domain, source=name.source, key=name.key)
    return rows[0].master_id if rows else None


def count_masters(session: Session) -> dict[tuple[str, str], int]:
    """Count masters per (domain, status)."""
    counted = select(col(Master.domain), col(Master.status), func.count().label("n")).group_by(
        col(Master.domain), col(Master.status)
    )
    return {(row.domain, row.status): row.n for row in session.connection().execute(counted)}


def count_versions(session: Session) -> int:
    """Count the announced versions of all masters, which are the events of the hub."""
    total = select(func.coalesce(func.sum(col(Master.version)), 0))
    return int(session.connection().execute(total).scalar_one())


def due_masters(
    session: Session, *, reason: str, now: datetime, size: int, ids: Sequence[UUID] | None = None
) -> Sequence[Row]:
    """Lock and return masters that are due for a reason, as `Touched` wants them, with domain, due_at and due_reason.

    `ids` limits the choice.
    """
    given = {"reason": reason, "now": now, "size": size, "ids": None if ids is None else list(ids)}
    return run(session, "golden/find_due_masters", **given) if size > 0 else ()


def postpone(session: Session, master_id: UUID, *, until: datetime) -> None:
    """Look at a master again at another time than the one at which it is due."""
    session.connection().execute(update(Master).where(col(Master.id) == master_id).values(due_at=until))


def due_since(session: Session, *, reasons: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Return since when the first master is due, for each of these reasons for which one is."""
    return {row.reason: row.due_at for row in run(session, "golden/read_due_since", reasons=list(reasons), now=now)}

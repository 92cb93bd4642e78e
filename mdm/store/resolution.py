"""Queries on edges, components, masters and the crosswalk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import Crosswalk, Master, RecordConstraint


class Link(NamedTuple):
    """A link to open or close at a version of its master."""

    master_id: UUID
    record_id: int
    version: int
    number: int = 0
    reason: str = ""


def forget_edges(session: Session, ids: Sequence[int]) -> None:
    """Forget the scored edges of records."""
    run(session, "resolution/forget_edges", ids=list(ids))


def forget_declared_edges(session: Session, record_id: int) -> None:
    """Forget the edges by which a record was linked to the master its source named."""
    run(session, "resolution/forget_declared_edges", id=record_id)


def write_edges(session: Session, rows: Sequence[dict[str, Any]], *, release: int, now: datetime) -> None:
    """Keep edges (left_id < right_id, weight, outcome, levels, vetoes)."""
    if rows:
        run(session, "resolution/write_edges", rows=as_json(rows), release=release, now=now)


def component(session: Session, ids: Iterable[int]) -> Sequence[Row]:
    """Return the records connected with these, each with its master if it has one."""
    return run(session, "resolution/read_component", ids=list(ids))


def masters_around(session: Session, ids: Iterable[int]) -> set[UUID]:
    """Return the masters of the records that share an edge of any outcome with these."""
    return {row.master_id for row in run(session, "resolution/read_masters_around", ids=list(ids))}


def edges(session: Session, ids: Iterable[int]) -> Sequence[Row]:
    """Return the edges inside a set of records."""
    return run(session, "resolution/read_edges", ids=list(ids))


def constraints(session: Session, ids: Iterable[int]) -> Sequence[Row]:
    """Return the constraints inside a set of records."""
    return run(session, "resolution/read_constraints", ids=list(ids))


def constraints_of(session: Session, ids: Iterable[int]) -> Sequence[Row]:
    """Return the constraints records are part of: left_id, right_id, kind, evidence, changed."""
    return run(session, "resolution/read_constraints_of", ids=list(ids))


def constraint(session: Session, left_id: int, right_id: int) -> RecordConstraint | None:
    """Return what a steward has decided about a pair of records, or None."""
    return session.get(RecordConstraint, (left_id, right_id))


def write_constraints(session: Session, rows: Sequence[dict[str, Any]], *, reason: str, by: str, now: datetime) -> None:
    """Keep decisions about pairs of records (left_id < right_id, kind, evidence), in the place of older ones."""
    if rows:
        run(session, "resolution/write_constraints", rows=as_json(rows), reason=reason, by=by, now=now)


def delete_constraints(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    """Forget decisions about pairs of records."""
    if pairs:
        lefts, rights = zip(*pairs, strict=True)
        run(session, "resolution/delete_constraints", lefts=list(lefts), rights=list(rights))


def mark_constraints(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note what has changed since decisions were made (left_id, right_id, changed; None: nothing)."""
    if rows:
        run(session, "resolution/mark_constraints", rows=as_json(rows))


def lock(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Lock masters in id order and return the revision of each."""
    return {r.id: r.revision for r in run(session, "resolution/lock_masters", ids=sorted(ids))}


def touch(session: Session, ids: Iterable[UUID]) -> None:
    """Count a touch of masters whose surroundings changed."""
    run(session, "resolution/touch_masters", ids=sorted(ids))


def last_link_numbers(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """Return the number of the newest link of each record that ever had one."""
    return {r.record_id: r.link_no for r in run(session, "resolution/last_link_numbers", ids=list(ids))}


def close_links(session: Session, links: Sequence[Link]) -> None:
    """End current links."""
    if links:
        run(
            session,
            "resolution/close_links",
            masters=[x.master_id for x in links],
            records=[x.record_id for x in links],
            versions=[x.version for x in links],
        )


def open_links(session: Session, links: Sequence[Link]) -> None:
    """Link records to masters."""
    if links:
        run(
            session,
            "resolution/open_links",
            masters=[x.master_id for x in links],
            records=[x.record_id for x in links],
            numbers=[x.number for x in links],
            reasons=[x.reason for x in links],
            versions=[x.version for x in links],
        )


def write_merges(session: Session, merged_into: Mapping[UUID, UUID | None]) -> None:
    """Note into which master others have been merged; None brings one back."""
    if merged_into:
        run(
            session,
            "resolution/write_merges",
            ids=list(merged_into),
            survivors=list(merged_into.values()),
        )


def shift_links(session: Session, master_id: UUID, *, version: int, later: int) -> None:
    """Move the beginning and end of links from one version of a master to a later one."""
    run(session, "resolution/shift_links", id=master_id, version=version, later=later)


def members(session: Session, master_id: UUID) -> list[int]:
    """Return the records now linked to a master, or to the one it was merged into."""
    return [r.record_id for r in run(session, "resolution/read_members", id=master_id)]


def records_at_merge(session: Session, master_id: UUID) -> set[int]:
    """Return the records that a merged master had until it was merged."""
    merged = select(col(Crosswalk.record_id)).join(Master, col(Master.id) == col(Crosswalk.master_id))
    at_merge = merged.where(col(Crosswalk.master_id) == master_id, col(Crosswalk.until_version) == Master.version)
    return set(session.scalars(at_merge))


def records_before_merge(session: Session, merged_id: UUID) -> set[int]:
    """Return the records that the masters a merged one lives on in had already when it was merged into them."""
    return {r.record_id for r in run(session, "stewardship/read_records_before_merge", id=merged_id)}


def masters_of(session: Session, records: Iterable[int]) -> set[UUID]:
    """Return the masters that records are linked to now."""
    linked = select(col(Crosswalk.master_id)).where(
        col(Crosswalk.record_id).in_(list(records)), col(Crosswalk.until_version).is_(None)
    )
    return set(session.scalars(linked))


def survivor(session: Session, master_id: UUID) -> Master | None:
    """Follow merges from a master to the one that lives on; None for an unknown id."""
    master = session.get(Master, master_id)
    while master is not None and master.merged_into is not None:
        master = session.get(Master, master.merged_into)
    return master


def all_links(session: Session) -> Sequence[Row]:
    """Return the current crosswalk of every domain: domain, source, source_key, master_id."""
    return run(session, "resolution/all_links")

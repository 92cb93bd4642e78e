"""Queries on what was known at a recorded instant: records, facts, pinned values, where references led, and rules."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import GoldenVersion, Release


def members(session: Session, master_id: UUID, version: int) -> Sequence[Row]:
    """Return the records of a version: record_id, link_no, source, source_key; ended_at, state, updated_at of now."""
    return run(session, "records/read_members_at", id=master_id, version=version)


def facts(
    session: Session, records: Collection[int], *, master_id: UUID, version: int, known_at: datetime
) -> Sequence[Row]:
    """Return all facts of records: `known` says whether a version knew of them, `applied` whether they counted."""
    return run(
        session, "records/read_facts_at", records=list(records), id=master_id, version=version, known_at=known_at
    )


def overrides(session: Session, master_id: UUID, known_at: datetime) -> Sequence[Row]:
    """Return the overrides in force on a master, those of masters merged into it by then included."""
    return run(session, "stewardship/read_overrides_at", id=master_id, known_at=known_at)


def masters(session: Session, names: Iterable[RecordName], known_at: datetime) -> dict[RecordName, UUID]:
    """Return the masters that references led to; the key of source `hub` is a master's id."""
    wanted = list(names)
    if not wanted:
        return {}
    domains, sources, keys = zip(*wanted, strict=True)
    rows = run(
        session,
        "references/find_masters_at",
        domains=list(domains),
        sources=list(sources),
        keys=list(keys),
        known_at=known_at,
    )
    return {RecordName(r.domain, r.source, r.key): r.master_id for r in rows}


def release_in_force(session: Session, domain: str, known_at: datetime) -> int | None:
    """Return the number of the release that was switched on last by an instant, None if none was."""
    last = select(col(Release.number)).where(col(Release.domain) == domain, col(Release.switched_on_at) <= known_at)
    newest = last.order_by(col(Release.switched_on_at).desc(), col(Release.number).desc()).limit(1)
    return session.scalars(newest).first()


def declared(session: Session, domain: str) -> set[str]:
    """Return the attributes that a domain has or had by any release that was ever in force."""
    names = func.jsonb_object_keys(col(Release.document)["declaration"]["attributes"])
    ruled = select(names).distinct().where(col(Release.domain) == domain, col(Release.switched_on_at).is_not(None))
    return set(session.connection().execute(ruled).scalars())


def version(session: Session, master_id: UUID, number: int) -> GoldenVersion | None:
    """Return a version of a master, None if it has none of this number."""
    return session.get(GoldenVersion, (master_id, number))

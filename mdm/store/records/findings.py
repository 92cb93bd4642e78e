"""Queries on findings of quality, the exceptions from them, and values that are to be said once only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import as_document, as_json, run
from mdm.store.tables import Crosswalk, Finding, Master, QualityException, SourceRecord

NEAR = 100  # records that say the same and are judged again when one more does, or no longer

Exceptions = set[tuple[int, str, str]]  # record, rule, what stands for the values


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which findings are meant; None: any. `scope` are the domains."""

    scope: Collection[str] | None = None
    rule: str | None = None
    dimension: str | None = None
    severity: str | None = None
    source: str | None = None
    owner: str | None = None
    state: str | None = None
    master: UUID | None = None


def replace(session: Session, ids: Sequence[int], rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Keep what is wrong with records: the columns of `finding`, but for id and since."""
    run(session, "records/quality/replace_findings", ids=list(ids), rows=as_json(rows), now=now)


def exceptions(session: Session, records: Collection[int], *, by: str) -> Exceptions:
    """Return what people have accepted of records by an instant (ISO 8601)."""
    made = select(col(QualityException.record_id), col(QualityException.rule), col(QualityException.key)).where(
        col(QualityException.record_id).in_(list(records)), col(QualityException.made_at) <= datetime.fromisoformat(by)
    )
    return {(row.record_id, row.rule, row.key) for row in session.connection().execute(made)}


def statuses(session: Session, masters: Collection[str]) -> dict[str, str]:
    """Return the status of masters, by their ids as text."""
    found = select(col(Master.id), col(Master.status)).where(col(Master.id).in_([UUID(m) for m in masters]))
    return {str(row.id): row.status for row in session.connection().execute(found)}


def others(session: Session, rows: Sequence[Mapping[str, Any]], *, most: int, now: datetime) -> Sequence[Row]:
    """Return who else says values (domain, record_id, source, attribute, key): record_id, attribute, key and names.

    At `most` so many are told of each kind: in the same `source`, and of another `master`.
    """
    return run(session, "records/quality/find_others", rows=as_json([dict(row) for row in rows]), most=most, now=now)


def unique_values(session: Session, ids: Sequence[int]) -> Sequence[Row]:
    """Return the values of records that are to be said once only: domain, attribute, key, record_id."""
    return run(session, "records/quality/read_unique_values", ids=list(ids))


def replace_unique_values(session: Session, ids: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
    """Keep which values records say that are to be said once only: domain, attribute, key, record_id."""
    run(session, "records/quality/replace_unique_values", ids=list(ids), rows=as_json(rows))


def judge_again(
    session: Session, rows: Sequence[dict[str, Any]], *, but: Sequence[int], reason: str, now: datetime
) -> None:
    """Have the records judged again that say one of these values (domain, attribute, key), `but` for some if alone."""
    run(session, "records/quality/judge_again", rows=as_json(rows), ids=list(but), most=NEAR, reason=reason, now=now)


def judge_sharers(session: Session, ids: Sequence[int], *, reason: str, now: datetime) -> None:
    """Have the records judged again that share a value to be said once only with one of these, them included."""
    run(session, "records/quality/judge_sharers", ids=list(ids), most=NEAR, reason=reason, now=now)


def judge_referrers(session: Session, master: UUID, *, origin: Mapping[str, Any], reason: str, now: datetime) -> None:
    """Have the records judged again that refer to a master; `origin` tells what set that in motion."""
    known = as_document(origin)
    run(session, "records/quality/judge_referrers", master=master, origin=known, reason=reason, now=now)


def held(session: Session, masters: Iterable[UUID]) -> Sequence[Row]:
    """Return the withheld values of masters: id, master_id, rule, attributes, owner, source, source_key."""
    return run(session, "records/quality/read_held", masters=list(masters))


def get(session: Session, finding_id: int) -> Row | None:
    """Return one finding with its record and master, or None."""
    return session.connection().execute(_shown(col(Finding.id) == finding_id)).first()


def page(session: Session, wanted: Wanted, *, after: int | None, limit: int) -> Sequence[Row]:
    """Return findings with their records and masters, the newest first."""
    columns: dict[str, Any] = {"rule": Finding.rule, "dimension": Finding.dimension, "severity": Finding.severity}
    columns |= {"owner": Finding.owner, "state": Finding.state, "source": SourceRecord.source}
    columns |= {"master": Crosswalk.master_id}
    asked = [(column, getattr(wanted, name)) for name, column in columns.items()]
    where = [col(column) == value for column, value in asked if value is not None]
    if wanted.scope is not None:
        where.append(col(Finding.domain).in_(sorted(wanted.scope)))
    if after is not None:
        where.append(col(Finding.id) < after)
    listed = _shown(*where).order_by(col(Finding.id).desc()).limit(limit)
    return session.connection().execute(listed).all()


def count(session: Session) -> dict[tuple[str, str], int]:
    """Count what is wrong per (domain, severity)."""
    place = (col(Finding.domain), col(Finding.severity))
    counted = select(*place, func.count().label("n")).where(col(Finding.state) == "failed").group_by(*place)
    return {(row.domain, row.severity): row.n for row in session.connection().execute(counted)}


def report(session: Session, domain: str, rules: Sequence[dict[str, Any]], *, now: datetime) -> Sequence[Row]:
    """Count per rule (rule, needs: attributes) and source: judged, failed, accepted and unjudged records."""
    return run(session, "records/quality/count_judged", domain=domain, rules=as_json(rules), now=now)


def accept(session: Session, exception: QualityException) -> None:
    """Keep an exception, or what is said of it now."""
    session.merge(exception)
    session.flush()


def withdraw(session: Session, record_id: int, rule: str, key: str) -> bool:
    """Forget an exception; False if there was none."""
    made = session.get(QualityException, (record_id, rule, key))
    if made is None:
        return False
    session.delete(made)
    session.flush()
    return True


def _shown(*where: ColumnElement[bool]) -> Select[Any]:
    record = (col(SourceRecord.source), col(SourceRecord.source_key), col(Crosswalk.master_id))
    return (
        select(*Finding.__table__.columns, *record)  # type: ignore[attr-defined]
        .join(SourceRecord, col(SourceRecord.id) == col(Finding.record_id))
        .outerjoin(
            Crosswalk, (col(Crosswalk.record_id) == col(Finding.record_id)) & col(Crosswalk.until_version).is_(None)
        )
        .where(*where)
    )

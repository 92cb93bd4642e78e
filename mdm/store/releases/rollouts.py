"""Queries on how far releases have been carried through, and on the records that wait for it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Release, ReleaseRollout

AT_REST = datetime(9999, 1, 1, tzinfo=UTC)  # when records are due whose release was stopped
ALONE = ["release", "announce"]  # reasons for which a record rests with its release
COUNTS = ("masters", "changed", "critical", "merged", "split", "held")


def count(session: Session, domain: str, number: int, counts: Mapping[str, int]) -> Row:
    """Add to what a release has done and return what it has by now, as far as it is committed: the COUNTS."""
    return run(session, "releases/count_rollout", domain=domain, number=number, **counts)[0]


def counted(session: Session, domain: str, number: int) -> dict[str, int]:
    """Return what a release has done so far."""
    sums = [func.coalesce(func.sum(getattr(ReleaseRollout, name)), 0) for name in COUNTS]
    own = select(*sums).where(col(ReleaseRollout.domain) == domain, col(ReleaseRollout.number) == number)
    found = session.connection().execute(own).one()
    return dict(zip(COUNTS, map(int, found), strict=True))


def in_force(session: Session) -> Sequence[Row]:
    """Return the releases in force by domain: domain, number, halted_at."""
    active = select(col(Release.domain), col(Release.number), col(Release.halted_at))
    found = active.where(col(Release.state) == "active").order_by(col(Release.domain))
    return session.connection().execute(found).all()


def counted_in_force(session: Session) -> dict[str, dict[str, int]]:
    """Return by domain what its release in force has done so far, if it has done anything."""
    of = (col(Release.domain) == col(ReleaseRollout.domain)) & (col(Release.number) == col(ReleaseRollout.number))
    sums = [func.sum(getattr(ReleaseRollout, name)).label(name) for name in COUNTS]
    active = select(col(Release.domain), *sums).join(ReleaseRollout, of).where(col(Release.state) == "active")
    rows = session.connection().execute(active.group_by(col(Release.domain)))
    return {row.domain: {name: int(getattr(row, name)) for name in COUNTS} for row in rows}


def halt(session: Session, domain: str, number: int, *, why: str, now: datetime) -> bool:
    """Stop carrying a release through; False if somebody has stopped it before."""
    halted = (
        update(Release)
        .where(col(Release.domain) == domain, col(Release.number) == number, col(Release.halted_at).is_(None))
        .values(halted_at=now, halted_why=why)
    )
    return bool(session.connection().execute(halted).rowcount)


def rest(session: Session, domain: str) -> None:
    """Let the records rest that wait for the release of their domain alone."""
    run(session, "releases/rest", domain=domain, reasons=ALONE, until=AT_REST)


def wake(session: Session, domain: str, *, late: datetime, now: datetime) -> None:
    """Let the records that rest be done again, and those that wait for a release until some day after `late`."""
    run(session, "releases/wake", domain=domain, rested=AT_REST, late=late, now=now)


def waiting(session: Session, domain: str | None = None) -> dict[str, int]:
    """Count by domain the records that are still to be done again for a release."""
    return {row.domain: row.waiting for row in run(session, "releases/count_waiting", domain=domain)}

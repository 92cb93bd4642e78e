"""Queries on releases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import psycopg
from sqlalchemy import func, select, text
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from mdm.core.ids import lock_number
from mdm.errors import Moved
from mdm.store.tables import Release, ReleaseApproval


def lock(session: Session) -> None:
    """Wait until nobody else numbers releases, until the transaction ends."""
    session.connection().execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number("releases")})


def numbers(session: Session) -> dict[str, int]:
    """Return the number of the release in force of every domain; every transaction asks, so it goes the short way."""
    connection = cast("psycopg.Connection", session.connection().connection.driver_connection)
    return dict(connection.execute("SELECT domain, number FROM release WHERE state = 'active'").fetchall())


def hold(session: Session, expected: Mapping[str, int]) -> None:
    """Keep the releases of domains in force until the transaction ends; raises Moved if others are in force by now."""
    locks = text("SELECT pg_advisory_xact_lock_shared(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")
    wanted = [lock_number(f"release/{domain}") for domain in sorted(expected)]
    session.connection().execute(locks, {"numbers": wanted})
    found = numbers(session)
    if any(found.get(domain) != number for domain, number in expected.items()):
        raise Moved("Other rules have been switched on.")


def seize(session: Session, domain: str) -> None:
    """Wait until nobody writes by the rules of a domain, and let nobody begin to until the transaction ends."""
    lock = text("SELECT pg_advisory_xact_lock(:number)")
    session.connection().execute(lock, {"number": lock_number(f"release/{domain}")})


def get(session: Session, domain: str, number: int) -> Release | None:
    """Return a release or draft, None if there is none of this number."""
    return session.get(Release, (domain, number))


def replace_active(session: Session, domain: str, number: int, *, by: str, now: datetime) -> None:
    """Put a release in force in place of the one that is; what it follows is kept with it."""
    follows = numbers(session)[domain]
    for release in session.scalars(
        select(Release).where(col(Release.domain) == domain, col(Release.number) == follows)
    ):
        release.state = "superseded"
    session.flush()
    new = session.get_one(Release, (domain, number))
    new.state, new.switched_on_at, new.switched_on_by, new.follows = "active", now, by, follows
    new.scheduled_at = None
    session.flush()


def active(session: Session) -> Sequence[Release]:
    """Return the release in force of every domain."""
    return list(session.scalars(select(Release).where(col(Release.state) == "active").order_by(col(Release.domain))))


def of_domain(session: Session, domain: str) -> Sequence[Release]:
    """Return every release and draft of a domain, oldest first."""
    return list(session.scalars(select(Release).where(col(Release.domain) == domain).order_by(col(Release.number))))


def page(session: Session, domain: str, *, before: int | None, limit: int) -> Sequence[Release]:
    """Return releases and drafts of a domain without their rules, newest first, below the number `before`."""
    newest = select(Release).where(col(Release.domain) == domain).order_by(col(Release.number).desc()).limit(limit)
    if before is not None:
        newest = newest.where(col(Release.number) < before)
    return list(session.scalars(newest.options(defer(col(Release.document)))))  # type: ignore[arg-type]


def last_number(session: Session, domain: str) -> int:
    """Return the highest release number of a domain, 0 if it has none."""
    newest = select(func.max(col(Release.number))).where(col(Release.domain) == domain)
    return session.connection().execute(newest).scalar() or 0


def add(session: Session, release: Release) -> None:
    """Keep a release."""
    session.add(release)
    session.flush()


def in_force(session: Session, domain: str) -> Release:
    """Return the release in force of a domain that has one."""
    return session.scalars(select(Release).where(col(Release.domain) == domain, col(Release.state) == "active")).one()


def approvals(session: Session, domain: str, number: int) -> Sequence[ReleaseApproval]:
    """Return what people approved of a draft, oldest first, also where it no longer counts."""
    own = select(ReleaseApproval).where(col(ReleaseApproval.domain) == domain, col(ReleaseApproval.number) == number)
    return list(session.scalars(own.order_by(col(ReleaseApproval.decided_at), col(ReleaseApproval.owner))))


def keep_approval(session: Session, approval: ReleaseApproval) -> None:
    """Keep what a person approves, in the place of what the same person approved before."""
    session.merge(approval)
    session.flush()


def scheduled(session: Session, *, now: datetime) -> Sequence[tuple[str, int]]:
    """Return domain and number of the drafts whose time has come, the longest waiting first."""
    due = select(col(Release.domain), col(Release.number)).where(col(Release.scheduled_at) <= now)
    return [(row.domain, row.number) for row in session.connection().execute(due.order_by(col(Release.scheduled_at)))]

"""Queries on releases."""

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from mdm.core.ids import lock_number
from mdm.store.tables import Release


def lock(session: Session) -> None:
    """Wait until nobody else numbers releases, until the transaction ends."""
    session.connection().execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number("releases")})


def active(session: Session) -> Sequence[Release]:
    """Return the release in force of every domain."""
    return list(session.scalars(select(Release).where(col(Release.state) == "active").order_by(col(Release.domain))))


def of_domain(session: Session, domain: str) -> Sequence[Release]:
    """Return every release and draft of a domain, oldest first."""
    return list(session.scalars(select(Release).where(col(Release.domain) == domain).order_by(col(Release.number))))


def last_number(session: Session, domain: str) -> int:
    """Return the highest release number of a domain, 0 if it has none."""
    newest = select(func.max(col(Release.number))).where(col(Release.domain) == domain)
    return session.connection().execute(newest).scalar() or 0


def add(session: Session, release: Release) -> None:
    """Keep a release."""
    session.add(release)
    session.flush()

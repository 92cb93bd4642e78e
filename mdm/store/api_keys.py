"""Queries on API keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from mdm.store.tables import ApiKey


def add(session: Session, key: ApiKey) -> None:
    """Keep a key."""
    session.add(key)
    session.flush()


def find(session: Session, prefix: str) -> ApiKey | None:
    """Return the key with this prefix, revoked or not."""
    return session.scalars(select(ApiKey).where(col(ApiKey.prefix) == prefix)).first()


def every(session: Session) -> Sequence[ApiKey]:
    """Return all keys, oldest first."""
    return list(session.scalars(select(ApiKey).order_by(col(ApiKey.id))))


def revoke(session: Session, prefix: str, *, actor: str, now: datetime) -> bool:
    """Revoke a key; False if there is none or it is revoked already."""
    revoked = session.connection().execute(
        update(ApiKey)
        .where(col(ApiKey.prefix) == prefix, col(ApiKey.revoked_at).is_(None))
        .values(revoked_by=actor, revoked_at=now)
    )
    return revoked.rowcount == 1

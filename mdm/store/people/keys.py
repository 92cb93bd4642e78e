"""Queries on API keys and whose they are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from mdm.store.tables import ApiKey, Principal


def find(session: Session, prefix: str, *, lock: bool = False) -> tuple[ApiKey, Principal] | None:
    """Return the key with this prefix and its holder, ended or not; `lock` lets nobody else change its holder's."""
    wanted = select(ApiKey, Principal).join(Principal).where(col(ApiKey.prefix) == prefix)
    if lock:
        wanted = wanted.with_for_update(of=Principal).execution_options(populate_existing=True)
    row = session.execute(wanted).first()
    return None if row is None else (row[0], row[1])


def every(session: Session, *, holder: str | None = None) -> Sequence[tuple[ApiKey, Principal]]:
    """Return all keys with their holders, oldest first; of one holder if he is named."""
    wanted = select(ApiKey, Principal).join(Principal).order_by(col(ApiKey.id))
    if holder is not None:
        wanted = wanted.where(col(Principal.name) == holder)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def live(session: Session, principal_id: UUID, purpose: str, *, now: datetime) -> Sequence[ApiKey]:
    """Return the keys of a principal for a purpose that are neither revoked nor expired, oldest first."""
    unexpired = or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > now)
    wanted = select(ApiKey).where(
        col(ApiKey.principal_id) == principal_id,
        col(ApiKey.purpose) == purpose,
        col(ApiKey.revoked_at).is_(None),
        unexpired,
    )
    return session.scalars(wanted.order_by(col(ApiKey.id))).all()


def revoke(session: Session, prefix: str, *, actor: str, now: datetime) -> bool:
    """Revoke a key; False if there is none or it is revoked already."""
    revoked = session.connection().execute(
        update(ApiKey)
        .where(col(ApiKey.prefix) == prefix, col(ApiKey.revoked_at).is_(None))
        .values(revoked_by=actor, revoked_at=now)
    )
    return revoked.rowcount == 1

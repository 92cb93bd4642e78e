"""Queries on principals and their roles."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlmodel import Session, SQLModel, col

from mdm.core.ids import lock_number
from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Principal, RoleGrant


def add(session: Session, row: SQLModel) -> None:
    """Keep a new row of a person, group, membership, role, delegation or key."""
    session.add(row)
    session.flush()


def lock_names(session: Session) -> None:
    """Let nobody else take a name or identity until the transaction ends."""
    run(session, "people/lock_names", number=lock_number("principal names"))


def find(session: Session, name: str) -> Principal | None:
    """Return the principal of this name."""
    return session.scalars(select(Principal).where(col(Principal.name) == name)).first()


def is_taken(session: Session, name: str) -> bool:
    """Tell whether somebody has this name, in whatever case: providers and people do not mind it."""
    alike = select(col(Principal.id)).where(func.lower(col(Principal.name)) == name.lower())
    return session.execute(alike.limit(1)).first() is not None


def find_of_provider(session: Session, issuer: str, subject: str, *, lock: bool = False) -> Principal | None:
    """Return the principal whom an identity provider knows by this subject."""
    wanted = select(Principal).where(col(Principal.issuer) == issuer, col(Principal.subject) == subject)
    return session.scalars(_locking(wanted) if lock else wanted).first()


def get(session: Session, principal_id: UUID, *, lock: bool = False) -> Principal | None:
    """Return the principal with this id; `lock` keeps others from changing it or its keys."""
    wanted = select(Principal).where(col(Principal.id) == principal_id)
    return session.scalars(_locking(wanted) if lock else wanted).first()


def page(
    session: Session, *, kind: str | None, active: bool | None, name: str | None, after: UUID | None, limit: int
) -> Sequence[Principal]:
    """Return principals in id order, after the id `after`."""
    wanted = select(Principal).order_by(col(Principal.id)).limit(limit)
    if kind is not None:
        wanted = wanted.where(col(Principal.kind) == kind)
    if active is not None:
        deactivated = col(Principal.deactivated_at)
        wanted = wanted.where(deactivated.is_(None) if active else deactivated.is_not(None))
    if name is not None:
        wanted = wanted.where(col(Principal.name) == name)
    if after is not None:
        wanted = wanted.where(col(Principal.id) > after)
    return session.scalars(wanted).all()


def grants_of(session: Session, *, principal: UUID | None = None, group: UUID | None = None) -> Sequence[RoleGrant]:
    """Return the roles granted to a principal or a group itself, oldest first."""
    holder = col(RoleGrant.group_id) == group if principal is None else col(RoleGrant.principal_id) == principal
    return session.scalars(select(RoleGrant).where(holder).order_by(col(RoleGrant.granted_at), col(RoleGrant.id))).all()


def withdraw(session: Session, grant_id: UUID, *, principal: UUID | None = None, group: UUID | None = None) -> bool:
    """Take a role away; False if the holder has no such grant."""
    holder = col(RoleGrant.group_id) == group if principal is None else col(RoleGrant.principal_id) == principal
    gone = session.connection().execute(delete(RoleGrant).where(col(RoleGrant.id) == grant_id, holder))
    return gone.rowcount == 1


def effective(
    session: Session, principal_id: UUID, *, now: datetime, claimed_roles: Sequence[str], claimed_groups: Sequence[str]
) -> Sequence[Row]:
    """Return what a principal holds at an instant: role, domains, sites, delegated_by (None: held by oneself).

    What is claimed for the principal itself is given; of those who delegate, what their newest token said counts.
    """
    return run(
        session,
        "people/read_effective_grants",
        principal=principal_id,
        now=now,
        claimed_roles=list(claimed_roles),
        claimed_groups=list(claimed_groups),
    )


def _locking(wanted: Select[Principal]) -> Select[Principal]:
    return wanted.with_for_update().execution_options(populate_existing=True)

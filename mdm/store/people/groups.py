"""Queries on groups and who belongs to them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from mdm.store.tables import GroupMember, Principal, PrincipalGroup


def every(session: Session) -> Sequence[PrincipalGroup]:
    """Return all groups by name."""
    return session.scalars(select(PrincipalGroup).order_by(col(PrincipalGroup.name))).all()


def get(session: Session, group_id: UUID, *, lock: bool = False) -> PrincipalGroup | None:
    """Return the group with this id; `lock` keeps others from changing it."""
    wanted = select(PrincipalGroup).where(col(PrincipalGroup.id) == group_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).first()


def is_taken(session: Session, *, name: str, external_name: str | None) -> bool:
    """Tell whether a group has this name already, or is known to the identity provider by it."""
    taken = col(PrincipalGroup.name) == name
    if external_name is not None:
        taken = taken | (col(PrincipalGroup.external_name) == external_name)
    return session.scalars(select(PrincipalGroup).where(taken)).first() is not None


def dissolve(session: Session, group_id: UUID) -> None:
    """Remove a group with its memberships and roles."""
    session.connection().execute(delete(PrincipalGroup).where(col(PrincipalGroup.id) == group_id))


def members(session: Session, group_id: UUID) -> Sequence[Principal]:
    """Return who was added to a group, by name; not those a token makes members."""
    wanted = select(Principal).join(GroupMember).where(col(GroupMember.group_id) == group_id)
    return session.scalars(wanted.order_by(col(Principal.name))).all()


def groups_of(session: Session, principal: Principal) -> Sequence[PrincipalGroup]:
    """Return the groups of a principal by name, also those its newest token named."""
    added = select(col(GroupMember.group_id)).where(col(GroupMember.principal_id) == principal.id)
    belongs = col(PrincipalGroup.id).in_(added) | col(PrincipalGroup.external_name).in_(principal.claimed_groups)
    return session.scalars(select(PrincipalGroup).where(belongs).order_by(col(PrincipalGroup.name))).all()


def remove_member(session: Session, group_id: UUID, principal_id: UUID) -> bool:
    """Take a principal out of a group; False if it was never added."""
    gone = session.connection().execute(
        delete(GroupMember).where(col(GroupMember.group_id) == group_id, col(GroupMember.principal_id) == principal_id)
    )
    return gone.rowcount == 1

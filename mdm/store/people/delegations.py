"""Queries on delegations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from mdm.store.tables import Delegation, Principal

Named = tuple[Delegation, Principal, Principal]


def page(session: Session, *, of: str | None, after: UUID | None, limit: int) -> Sequence[Named]:
    """Return delegations with who gave and who got them, in id order after `after`; from or to one name if given."""
    giver, taker = aliased(Principal), aliased(Principal)
    wanted = select(Delegation, giver, taker).join(giver, giver.id == Delegation.from_id)  # type: ignore[arg-type]
    wanted = wanted.join(taker, taker.id == Delegation.to_id).order_by(col(Delegation.id)).limit(limit)  # type: ignore[arg-type]
    if of is not None:
        wanted = wanted.where((col(giver.name) == of) | (col(taker.name) == of))
    if after is not None:
        wanted = wanted.where(col(Delegation.id) > after)
    return [(row[0], row[1], row[2]) for row in session.execute(wanted)]


def get(session: Session, delegation_id: UUID) -> Named | None:
    """Return a delegation, locked, with who gave and who got it."""
    found = session.get(Delegation, delegation_id, with_for_update=True)
    if found is None:
        return None
    giver, taker = (session.get_one(Principal, one) for one in (found.from_id, found.to_id))
    return found, giver, taker

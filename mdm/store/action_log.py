"""Queries on logged actions and their seals."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import Session, col

from mdm.core.ids import lock_number
from mdm.store.sql import run
from mdm.store.tables import Action, Seal

PAGE = 2_000
LEAST = -(2**31)  # below whatever a forger may have written


def add(session: Session, action: Action) -> None:
    """Keep an action."""
    session.add(action)
    session.flush()


def page(
    session: Session,
    *,
    actor: str | None,
    action: str | None,
    subject: str | None,
    since: datetime | None,
    until: datetime | None,
    scope: Collection[str] | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Action]:
    """Return actions, newest first; `scope` limits them to these domains; since <= at < until."""
    newest = select(Action).order_by(col(Action.id).desc()).limit(limit)
    for column, wanted in ((Action.actor, actor), (Action.action, action), (Action.subject, subject)):
        if wanted is not None:
            newest = newest.where(col(column) == wanted)
    if since is not None:
        newest = newest.where(col(Action.at) >= since)
    if until is not None:
        newest = newest.where(col(Action.at) < until)
    if scope is not None:
        newest = newest.where(col(Action.domain).in_(sorted(scope)))
    if before is not None:
        newest = newest.where(col(Action.id) < before)
    return list(session.scalars(newest))


def lock_chain(session: Session) -> None:
    """Wait until no other transaction adds to the chain; the lock ends with the transaction."""
    session.connection().execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number("action_seal")})


def unsealed(session: Session, *, limit: int | None = None) -> Sequence[Action]:
    """Return committed actions that have no seal, by id."""
    waiting = select(Action).where(col(Action.position).is_(None)).order_by(col(Action.id)).limit(limit)
    return list(session.scalars(waiting))


def chain(session: Session, placed: Collection[tuple[UUID, int, str]]) -> None:
    """Give actions (id, position, link) their place in the chain."""
    ids, positions, links = zip(*placed, strict=True)
    run(session, "action_log/chain_actions", ids=list(ids), positions=list(positions), links=list(links))


def cut_chain(session: Session, *, seal: int, position: int) -> None:
    """Take the seals from a number on, and with them the actions from a position on, out of the chain."""
    run(session, "action_log/cut_chain", seal=seal, position=position)


def ids_by_hash(session: Session, hashes: Collection[str]) -> dict[str, UUID]:
    """Return the actions with these hashes that have no seal: hash → id."""
    waiting = select(col(Action.hash), col(Action.id)).where(
        col(Action.position).is_(None), col(Action.hash).in_(list(hashes))
    )
    return {row.hash: row.id for row in session.connection().execute(waiting)}


def details_of(session: Session, action: str) -> list[dict[str, Any]]:
    """Return the details of all actions of a kind."""
    return list(session.scalars(select(col(Action.details)).where(col(Action.action) == action)))


def add_seal(session: Session, seal: Seal) -> None:
    """Keep a seal."""
    session.add(seal)
    session.flush()


def last_seal(session: Session) -> Seal | None:
    """Return the newest seal."""
    return session.scalars(select(Seal).order_by(col(Seal.number).desc()).limit(1)).first()


def oldest_unsealed(session: Session) -> datetime | None:
    """Return when the oldest action without a seal was logged."""
    waiting = select(col(Action.at)).where(col(Action.position).is_(None)).order_by(col(Action.id)).limit(1)
    return session.scalars(waiting).first()


def seals(session: Session) -> Iterator[Seal]:
    """Yield all seals by number."""
    after = LEAST
    while True:
        following = select(Seal).where(col(Seal.number) > after).order_by(col(Seal.number)).limit(PAGE)
        found = list(session.scalars(following))
        if not found:
            return
        yield from found
        after = found[-1].number


def sealed(session: Session) -> Iterator[tuple[int, Action]]:
    """Yield all actions that have a position, with it, in order."""
    after = LEAST
    while True:
        following = select(Action).where(col(Action.position) > after).order_by(col(Action.position)).limit(PAGE)
        found = [(action.position or 0, action) for action in session.scalars(following)]
        if not found:
            return
        yield from found
        after = found[-1][0]

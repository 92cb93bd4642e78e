"""Queries on logged actions and their seals."""

from sqlmodel import Session

from mdm.store.tables import Action


def add(session: Session, action: Action) -> None:
    """Keep an action."""
    session.add(action)
    session.flush()

"""Queries on the condition of the database itself."""

from sqlalchemy import text
from sqlmodel import Session


def server_version(session: Session) -> int:
    """Return the version of PostgreSQL as a number, 150004 for 15.4."""
    return int(session.connection().execute(text("SHOW server_version_num")).scalar_one())


def size(session: Session) -> int:
    """Return how many bytes the database takes, indexes and the system's own tables included."""
    return int(session.connection().execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def revision(session: Session) -> str | None:
    """Return the newest migration the database has had, None if it never had one."""
    found = session.connection().execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one()
    if not found:
        return None
    return session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar()

"""One transaction of the hub: the only place where business is committed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from mdm.core.clock import Clock
from mdm.core.domains import Catalog
from mdm.core.security import Actor
from mdm.errors import Moved, Unavailable

TRY_AGAIN = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout
UNREACHABLE = {"08", "57"}  # connection exception, operator intervention (shutdown)


def _reach_nothing(_point: str) -> None:
    """Pass a named point of the way; fault tests put a kill here."""


@dataclass(slots=True)
class Work:
    """A transaction with everything a use case needs."""

    session: Session
    actor: Actor
    clock: Clock
    catalog: Catalog
    reach: Callable[[str], None] = _reach_nothing

    @property
    def now(self) -> datetime:
        """The current instant; ask after taking a lock, never before."""
        return self.clock()

    @property
    def connection(self) -> psycopg.Connection:
        """The psycopg connection under the session, inside the same transaction."""
        return cast("psycopg.Connection", self.session.connection().connection.driver_connection)


@contextmanager
def begin(
    engine: Engine,
    *,
    actor: Actor,
    clock: Clock,
    catalog: Catalog,
    reach: Callable[[str], None] = _reach_nothing,
) -> Iterator[Work]:
    """Open a Work; commit when the block ends, roll back when it raises."""
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield Work(session, actor, clock, catalog, reach)
            reach("before_commit")
            session.commit()
            reach("after_commit")
    except DBAPIError as error:
        raise _translated(error) from error


def _translated(error: DBAPIError) -> Exception:
    """Tell what may be tried again from what is broken."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in TRY_AGAIN:
        return Moved("Another transaction was in the way.", sqlstate=state)
    if error.connection_invalidated or state[:2] in UNREACHABLE or (not state and isinstance(error, OperationalError)):
        return Unavailable("PostgreSQL cannot be reached.", hint="Is it running? `mdm` reads MDM_POSTGRES_DSN.")
    return error

"""One transaction of the hub: the only place where business is committed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import psycopg
from sqlalchemy import Engine
from sqlmodel import Session

from mdm.core.clock import Clock
from mdm.core.domains import Catalog
from mdm.core.security import Actor


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
    with Session(engine, expire_on_commit=False) as session:
        yield Work(session, actor, clock, catalog, reach)
        reach("before_commit")
        session.commit()
        reach("after_commit")

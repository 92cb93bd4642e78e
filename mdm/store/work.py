"""One transaction of the hub: the only place where business is committed."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlmodel import Session

from mdm.core.clock import Clock
from mdm.core.domains import Catalog, Domain
from mdm.core.security import Actor
from mdm.errors import Moved, Unavailable
from mdm.store import releases

TRY_AGAIN = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout
UNREACHABLE = ("08", "57P")  # connection exception, shutdown; not 57014, a statement that took too long
HELPLESS = {"53", "58"}  # classes: insufficient resources (disk, memory, connections), system error
READ_ONLY = "25006"  # a standby, or a server put into read-only mode


def _reach_nothing(_point: str) -> None:
    """Pass a named point of the way; fault tests put a kill here."""


@dataclass(slots=True)
class Work:
    """A transaction with everything a use case needs.

    `rules` knows the releases in force. `origins` are the correlation ids by which masters were rebuilt in it,
    `action_id` that of the action that is about to be logged.
    """

    session: Session
    actor: Actor
    clock: Clock
    rules: "Callable[[Work], Catalog]"
    reach: Callable[[str], None] = _reach_nothing
    origins: dict[UUID, str] = field(default_factory=dict)
    action_id: UUID | None = None
    _catalog: Catalog | None = field(default=None, init=False)
    _held: set[str] = field(default_factory=set, init=False)

    @property
    def catalog(self) -> Catalog:
        """The domains by the releases that were in force when they were first asked for in this transaction."""
        if self._catalog is None:
            self._catalog = self.rules(self)
        return self._catalog

    def hold_rules(self, domains: Collection[Domain]) -> None:
        """Keep the rules of domains in force until the transaction ends, as whoever writes by them must.

        Raises Moved if others have been switched on by now.
        """
        new = {domain.name: domain.release for domain in domains if domain.name not in self._held}
        if new:
            releases.hold(self.session, new)
            self._held.update(new)

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
    rules: "Callable[[Work], Catalog]",
    reach: Callable[[str], None] = _reach_nothing,
) -> Iterator[Work]:
    """Open a Work; commit when the block ends, roll back when it raises."""
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield Work(session, actor, clock, rules, reach)
            reach("before_commit")
            session.commit()
            reach("after_commit")
    except (DBAPIError, psycopg.Error) as error:
        raise translated(error) from error
    except NoFreeConnection as error:
        raise Unavailable("All connections to PostgreSQL are busy.", hint="Raise MDM_POOL_SIZE.") from error


def translated(error: DBAPIError | psycopg.Error) -> Exception:
    """Tell what may be tried again from what is broken."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    if state in TRY_AGAIN:
        return Moved("Another transaction was in the way.", sqlstate=state)
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or state.startswith(UNREACHABLE) or (not state and isinstance(cause, psycopg.OperationalError)):
        return Unavailable("PostgreSQL cannot be reached.", hint="Is it running? `mdm` reads MDM_POSTGRES_DSN.")
    if state[:2] in HELPLESS or state == READ_ONLY:
        return Unavailable(f"PostgreSQL cannot go on: {cause}.", hint="Its log says more.", sqlstate=state)
    return error

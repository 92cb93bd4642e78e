"""Queries on the records that a change of rules concerns, within the transaction that makes it."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import text
from sqlmodel import Session

from mdm.store.records.redo import Depth
from mdm.store.rows import Row
from mdm.store.sql import run

PATIENCE = "10s"  # to wait for those who write by the rules in force


def find(
    session: Session,
    domain: str,
    *,
    read: Collection[str],
    members: Collection[str],
    announced: Collection[str],
    pinned: Collection[str],
    shown: Collection[str],
    compared: bool,
    weights: tuple[float, float] | None,
) -> str:
    """Note the records that are concerned, and return the horizon: all that is written by transactions since is newer.

    `read` are attributes of which the facts are folded again, `members` those of which the values may change, of which
    masters with `announced` ones get a version; `pinned` and `shown` name both as pinned values do. All are compared,
    or those alone that have edges within `weights`.
    """
    horizon = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS xid) AS text)")
    found = cast("str", session.connection().execute(horizon).scalar_one())
    low, high = weights or (None, None)
    given = {"read": list(read), "members": list(members), "announced": list(announced)}
    given |= {"pinned": list(pinned), "shown": list(shown)}
    run(session, "releases/find_affected", domain=domain, compared=compared, low=low, high=high, **given)
    return found


def be_patient(session: Session) -> None:
    """Wait for locks no longer than others can wait behind; then the transaction fails with Moved."""
    session.connection().execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))


def do_again(
    session: Session,
    domain: str,
    *,
    horizon: str,
    depth: Depth,
    announced: bool,
    asked: Collection[str],
    now: datetime,
    rate: float,
) -> Row:
    """Have the records done again that are concerned: `records`, of which `looked` at, `compared` and `folded`.

    What was written since the horizon is done again at this depth, and masters are looked at whose owners were asked
    about what sources say of `asked`. So many are due each second.
    """
    run(session, "releases/add_moved", domain=domain, horizon=horizon, depth=depth, announced=announced)
    run(session, "releases/add_asked", domain=domain, units=list(asked))
    return run(session, "releases/redo_affected", now=now, rate=rate)[0]

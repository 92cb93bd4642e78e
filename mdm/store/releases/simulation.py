"""Queries on simulations, and those by which they look at live data without touching it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlmodel import Session, col

from mdm.store.rows import Row
from mdm.store.sql import run
from mdm.store.tables import Simulation


def add(session: Session, simulation: Simulation) -> None:
    """Keep a new simulation."""
    session.add(simulation)
    session.flush()


def get(session: Session, simulation_id: UUID, *, lock: bool = False) -> Simulation | None:
    """Return a simulation, or None."""
    return session.get(Simulation, simulation_id, with_for_update=lock or None)


def of_release(session: Session, domain: str, number: int, *, limit: int) -> Sequence[Simulation]:
    """Return the simulations of a release, newest first."""
    newest = select(Simulation).where(col(Simulation.domain) == domain, col(Simulation.number) == number)
    return list(session.scalars(newest.order_by(col(Simulation.id).desc()).limit(limit)))


def take(session: Session, *, wanted: UUID | None, now: datetime) -> UUID | None:
    """Take the oldest simulation that is queued, or the one that is wanted; None if there is none."""
    rows = run(session, "simulation/take", id=wanted, now=now)
    return rows[0].id if rows else None


def give_up(session: Session, *, since: datetime, now: datetime, outcome: str) -> None:
    """End those that run but have given no sign of life since then."""
    run(session, "simulation/give_up", since=since, now=now, outcome=outcome)


def advance(session: Session, simulation_id: UUID, *, now: datetime, done: int, total: int | None) -> bool:
    """Note how far a simulation has come and that who runs it lives; False: it does not run any more."""
    running = update(Simulation).where(col(Simulation.id) == simulation_id, col(Simulation.state) == "running")
    noted = session.connection().execute(running.values(seen_at=now, done=done, total=total))
    return bool(noted.rowcount)


def export_snapshot(session: Session) -> str:
    """Look at the database as it is now, only reading, until the transaction ends; returns the name others look by."""
    _read_only(session)
    return str(session.connection().execute(text("SELECT pg_export_snapshot()")).scalar_one())


def import_snapshot(session: Session, name: str) -> None:
    """Look at the database as a transaction does that still lasts, only reading, until this one ends."""
    _read_only(session)
    session.connection().exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{name}'")  # it takes no parameters


def _read_only(session: Session) -> None:
    """Let the transaction, which must not have asked for anything yet, see one state of the database and only read."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})


def ranges(session: Session, domain: str, *, size: int) -> list[UUID]:
    """Return the ids at which chunks of so many living masters begin."""
    return [row.id for row in run(session, "simulation/read_ranges", domain=domain, size=size)]


def masters(session: Session, domain: str, *, first: UUID, until: UUID | None) -> Sequence[Row]:
    """Return the living masters of a range of ids as they stand, with the instant at which each is due."""
    return run(session, "simulation/read_masters", domain=domain, first=first, until=until)


def mates(session: Session, ids: Collection[int]) -> set[int]:
    """Return these records and all that share a master with one of them."""
    return {row.id for row in run(session, "simulation/read_mates", ids=list(ids))} if ids else set()


def records(session: Session, ids: Collection[int], *, states: bool) -> Sequence[Row]:
    """Return records: id, source, source_key, comparable, master_id, and their states if asked for."""
    return run(session, "simulation/read_records", ids=list(ids), states=states) if ids else ()


def edges_of(session: Session, ids: Collection[int]) -> Sequence[Row]:
    """Return the edges that records are part of: left_id, right_id, weight, vetoes, declared."""
    return run(session, "simulation/read_edges_of", ids=list(ids)) if ids else ()


def told(session: Session, ids: Collection[int], *, attributes: Collection[str]) -> set[int]:
    """Return which of these records have ever told anything about some attributes, or claim it."""
    given = {"ids": list(ids), "attributes": list(attributes)}
    return {row.id for row in run(session, "simulation/find_told", **given)} if ids else set()


def facts(session: Session, ids: Iterable[int]) -> Mapping[int, Sequence[Row]]:
    """Return every fact of each record."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in run(session, "simulation/read_facts", ids=list(ids)):
        found[row.record_id].append(row)
    return found


def members(session: Session, ids: Collection[UUID], *, weights: tuple[float, float] | None) -> Sequence[Row]:
    """Return the records of masters: record_id, master_id; if weights are given, those with an edge between them."""
    least, most = weights or (None, None)
    return run(session, "simulation/read_members", ids=list(ids), least=least, most=most)


def count_claiming(session: Session, ids: Collection[UUID], *, attributes: Collection[str]) -> int:
    """Count the records of masters that claim anything about some attributes, or have ever told it."""
    rows = run(session, "simulation/count_claiming", ids=list(ids), attributes=list(attributes))
    return int(rows[0].records)

"""Queries on dead letters; whatever became of one follows from the heads and the replays too."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from mdm.store.rows import Row
from mdm.store.sql import as_json, run, statement
from mdm.store.tables import DeadLetter, DeadLetterPosition

UNDECIDED = ("open", "replaying")


def keep(session: Session, letters: Sequence[Mapping[str, Any]]) -> None:
    """Keep dead letters, those that are not kept yet."""
    if letters:
        insertion = insert(DeadLetter).values(list(letters))
        session.connection().execute(insertion.on_conflict_do_nothing(index_elements=["advisory_id"]))


def position(session: Session, stream: str) -> DeadLetterPosition | None:
    """Return how far a stream of advisories has been read."""
    return session.get(DeadLetterPosition, stream)


def save_position(session: Session, stream: str, *, consumer: str, sequence: int) -> None:
    """Note how far a stream of advisories has been read."""
    run(session, "dead_letters/save_position", stream=stream, consumer=consumer, sequence=sequence)


def published(session: Session, gone: Iterable[dict[str, Any]], *, prefix: str) -> dict[int, Row]:
    """Return what is still known of messages (number, sequence, since, until), by number.

    Columns: place, subject, headers, data. `since` and `until` bound when they were published, because sequences
    begin again with every stream.
    """
    found = run(session, "dead_letters/find_published", gone=as_json(gone), prefix=prefix)
    return {row.number: row for row in found}


def get(session: Session, letter_id: int) -> Row | None:
    """Return one dead letter as it stands."""
    return session.connection().execute(_standing("WHERE id = :id"), {"id": letter_id}).first()


def message(session: Session, letter_id: int) -> Row:
    """Return the bytes of a dead letter: headers, data, advisory."""
    kept = text("SELECT headers, data, advisory FROM dead_letter WHERE id = :id")
    return session.connection().execute(kept, {"id": letter_id}).one()


def page(
    session: Session, *, scope: Collection[str] | None, before: int | None, limit: int, **wanted: Any
) -> Sequence[Row]:
    """Return dead letters, newest first; `scope` limits them to these domains, `wanted` columns to values."""
    conditions, values = _conditions(scope, wanted)
    if before is not None:
        conditions.append("id < :before")
        values["before"] = before
    query = _standing(f"{_where(conditions)} ORDER BY id DESC LIMIT :limit")
    return session.connection().execute(query, values | {"limit": limit}).all()


def groups(
    session: Session, *, scope: Collection[str] | None, before: int | None, limit: int, **wanted: Any
) -> Sequence[Row]:
    """Return groups of one cause, the one with the newest letter first, of letters as `page` chooses them.

    Columns: fingerprint, subscriber, domain, kind, reason (the newest), letters, critical, major, minor, masters,
    first_at, last_at, newest_id. `before` is a `newest_id`.
    """
    conditions, values = _conditions(scope, wanted)
    having = "" if before is None else "HAVING max(id) < :before"
    columns = """fingerprint, subscriber, domain, kind, (array_agg(reason ORDER BY id DESC))[1] AS reason,
        count(*) AS letters, count(*) FILTER (WHERE severity = 'critical') AS critical,
        count(*) FILTER (WHERE severity = 'major') AS major, count(*) FILTER (WHERE severity = 'minor') AS minor,
        count(DISTINCT master_id) AS masters, min(at) AS first_at, max(at) AS last_at, max(id) AS newest_id"""
    ending = f"""{_where(conditions)} GROUP BY fingerprint, subscriber, domain, kind {having}
        ORDER BY max(id) DESC LIMIT :limit"""
    query = _standing(ending, columns=columns)
    return session.connection().execute(query, values | {"limit": limit, "before": before}).all()


def take(session: Session, *, scope: Collection[str] | None, limit: int | None, **wanted: Any) -> Sequence[Row]:
    """Lock open dead letters that meet what is wanted and return them: id, subscriber, domain, master_id, version."""
    conditions, values = _conditions(scope, {"state": "open"} | wanted)
    chosen = _standing(f"{_where(conditions)} ORDER BY id LIMIT :limit", columns="id, replay_id")
    return session.connection().execute(_of(chosen, "take"), values | {"limit": limit}).all()


def decide(
    session: Session,
    ids: Collection[int],
    *,
    state: str,
    by: str,
    at: datetime,
    note: str,
    replay_id: UUID | None = None,
) -> None:
    """Write down what was decided about dead letters."""
    run(session, "dead_letters/decide", ids=list(ids), state=state, by=by, at=at, note=note, replay_id=replay_id)


def settle(session: Session, *, now: datetime, limit: int) -> int:
    """Write down what newer versions and ended replays have made of open letters, and return of how many."""
    chosen = _standing("WHERE decided = 'open' AND state IN ('superseded', 'replayed') LIMIT :limit")
    return session.connection().execute(_of(chosen, "settle"), {"now": now, "limit": limit}).rowcount


def forget(session: Session, *, before: datetime, limit: int) -> int:
    """Delete dead letters that were settled before an instant, and return how many."""
    old = statement("dead_letters/forget")
    return session.connection().execute(old, {"before": before, "limit": limit}).rowcount


def count_open(session: Session) -> dict[tuple[str, str], int]:
    """Count open dead letters per (subscriber, severity)."""
    query = _standing(
        "WHERE decided = 'open' AND state IN ('open', 'replaying') GROUP BY 1, 2",
        columns="coalesce(subscriber, '') AS subscriber, severity, count(*) AS n",
    )
    return {(row.subscriber, row.severity): row.n for row in session.connection().execute(query)}


def _standing(ending: str, *, columns: str = "*") -> TextClause:
    return text(f"SELECT {columns} FROM ({statement('dead_letters/standing').text}) AS letter {ending}")


def _of(chosen: TextClause, name: str) -> TextClause:
    """Return a statement about the letters that another one chooses."""
    return text(statement(f"dead_letters/{name}").text.format(chosen=chosen.text))


def _conditions(scope: Collection[str] | None, wanted: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions on columns of a letter as it stands, and their values; a value None asks for nothing."""
    values = {name: value for name, value in wanted.items() if value is not None}
    conditions = [
        f"{name} = ANY (:{name})" if isinstance(value, list) else f"{name} = :{name}" for name, value in values.items()
    ]
    if values.get("state") in UNDECIDED:
        conditions.append("decided = 'open'")  # lets the index on open letters serve
    if scope is not None:
        conditions.append("domain = ANY (:scope)")
        values["scope"] = sorted(scope)
    return conditions, values


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""

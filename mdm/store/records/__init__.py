"""Queries on source records, their facts and their blocking keys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from mdm.core.ids import lock_number
from mdm.store.rows import Row
from mdm.store.sql import as_json, run
from mdm.store.tables import Fact, HotKey, MatchKey, SourceRecord


class RecordName(NamedTuple):
    """What identifies a source record for ever."""

    domain: str
    source: str
    key: str


def take_locks(session: Session, numbers: Iterable[int]) -> None:
    """Take advisory locks, sorted, in one statement."""
    run(session, "records/take_locks", numbers=sorted(set(numbers)))


def read(session: Session, names: Iterable[RecordName]) -> dict[RecordName, Row]:
    """Return id, revision, ended_at, state and comparable of the records that exist."""
    domains, sources, keys = zip(*names, strict=True)
    rows = run(session, "records/read_records", domains=list(domains), sources=list(sources), keys=list(keys))
    return {RecordName(r.domain, r.source, r.source_key): r for r in rows}


def write(session: Session, rows: Sequence[dict[str, Any]], *, now: datetime) -> dict[RecordName, int]:
    """Insert or replace records (domain, source, source_key, ended_at, state, comparable) and return their ids."""
    written = run(session, "records/write_records", rows=as_json(rows), now=now)
    return {RecordName(r.domain, r.source, r.source_key): r.id for r in written}


def write_facts(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep facts."""
    run(session, "records/write_facts", rows=as_json(rows))


def facts(session: Session, record_id: int) -> Sequence[Fact]:
    """Return every fact of a record."""
    return list(session.scalars(select(Fact).where(col(Fact.record_id) == record_id)))


def last_said(session: Session, names: Iterable[RecordName]) -> dict[RecordName, Row]:
    """Return the claims of the living records there are, and the content digest of the fact each heard last."""
    domains, sources, keys = zip(*names, strict=True)
    rows = run(session, "records/read_last_said", domains=list(domains), sources=list(sources), keys=list(keys))
    return {RecordName(r.domain, r.source, r.source_key): r for r in rows}


def count_living(session: Session, *, domain: str, source: str) -> int:
    """Count the records of a source that it has not deleted."""
    living = select(func.count()).where(
        col(SourceRecord.domain) == domain, col(SourceRecord.source) == source, col(SourceRecord.ended_at).is_(None)
    )
    return session.connection().execute(living).scalar_one()


def initial(session: Session, ids: Iterable[int]) -> set[int]:
    """Return those of records of which nothing is known but what initial loads said."""
    return {r.record_id for r in run(session, "records/find_initial", ids=list(ids))}


def fact_digests(session: Session, versions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return the content digest kept for each (record id, source version) that is known."""
    wanted = set(versions)
    if not wanted:
        return {}
    kept = select(col(Fact.record_id), col(Fact.version), col(Fact.digest)).where(
        col(Fact.record_id).in_({r for r, _ in wanted}), col(Fact.version).in_({v for _, v in wanted})
    )
    return {(r.record_id, r.version): r.digest for r in session.connection().execute(kept)}


def replace_keys(session: Session, *, domain: str, changed: Mapping[int, Sequence[str]], known: Iterable[int]) -> None:
    """Give records new blocking keys; `known` are those that may have had others before."""
    session.connection().execute(delete(MatchKey).where(col(MatchKey.record_id).in_(list(known))))
    pairs = [(key_number(domain, key), record) for record, keys in changed.items() for key in set(keys)]
    if pairs:
        keys, record_ids = zip(*pairs, strict=True)
        run(session, "records/write_match_keys", keys=list(keys), record_ids=list(record_ids))


def key_number(domain: str, key: str) -> int:
    """Return the number under which a blocking key is stored and locked."""
    return lock_number(f"{domain}|{key}")


def candidates(session: Session, ids: Sequence[int], *, hot: int, unbearable: int) -> list[tuple[int, int]]:
    """Return (record, candidate) pairs that share a key, or two where the key is hot."""
    found = run(session, "records/find_candidates", ids=list(ids), hot=hot, unbearable=unbearable)
    return [(r.record_id, r.candidate_id) for r in found]


def unbearable_keys(session: Session, ids: Sequence[int], *, unbearable: int) -> list[tuple[int, int]]:
    """Return (record, key number) whose block is larger than `unbearable`."""
    found = run(session, "records/find_unbearable_keys", ids=list(ids), unbearable=unbearable)
    return [(r.record_id, r.key) for r in found]


def report_hot_keys(session: Session, names: Iterable[str], *, domain: str, records: int, now: datetime) -> None:
    """Remember keys that were not compared because too many records share them."""
    rows = [{"domain": domain, "name": name, "records": records, "seen_at": now} for name in names]
    if rows:
        session.connection().execute(insert(HotKey).on_conflict_do_nothing(), rows)


def comparables(session: Session, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what scoring needs of each record."""
    return {r.id: r.comparable for r in run(session, "records/read_comparables", ids=list(ids))}


def block_sizes(session: Session, keys: Sequence[int], *, unbearable: int) -> dict[int, int]:
    """Count the records under each key, no further than one beyond `unbearable`."""
    return {r.key: r.records for r in run(session, "records/count_blocks", keys=list(keys), unbearable=unbearable)}


def lookalikes_by_keys(session: Session, blocks: Mapping[int, int], *, hot: int, most: int) -> Sequence[Row]:
    """Return linked records (id, source, source_key, comparable, master_id) under keys whose block sizes are given."""
    keys, records = list(blocks), list(blocks.values())
    return run(session, "records/find_lookalikes", keys=keys, records=records, hot=hot, most=most)


def lookalikes_by_words(
    session: Session, words: Sequence[str], *, domain: str, looked: int, most: int
) -> Sequence[Row]:
    """Return the records of masters whose search text contains every word of letters and digits, in the same shape."""
    return run(
        session,
        "records/find_lookalikes_by_words",
        domain=domain,
        text=" ".join(words),
        longest=f"%{max(words, key=len)}%",
        patterns=[f"%{word}%" for word in words],
        looked=looked,
        most=most,
    )


def lookalikes_by_name(session: Session, text: str, *, domain: str, most: int) -> Sequence[Row]:
    """Return the records of masters whose search text has something spelt almost like a text, in the same shape.

    The planner takes comparing texts for cheap, and would compare them all where there are few thousand.
    """
    run(session, "records/allow_seqscan", allowed="off")
    found = run(session, "records/find_lookalikes_by_name", domain=domain, text=text, most=most)
    run(session, "records/allow_seqscan", allowed="on")
    return found

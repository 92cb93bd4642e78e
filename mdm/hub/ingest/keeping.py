"""Keeping folded records: their state, facts and blocking keys, what they refer to, and when to look at them again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mdm.core.domains import Domain
from mdm.hub.announce import Cause
from mdm.hub.ingest.fold import State
from mdm.hub.ingest.interpret import Parsed, utc
from mdm.hub.ingest.judging import finding_rows, has_ended, next_judgement, unique_values
from mdm.hub.ingest.records import Folded
from mdm.hub.ingest.referring import reference_rows
from mdm.hub.settling import QUALITY
from mdm.store import records
from mdm.store.records import RecordName, findings, redo, references
from mdm.store.work import Work

DATE = "date"  # why a record is done again: a value begins or ends, by which it is compared


def keep(work: Work, folded: Sequence[Folded]) -> Mapping[RecordName, int]:
    """Write what folding made of records; returns their ids."""
    ids = {f.name: f.before.id for f in folded if f.before is not None}
    written = [f for f in folded if f.concerned]
    if written:
        ids |= records.write(work.session, [_record_row(f) for f in written], now=work.now)
        records.write_facts(work.session, [_fact_row(p, ids[f.name]) for f in written for p in f.kept])
        for name in sorted({f.name.domain for f in written}):
            _keep_keys(work, name, [f for f in written if f.compared and f.name.domain == name], ids)
        _keep_references(work, [f for f in written if f.changed], ids)
    seen = [f for f in folded if f.kept or f.again is not None]
    for name in sorted({f.name.domain for f in seen}):
        keep_quality(work, work.catalog.domain(name), {ids[f.name]: f for f in seen if f.name.domain == name})
    _await_dates(work, seen, ids)
    work.reach("records_written")
    return ids


def _keep_keys(work: Work, domain: str, compared: Sequence[Folded], ids: Mapping[RecordName, int]) -> None:
    records.replace_keys(
        work.session,
        domain=domain,
        changed={ids[f.name]: f.keys for f in compared},
        known=[f.before.id for f in compared if f.before is not None],
    )


def _keep_references(work: Work, changed: Iterable[Folded], ids: Mapping[RecordName, int]) -> None:
    referring = [(work.catalog.domain(f.name.domain), f) for f in changed]
    rows = {ids[f.name]: reference_rows(d, ids[f.name], f.state) for d, f in referring if d.references}
    if rows:
        references.replace(work.session, list(rows), [row for found in rows.values() for row in found])


def keep_quality(work: Work, domain: Domain, seen: Mapping[int, Folded]) -> None:
    """Write what is wrong with records, and have those judged again that say the same as they do or did."""
    now = utc(work.now)
    rows = [row for record, f in seen.items() for row in finding_rows(domain, record, f.judged, now)]
    known = [record for record, f in seen.items() if f.before is not None]
    if rows or known:
        findings.replace(work.session, known, rows, now=work.now)
    if domain.quality.of_kind("unique"):
        _keep_unique_values(work, domain, seen, known, now)


def _keep_unique_values(work: Work, domain: Domain, seen: Mapping[int, Folded], known: Sequence[int], now: str) -> None:
    had = {(row.attribute, row.key, row.record_id) for row in findings.unique_values(work.session, known)}
    has = {
        (attribute, key, record)
        for record, f in seen.items()
        if not has_ended(f.state, now)
        for attribute, key in unique_values(domain, f.state, now)
    }
    findings.replace_unique_values(work.session, known, [_unique_row(domain, *one) for one in sorted(has)])
    moved = sorted({(attribute, key) for attribute, key, _ in had ^ has})
    rows = [{"domain": domain.name, "attribute": attribute, "key": key} for attribute, key in moved]
    if rows:
        findings.judge_again(work.session, rows, but=list(seen), reason=QUALITY, now=work.now)


def _unique_row(domain: Domain, attribute: str, key: str, record: int) -> dict[str, Any]:
    return {"domain": domain.name, "attribute": attribute, "key": key, "record_id": record}


def _await_dates(work: Work, folded: Iterable[Folded], ids: Mapping[RecordName, int]) -> None:
    now = utc(work.now)
    rows = [
        {"record_id": ids[f.name], "reason": DATE, "due_at": at, "origin": _origin(f)}
        for f in folded
        if (at := _next_look(work.catalog.domain(f.name.domain), f.state, now)) is not None
    ]
    redo.add(work.session, rows, now=work.now)


def _origin(folded: Folded) -> dict[str, Any] | None:
    """Return what is handed on from the last fact of a record to what it does when its day has come."""
    if not folded.kept:
        return None
    last = folded.kept[-1].delivery
    return Cause("date", (last.id,), last.correlation_id, last.traceparent, tracestate=last.tracestate).origin()


def _next_look(domain: Domain, state: State, now: str) -> str | None:
    """Return when a record is compared or judged otherwise by time alone, None: never."""
    instants = (next_change(domain, state, now), next_judgement(domain, state, now))
    return min((at for at in instants if at is not None), default=None)


def next_change(domain: Domain, state: State, now: str) -> str | None:
    """Return when the form for matching of a record changes next by time alone, None: never."""
    compared = {attribute for attributes in domain.match.attributes.values() for attribute in attributes}
    segments = [s for name in compared for s in state.claims.get(name, ())]
    return min((at for s in segments for at in (s.start, s.end) if at is not None and at > now), default=None)


def _record_row(folded: Folded) -> dict[str, Any]:
    """Return the row of a folded record, as the store writes it."""
    return {
        "domain": folded.name.domain,
        "source": folded.name.source,
        "source_key": folded.name.key,
        "ended_at": folded.state.ended,
        "state": folded.state.to_document(),
        "comparable": folded.comparable,
    }


def _fact_row(parsed: Parsed, record_id: int) -> dict[str, Any]:
    """Return the row of a fact, as the store writes it."""
    fact = parsed.fact
    return {
        "delivery_id": parsed.delivery.id,
        "record_id": record_id,
        "version": fact.version,
        "source_time": fact.source_time,
        "received_at": parsed.delivery.received_at,
        "operation": fact.operation,
        "effective_from": fact.effective_from,
        "replace": fact.replace,
        "master_id": fact.master_id,
        "attributes": fact.attributes,
        "digest": parsed.digest,
    }

"""Comparing a load with what is known of its records, piece by piece, before anything of it is processed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import TypeAlias
from uuid import UUID

import structlog

from mdm.core.domains import Domain
from mdm.errors import Moved, Unavailable
from mdm.hub.ingest.fold import EMPTY, UNVERSIONED, Said, State
from mdm.hub.ingest.holding.differences import Difference, Kind, difference, told
from mdm.hub.ingest.holding.limits import Reason, of_load
from mdm.hub.ingest.holding.repeated import repeated
from mdm.hub.ingest.holding.tally import LATE, Comparison
from mdm.hub.ingest.interpret import Parsed, Refused, interpret, utc
from mdm.hub.ingest.referring import follow_said, named_in_values
from mdm.hub.ingest.refolding import named_in_facts, read_again, refold, terms_of
from mdm.hub.relations.references import Leads
from mdm.sources import Registry
from mdm.store import records
from mdm.store.ingest import loads
from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.tables import Load
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

PIECE = 1_000  # rows compared in one transaction
TRIES = 3  # of one piece, before the load is held because it cannot be compared
COMPARING, ACCEPTED, HELD = "comparing", "accepted", "held"

log = structlog.get_logger(__name__)


def compare_next(begin: Begin, *, registry: Registry) -> int:
    """Compare a piece of the oldest load that nobody else compares, and return how many rows that were, at least 1.

    Returns 0 if there is nothing to compare. Raises Unavailable while PostgreSQL is away.
    """
    with begin() as work:
        waiting = loads.to_compare(work.session)
    for load_id in waiting:
        with begin() as guard:
            if loads.guard(guard.session, load_id):
                return _compare_guarded(begin, load_id, registry=registry)
    return 0


def _compare_guarded(begin: Begin, load_id: UUID, *, registry: Registry) -> int:
    with begin() as work:
        load = loads.get(work.session, load_id, lock=True)
        if load is None or load.state != COMPARING:
            return 1  # another has just finished it: there may be more
        load.tries += 1
        if load.tries > TRIES:
            text = f"It could not be compared: {TRIES} tries have failed, the log says why."
            hold(work, load, Comparison.from_document(load.comparison), [Reason("failed", text)])
            return 1
    try:
        with begin() as work:
            return _compare_piece(work, load_id, registry=registry)
    except Unavailable:
        raise
    except Moved:
        log.debug("comparing_moved", load=str(load_id))
    except Exception:
        log.exception("comparing_crashed", load=str(load_id))
    return 1


def _compare_piece(work: Work, load_id: UUID, *, registry: Registry) -> int:
    load = loads.get(work.session, load_id, lock=True)
    if load is None or load.state != COMPARING:
        return 1
    comparison = Comparison.from_document(load.comparison)
    rows = loads.rows_after(work.session, load_id, after=comparison.after, size=PIECE)
    if rows:
        compare(work, rows, comparison, registry=registry)
    load.tries, load.comparison = 0, comparison.to_document()
    load.domains = sorted({*load.domains, *comparison.domains})
    if len(rows) < PIECE:
        _finish(work, load, comparison)
    work.session.flush()
    work.reach("load_compared")
    return len(rows) or 1


def compare(work: Work, rows: Sequence[Row], comparison: Comparison, *, registry: Registry) -> None:
    """Add to a comparison what deliveries would change."""
    same = repeated(work, rows, registry=registry)
    for again in same.values():
        comparison.of(again.domain).add_unchanged(again.had)
    parsed: list[Parsed] = []
    for row in (row for row in rows if row.id not in same):
        read = interpret(row, catalog=work.catalog, registry=registry, now=work.now)
        if isinstance(read, Refused):
            comparison.refuse(row.id)
        else:
            parsed.append(read)
    for name, facts, found, late in differences(work, parsed):
        tally = comparison.of(name.domain)
        tally.records[LATE] += late
        if late < len(facts) or found.kind in (Kind.CHANGED, Kind.DELETED):
            tally.add(found, facts[-1].delivery.id)
    comparison.after, comparison.rows = rows[-1].id, comparison.rows + len(rows)


def differences(work: Work, parsed: Iterable[Parsed]) -> list[tuple[RecordName, list[Parsed], Difference, int]]:
    """Return for every record the facts about it, what they would change, and how many of them come too late."""
    by_record: dict[RecordName, list[Parsed]] = defaultdict(list)
    for p in parsed:
        by_record[p.name].append(p)
    if not by_record:
        return []
    rows = records.read(work.session, by_record)
    leads, now = Leads(work), utc(work.now)
    leads.learn(n for name, ps in by_record.items() for p in ps for n in _named(work, name, p))
    found = []
    for name, facts in by_record.items():
        domain = work.catalog.domain(name.domain)
        before = State.from_document(rows[name].state) if name in rows else EMPTY
        followed = [follow_said(leads, domain, name.source, p.said) for p in facts]
        after, late = told(before, followed, terms_of(domain, name.source))
        if late and name in rows:
            after = _refolded(work, leads, domain, name, rows[name], followed)
        instant = max(now, *(said.valid_from for said in followed))
        found.append((name, facts, difference(before, after, instant), late))
    return found


def _refolded(work: Work, leads: Leads, domain: Domain, name: RecordName, row: Row, facts: Sequence[Said]) -> State:
    """Return a record with facts between those it was told: a late one counts where no later one spoke."""
    kept = records.facts(work.session, row.id)
    known = {fact.version for fact in kept if fact.version is not None}
    refused = known | {UNVERSIONED} if known else known
    earlier = read_again(domain, name.source, kept)
    leads.learn(named_in_facts(domain, name.source, earlier))
    new = [one for one in facts if one.order.version not in refused]
    return refold(leads, domain, name.source, [*earlier, *new])


def hold(work: Work, load: Load, comparison: Comparison, reasons: Sequence[Reason]) -> None:
    """Hold a load whole: nothing of it is processed until somebody decides."""
    load.state = HELD
    load.comparison = comparison.to_document() | {"reasons": [asdict(reason) for reason in reasons]}
    loads.bring_to(work.session, load.id, HELD, from_states=["pending"], ended_at=work.now)
    texts = [reason.text for reason in reasons]
    log.warning("load_held", load=str(load.id), source=load.source, file=load.file_name, reasons=texts)


def _finish(work: Work, load: Load, comparison: Comparison) -> None:
    domains = {name: work.catalog.domain(name) for name in load.domains}
    holds = {name: domain.source_of(load.source).hold for name, domain in domains.items()}
    living = {name: records.count_living(work.session, domain=name, source=load.source) for name in domains}
    reasons = of_load(comparison, holds=holds, living=living)
    if reasons:
        hold(work, load, comparison, reasons)
    else:
        load.state = ACCEPTED
        log.info("load_compared", load=str(load.id), source=load.source, rows=comparison.rows)


def _named(work: Work, name: RecordName, p: Parsed) -> Iterable[RecordName]:
    return named_in_values(work.catalog.domain(name.domain), name.source, p.said.values)

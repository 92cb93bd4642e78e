"""Records processed again without a new fact: what they refer to has moved, or a day they wait for has come."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import structlog

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.errors import Moved, Unavailable
from mdm.hub.announce import Cause
from mdm.hub.golden import Draft, Touched
from mdm.hub.ingest.keeping import DATE, keep
from mdm.hub.ingest.process import INITIAL_LOAD
from mdm.hub.ingest.records import Folded, fold_records
from mdm.hub.relations.references import PIN, follow_pinned
from mdm.hub.releases import rollout
from mdm.hub.releases.switching import ANNOUNCE, RELEASE
from mdm.hub.settling import QUALITY, settle
from mdm.store import records
from mdm.store.records import RecordName, redo, references
from mdm.store.records.redo import Depth
from mdm.store.rows import Row
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

SIZE = 50
TRIES = 5
OLDEST = 1_000  # due records that are looked at to tell how long each reason waits
REST = timedelta(minutes=10)  # for a record that cannot be processed again, before it is tried once more
REFERENCE, BOUNDARY = "reference", "boundary"
LOOKS = {REFERENCE, DATE, QUALITY}  # after which there is nothing to do if nothing has changed

log = structlog.get_logger(__name__)


def lag(work: Work) -> float:
    """Return for how many seconds the first record has waited to be processed again."""
    return max(ages(work).values(), default=0.0)


def ages(work: Work) -> dict[str, float]:
    """Return for how many seconds the first due record has waited, for each reason among the oldest."""
    found = redo.due_since(work.session, now=work.now, size=OLDEST)
    return {reason: (work.now - since).total_seconds() for reason, since in found.items()}


def process_due(begin: Begin, *, size: int = SIZE) -> int:
    """Process records again whose time has come, and return how many were taken; raises Unavailable and Moved."""
    ids: list[int] = []
    try:
        for _ in range(TRIES):
            try:
                look_back(begin, size=size)
                with begin() as work:
                    work.hold_rules(work.catalog.domains.values())
                    rows = redo.take_due(work.session, now=work.now, size=size)
                    ids = [row.record_id for row in rows]
                    _do_again(work, rows)
            except Moved:
                log.debug("redo_moved", records=len(ids))
            else:
                return len(ids)
    except Unavailable:
        raise
    except Exception:
        log.exception("redo_crashed", first=ids[:1], records=len(ids))
    for record_id in ids:
        _do_alone(begin, record_id)
    return len(ids)


def look_back(begin: Begin, *, size: int = SIZE) -> None:
    """Look again for records that referred to what moved while they were being written."""
    with begin() as work:
        moves = references.take_moves(work.session, size=size)
        for domain in sorted({move.domain for move in moves}):
            own = [move for move in moves if move.domain == domain]
            moved = sorted({record for move in own for record in move.records})
            masters = sorted({master for move in own for master in move.masters})
            origins = {target: origin for move in own for target, origin in (move.origins or {}).items()}
            redo.add_referrers(
                work.session, domain=domain, records=moved, masters=masters, origins=origins, now=work.now
            )


def _do_alone(begin: Begin, record_id: int) -> None:
    """Process one record again; one that fails rests, so that it does not keep others from their turn."""
    whose = None
    try:
        with begin() as work:
            work.hold_rules(work.catalog.domains.values())
            rows = redo.take_due(work.session, now=work.now, size=1, ids=[record_id])
            whose = next((row.origin.get("correlation_id") for row in rows if row.origin), None)
            _do_again(work, rows)
    except (Unavailable, Moved):
        raise
    except Exception:
        log.exception("redo_postponed", record=record_id, correlation_id=whose)
        with begin() as work:
            redo.postpone(work.session, record_id, until=work.now + REST)


def _do_again(work: Work, rows: Sequence[Row]) -> None:
    if not rows:
        return
    depths = {RecordName(row.domain, row.source, row.source_key): Depth(row.depth) for row in rows}
    folded = fold_records(work, (), again=depths)
    ids = keep(work, folded)
    taken = {row.record_id: row for row in rows}
    for name in sorted({row.domain for row in rows}):
        found = {ids[f.name]: f for f in folded if f.name.domain == name and f.speaks}
        _settle(work, work.catalog.domain(name), found, taken)


def _settle(work: Work, domain: Domain, found: Mapping[int, Folded], taken: Mapping[int, Row]) -> None:
    """Settle what has changed, and what is to be rebuilt whether it has or not."""
    reasons = {record: set(taken[record].reasons) for record in found}
    changed = {record: f for record, f in found.items() if f.changed or not reasons[record] <= LOOKS}
    if not changed:
        return
    if pinned := [record for record in changed if PIN in reasons[record]]:
        follow_pinned(work, domain, pinned)
    initial = records.initial(work.session, changed)
    unknown = {"correlation_id": str(new_id())}

    def cause_of(master: Touched) -> Cause:
        own = [record for record in changed if record in master.records] or list(changed)
        kind = _kind(set[str]().union(*(reasons[record] for record in own)))
        origin = next((taken[record].origin for record in sorted(own) if taken[record].origin), unknown)
        waived = kind != RELEASE and initial.issuperset(own)  # other rules make other values: those are asked about
        return Cause.following(kind, origin, waiver=INITIAL_LOAD if waived else None)

    compared = {record: f.comparable for record, f in changed.items() if f.compared}
    announced = {record for record in changed if ANNOUNCE in reasons[record]}
    drafts = settle(work, domain, changed=changed, compared=compared, cause_of=cause_of, announced=announced)
    if released := {record for record in changed if RELEASE in reasons[record]}:
        rollout.count(work, domain, domain.release, _of(drafts, released))


def _of(drafts: Mapping[UUID, Draft], records: Collection[int]) -> dict[UUID, Draft]:
    """Return the masters that have, or have just lost, one of these records, and those they split off or absorbed."""
    own = {m: draft for m, draft in drafts.items() if not draft.master.records.isdisjoint(records)}
    with_them = {m for draft in own.values() for m in (*draft.master.split_to, *draft.master.absorbed)}
    return own | {m: drafts[m] for m in with_them if m in drafts}


def _kind(reasons: Collection[str]) -> str:
    """Return what a version is said to be caused by if records were done again for these reasons."""
    if RELEASE in reasons:
        return RELEASE
    if QUALITY in reasons:
        return QUALITY
    return BOUNDARY if set(reasons) == {DATE} else REFERENCE

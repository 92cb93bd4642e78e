"""Processing deliveries: from bytes to golden records, a chunk in one Work."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from mdm.core.domains import Domain
from mdm.errors import UnknownMaster
from mdm.hub.announce import Cause
from mdm.hub.golden import Touched
from mdm.hub.ingest.holding.watching import keep_back, watch
from mdm.hub.ingest.interpret import Parsed, Refused, interpret
from mdm.hub.ingest.keeping import keep
from mdm.hub.ingest.quarantine import set_aside
from mdm.hub.ingest.records import Folded, fold_records
from mdm.hub.resolution import declare
from mdm.hub.settling import settle
from mdm.sources import Registry
from mdm.store import records
from mdm.store import resolution as identities
from mdm.store.ingest import deliveries
from mdm.store.rows import Row
from mdm.store.work import Work

INITIAL_LOAD = "initial load"


def process(work: Work, claimed: Sequence[Row], *, registry: Registry) -> None:
    """Bring locked pending deliveries to their end; raises Moved when the whole Work must be tried again."""
    now = work.now
    read = [interpret(delivery, catalog=work.catalog, registry=registry, now=now) for delivery in claimed]
    parsed, refused = _split(work, read)
    parsed = keep_back(work, parsed)
    folded = fold_records(work, parsed) if parsed else []
    refused += [r for f in folded for r in f.refused]
    ids = keep(work, folded)
    for name in sorted({f.name.domain for f in folded}):
        _resolve(work, work.catalog.domain(name), [f for f in folded if f.name.domain == name], ids)
    set_aside(work, refused)
    ended: list[tuple[int, str, int | None]] = [(r.delivery.id, "quarantined", None) for r in refused]
    ended += [(d, outcome, ids.get(f.name)) for f in folded for d, outcome in f.outcomes.items()]
    if ended:
        deliveries.end(work.session, ended, now=work.now)
    watch(work, folded)


def _split(work: Work, read: Iterable[Parsed | Refused]) -> tuple[list[Parsed], list[Refused]]:
    """Part what can be folded from what must be set aside; a named master that does not exist counts as the latter."""
    parsed, refused = [], []
    for p in read:
        if isinstance(p, Refused):
            refused.append(p)
        elif p.fact.master_id is not None and not _master_exists(work, p):
            refused.append(Refused(p.delivery, _no_such_master(p), p.name))
        else:
            parsed.append(p)
    return parsed, refused


def _master_exists(work: Work, p: Parsed) -> bool:
    master = identities.survivor(work.session, UUID(p.fact.master_id))
    return master is not None and master.domain == p.name.domain


def _no_such_master(p: Parsed) -> UnknownMaster:
    return UnknownMaster(
        f"{p.name.source}/{p.name.key} names the {p.name.domain} {p.fact.master_id}, which does not exist.",
        hint="Send it without a master id to have it matched, or with an id that this hub has issued.",
    )


def _resolve(work: Work, domain: Domain, folded: Sequence[Folded], ids: Mapping[records.RecordName, int]) -> None:
    changed = {ids[f.name]: f for f in folded if f.changed and f.kept and f.speaks}
    if not changed:
        return
    for record_id, f in changed.items():
        if f.declared:
            _declare(work, domain, record_id, f)
    compared = {record_id: f.comparable for record_id, f in changed.items() if f.compared}
    settle(work, domain, changed=changed, compared=compared, cause_of=lambda master: _cause(master, changed))


def _declare(work: Work, domain: Domain, record_id: int, folded: Folded) -> None:
    declare(work, domain, record_id, identities.members(work.session, UUID(folded.state.master_id)))


def _cause(master: Touched, changed: Mapping[int, Folded]) -> Cause:
    """Name the deliveries behind a master's rebuild: those of its own records, else those of the whole chunk."""
    own = [f for record, f in changed.items() if record in master.records] or list(changed.values())
    facts = sorted((p.delivery for f in own for p in f.kept), key=lambda delivery: delivery.id)
    last = facts[-1]
    return Cause(
        "delivery",
        tuple(delivery.id for delivery in facts),
        last.correlation_id,
        last.traceparent,
        actors=tuple(sorted({delivery.delivered_by for delivery in facts})),
        waiver=INITIAL_LOAD if all(delivery.initial for delivery in facts) else None,
        tracestate=last.tracestate,
    )

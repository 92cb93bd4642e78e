"""Watching what sources send singly: when too much of it deletes or blanks within minutes, the rest is held."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta

import structlog

from mdm.core.domains import STEWARD_SOURCE
from mdm.core.ids import new_id
from mdm.hub.ingest.fold import EMPTY, State
from mdm.hub.ingest.holding.comparing import HELD
from mdm.hub.ingest.holding.differences import Kind, difference
from mdm.hub.ingest.holding.limits import of_messages
from mdm.hub.ingest.interpret import Parsed, utc
from mdm.hub.ingest.records import Folded
from mdm.store.ingest import source_holds
from mdm.store.ingest.source_holds import Counted
from mdm.store.rows import Row
from mdm.store.tables import SourceHold
from mdm.store.work import Work

LONGEST_WINDOW = timedelta(days=1)

log = structlog.get_logger(__name__)


def keep_back(work: Work, parsed: Sequence[Parsed]) -> list[Parsed]:
    """End as held what comes singly from a source of which it is held; return what may be folded."""
    about = {(p.name.source, p.name.domain) for p in parsed if _is_watched(p.delivery)}
    if not about:
        return list(parsed)
    standing = {(hold.source, hold.domain): hold.id for hold in source_holds.undecided(work.session, about)}
    held = {
        p.delivery.id: hold_id
        for p in parsed
        if _is_watched(p.delivery) and (hold_id := standing.get((p.name.source, p.name.domain))) is not None
    }
    if held:
        source_holds.keep_back(work.session, list(held.items()), now=work.now)
    return [p for p in parsed if p.delivery.id not in held]


def watch(work: Work, folded: Iterable[Folded]) -> None:
    """Count what single messages did, and hold what comes next from a source that does too much."""
    counted = [_counted(work, source, domain, some) for (source, domain), some in sorted(_by_sender(folded).items())]
    if not counted:
        return
    source_holds.count(work.session, counted, now=work.now)
    for one in counted:
        if one.changed or one.deleted or one.blanked:
            _judge(work, one.source, one.domain)


def forget_old(work: Work) -> None:
    """Forget the counts that no window reaches back to."""
    source_holds.forget_windows(work.session, before=work.now - LONGEST_WINDOW)


def _is_watched(delivery: Row) -> bool:
    """Tell whether a delivery came singly, and was neither released before nor made by a steward."""
    return delivery.load_id is None and delivery.hold_id is None and delivery.source != STEWARD_SOURCE


def _by_sender(folded: Iterable[Folded]) -> dict[tuple[str, str], list[Folded]]:
    found: dict[tuple[str, str], list[Folded]] = defaultdict(list)
    for f in folded:
        if any(_is_watched(p.delivery) for p in f.kept):
            found[f.name.source, f.name.domain].append(f)
    return found


def _counted(work: Work, source: str, domain: str, folded: Sequence[Folded]) -> Counted:
    instant = utc(work.now)
    found = [
        difference(EMPTY if f.before is None else State.from_document(f.before.state), f.state, instant) for f in folded
    ]
    did = (f for f, one in zip(folded, found, strict=True) if one.kind in (Kind.CHANGED, Kind.DELETED))
    return Counted(
        source,
        domain,
        senders=frozenset(p.delivery.delivered_by for f in did for p in f.kept),
        records=len(found),
        changed=sum(one.kind == Kind.CHANGED for one in found),
        deleted=sum(one.kind == Kind.DELETED for one in found),
        blanked=sum(bool(one.blanked) for one in found),
    )


def _judge(work: Work, source: str, domain: str) -> None:
    limits = work.catalog.domain(domain).sources[source].hold.messages
    since = work.now - timedelta(minutes=limits.minutes)
    sums = source_holds.window(work.session, source=source, domain=domain, since=since)
    counted = Counted(source, domain, sums.records, sums.changed, sums.deleted, sums.blanked)
    reasons = of_messages(counted, limits)
    if not reasons:
        return
    hold = SourceHold(
        id=new_id(),
        source=source,
        domain=domain,
        state=HELD,
        reasons=[asdict(reason) for reason in reasons],
        senders=sums.senders,
        since=work.now,
    )
    if source_holds.add(work.session, hold):
        texts = [reason.text for reason in reasons]
        log.warning("source_held", hold=str(hold.id), source=source, domain=domain, reasons=texts)

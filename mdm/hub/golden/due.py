"""Masters whose day has come: slices begin or end, overrides and records expire."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import structlog

from mdm.errors import Moved, Unavailable
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.golden.draft import BOUNDARY
from mdm.hub.golden.rebuild import rebuild
from mdm.hub.golden.touched import Touched
from mdm.store import golden
from mdm.store.rows import Row
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

SIZE = 100
REST = timedelta(minutes=10)  # for a master that cannot be rebuilt, before it is tried once more

log = structlog.get_logger(__name__)


def lag(work: Work) -> float:
    """Return for how many seconds the first boundary has waited to be announced."""
    since = golden.due_since(work.session, now=work.now)
    return (work.now - since).total_seconds() if since is not None else 0.0


def advance(begin: Begin, *, size: int = SIZE) -> int:
    """Announce the boundaries that have been reached, in order and once each; returns how many masters were due.

    Masters that others have locked are left for the next time, and one that cannot be rebuilt rests and does not keep
    the others waiting. Correctness does not wait for this: reads are as-of. Raises Unavailable and Moved.
    """
    ids: list[UUID] = []
    try:
        with begin() as work:
            rows = golden.due_masters(work.session, now=work.now, size=size)
            ids = [row.id for row in rows]
            _advance(work, rows)
    except (Unavailable, Moved):
        raise
    except Exception:
        log.exception("boundaries_crashed", first=ids[:1], masters=len(ids))
        for master_id in ids:
            _advance_alone(begin, master_id)
    return len(ids)


def _advance_alone(begin: Begin, master_id: UUID) -> None:
    try:
        with begin() as work:
            _advance(work, golden.due_masters(work.session, now=work.now, size=1, ids=[master_id]))
    except (Unavailable, Moved):
        raise
    except Exception:
        log.exception("boundary_postponed", master=str(master_id))
        with begin() as work:
            golden.postpone(work.session, master_id, until=work.now + REST)


def _advance(work: Work, rows: Sequence[Row]) -> None:
    by_domain: dict[str, dict[UUID, Touched]] = defaultdict(dict)
    for row in rows:
        by_domain[row.domain][row.id] = Touched.of(row.id, row)
    for name, touched in sorted(by_domain.items()):
        domain = work.catalog.domain(name)
        before = golden.causes(work.session, [(m.id, m.version) for m in touched.values()])
        origins = {row.master_id: {**row.cause, "causation_id": f"event-{row.event_id}"} for row in before}
        causes = {master: Cause.following(BOUNDARY, origins.get(master)) for master in touched}
        drafts = rebuild(work, domain, touched, causes=causes)
        tasks.renew_orphans(work, domain, {master: draft.status for master, draft in drafts.items()})
        work.reach("advanced")

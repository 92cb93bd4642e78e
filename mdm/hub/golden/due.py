"""Masters whose day has come: slices begin or end, overrides and records expire."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from mdm.core.ids import new_id
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.golden.rebuild import rebuild
from mdm.hub.golden.touched import Touched
from mdm.store import golden
from mdm.store.work import Work

SIZE = 100


def lag(work: Work) -> float:
    """Return for how many seconds the first boundary has waited to be announced."""
    since = golden.due_since(work.session, now=work.now)
    return (work.now - since).total_seconds() if since is not None else 0.0


def advance(begin: Callable[[], AbstractContextManager[Work]], *, size: int = SIZE) -> int:
    """Announce the boundaries that have been reached, in order and once each; returns how many masters were due.

    Masters that others have locked are left for the next time. Correctness does not wait for this: reads are as-of.
    """
    with begin() as work:
        rows = golden.due_masters(work.session, now=work.now, size=size)
        by_domain: dict[str, dict[UUID, Touched]] = defaultdict(dict)
        for row in rows:
            by_domain[row.domain][row.id] = Touched(
                row.id,
                version=row.version,
                created_at=row.created_at,
                recorded_at=row.recorded_at,
                evaluated_at=row.evaluated_at,
                retired_at=row.retired_at,
                status=row.status,
            )
        for name, touched in sorted(by_domain.items()):
            domain = work.catalog.domain(name)
            causes = {master: Cause("boundary", correlation_id=str(new_id())) for master in touched}
            drafts = rebuild(work, domain, touched, causes=causes)
            tasks.renew_orphans(work, domain, {master: draft.status for master, draft in drafts.items()})
            work.reach("advanced")
        return len(rows)

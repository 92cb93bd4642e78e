"""Work for stewards: opened when the machine may not decide, closed when nothing is left to decide."""

from collections.abc import Collection
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.store import tasks
from mdm.store.work import Work

MATCH_REVIEW = "match_review"
ORPHANED = "orphaned"


def renew_match_reviews(work: Work, domain: Domain, masters: Collection[UUID]) -> None:
    """Ask about every edge between these masters and others; close the questions that no longer stand."""
    wanted = {(p.master_id, p.other_id): p for p in tasks.review_pairs(work.session, masters)}
    standing = tasks.open_around(work.session, masters, kind=MATCH_REVIEW)
    tasks.open_tasks(
        work.session,
        [
            {
                "id": new_id(),
                "master_id": p.master_id,
                "other_id": p.other_id,
                "evidence": {"left": p.left_id, "right": p.right_id, "weight": p.weight, "vetoes": p.vetoes},
            }
            for p in wanted.values()
        ],
        domain=domain.name,
        kind=MATCH_REVIEW,
        owner=domain.steward,
        severity="medium",
        now=work.now,
    )
    gone = [task for pair, task in standing.items() if pair not in wanted]
    tasks.close_tasks(work.session, gone, outcome="obsolete", now=work.now)


def renew_orphans(work: Work, domain: Domain, statuses: dict[UUID, str]) -> None:
    """Ask what to do with masters whose last source record was deleted."""
    orphaned = [master for master, status in statuses.items() if status == "orphaned"]
    tasks.open_tasks(
        work.session,
        [{"id": new_id(), "master_id": master, "other_id": None, "evidence": {}} for master in orphaned],
        domain=domain.name,
        kind=ORPHANED,
        owner=domain.steward,
        severity="low",
        now=work.now,
    )
    standing = tasks.open_around(work.session, statuses, kind=ORPHANED)
    revived = [task for (master, _), task in standing.items() if statuses[master] != "orphaned"]
    tasks.close_tasks(work.session, revived, outcome="obsolete", now=work.now)

"""Work for stewards: opened when the machine may not decide, closed when nothing is left to decide."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.store import tasks
from mdm.store.rows import Row
from mdm.store.work import Work

MATCH_REVIEW = "match_review"
ORPHANED = "orphaned"


def renew_match_reviews(
    work: Work, domain: Domain, masters: Collection[UUID], *, kept_back: Mapping[tuple[int, int], str]
) -> None:
    """Ask about every edge between these masters and others; close the questions that no longer stand."""
    wanted = {(p.master_id, p.other_id): p for p in tasks.review_pairs(work.session, masters)}
    standing = tasks.open_around(work.session, masters, kind=MATCH_REVIEW)
    tasks.open_tasks(
        work.session,
        [
            {"id": new_id(), "master_id": p.master_id, "other_id": p.other_id, "evidence": _evidence(p, kept_back)}
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


def _evidence(pair: Row, kept_back: Mapping[tuple[int, int], str]) -> dict[str, Any]:
    veto = kept_back.get((pair.left_id, pair.right_id))
    vetoes = [*pair.vetoes, veto] if veto else pair.vetoes
    return {"left": pair.left_id, "right": pair.right_id, "weight": pair.weight, "vetoes": vetoes}


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

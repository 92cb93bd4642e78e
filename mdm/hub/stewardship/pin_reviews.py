"""Answers to the question whether a pinned value is still right: it is kept until a later day, or released."""

from datetime import datetime, timedelta
from uuid import UUID

from mdm.core.domains import Domain
from mdm.errors import InvalidInput
from mdm.hub.stewardship.effects import Effects, effects_of
from mdm.hub.stewardship.identity import decision_cause, lock_living
from mdm.hub.stewardship.values import rebuild_one
from mdm.store import stewardship
from mdm.store.tables import Task
from mdm.store.work import Work

AGAIN = 365  # days until the next review, where neither the answer nor the domain says


def keep(work: Work, domain: Domain, task: Task, *, review_at: datetime | None, reason: str) -> Effects:
    """Keep a pinned value and ask again at `review_at`, None: after as long as the domain wants."""
    asked = review_at or work.now + timedelta(days=domain.due.review_after_days or AGAIN)
    if asked <= work.now:
        raise InvalidInput("A value that is pinned is reviewed in the future.", path="review_at")
    stewardship.review_pinned(work.session, UUID(task.evidence["override"]), at=asked)
    return _settled(work, domain, task, "keep", reason=reason)


def release(work: Work, domain: Domain, task: Task, *, reason: str) -> Effects:
    """Release a pinned value: those of the sources survive again, and a critical one awaits its owner."""
    lock_living(work, domain, [task.master_id])  # before what is pinned on it, as everybody does
    pinned = [UUID(task.evidence["override"])]
    stewardship.end_overrides(work.session, pinned, by=work.actor.name, now=work.now)
    return _settled(work, domain, task, "release", reason=reason)


def _settled(work: Work, domain: Domain, task: Task, operation: str, *, reason: str) -> Effects:
    (living,) = lock_living(work, domain, [task.master_id])
    drafts = rebuild_one(work, domain, living, decision_cause(work, domain, reason=reason))
    return effects_of(work, operation, domain, drafts)

"""What became of a delivery: the master it went into, or why it was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.security import Permission
from mdm.errors import NotFound
from mdm.hub.ingest.telling import told
from mdm.store.ingest import deliveries, outcomes
from mdm.store.rows import Row
from mdm.store.work import Work

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a delivery is in quarantine."""

    quarantine_id: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A delivery as far as it has come; `version` is the newest of its master."""

    delivery_id: int
    source: str
    message_id: str
    correlation_id: str
    state: str
    received_at: datetime
    ended_at: datetime | None
    domain: str | None
    key: str | None
    master_id: UUID | None
    version: int | None
    refusal: Refusal | None


def read_outcomes(work: Work, ids: Sequence[int]) -> dict[int, Outcome]:
    """Return the outcomes of deliveries that the actor has just made, by delivery id."""
    work.actor.require(Permission.DELIVER)
    return {row.id: _outcome(row) for row in outcomes.read(work.session, ids)}


def show(work: Work, delivery_id: int) -> Outcome:
    """Return what became of a delivery; who may not operate sees their own only."""
    if not work.actor.may(Permission.OPERATE):
        work.actor.require(Permission.DELIVER)
    for row in outcomes.read(work.session, [delivery_id]):
        if row.delivered_by == work.actor.name:
            return _outcome(row)
        if _operates(work, row.domain):
            return _told(work, _outcome(row))
    raise NotFound(f"There is no delivery {delivery_id}.", hint="A key sees the deliveries made under its own name.")


def some_pending(work: Work, ids: Sequence[int]) -> bool:
    """Tell whether any of these deliveries awaits processing."""
    return PENDING in deliveries.states(work.session, ids).values()


def _operates(work: Work, domain: str | None) -> bool:
    scope = work.actor.scope(Permission.OPERATE)
    return scope is None or domain in scope


def _told(work: Work, outcome: Outcome) -> Outcome:
    """Return an outcome for who did not deliver it: without values they might not see."""
    refusal = outcome.refusal
    if refusal is None:
        return outcome
    message, details = told(work, outcome.domain, refusal.message, refusal.details)
    return replace(outcome, refusal=replace(refusal, message=message, details=details))


def _outcome(row: Row) -> Outcome:
    return Outcome(
        delivery_id=row.id,
        source=row.source,
        message_id=row.message_id,
        correlation_id=row.correlation_id,
        state=row.state,
        received_at=row.received_at,
        ended_at=row.ended_at,
        domain=row.domain,
        key=row.source_key,
        master_id=row.master_id,
        version=row.version,
        refusal=None if row.quarantine_id is None else Refusal(row.quarantine_id, row.code, row.message, row.details),
    )

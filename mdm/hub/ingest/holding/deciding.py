"""Deciding about what is held: released to be processed, or discarded, by somebody who did not deliver it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mdm.core.security import ROLES, Permission
from mdm.core.security.actor import ALL
from mdm.errors import AlreadyDecided, Forbidden, NotFound, OwnChange
from mdm.hub.action_log import log_action
from mdm.hub.ingest.holding.comparing import HELD
from mdm.hub.ingest.holding.limits import Reason
from mdm.hub.ingest.loads import LoadReport, find, show
from mdm.store.ingest import deliveries, loads, source_holds
from mdm.store.tables import Load, SourceHold
from mdm.store.work import Work

RELEASED, DISCARDED, PENDING = "released", "discarded", "pending"
DECIDERS = {Permission.OPERATE, Permission.STEWARD}


@dataclass(frozen=True, slots=True)
class SourceHoldView:
    """A hold of what a source sends singly about a domain, and what became of the deliveries it kept back."""

    id: UUID
    source: str
    domain: str
    state: str
    reasons: list[Reason]
    since: datetime
    deliveries: dict[str, int]
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


def release_load(work: Work, load_id: UUID, *, reason: str) -> LoadReport:
    """Let a held load be processed, or one that was discarded after all: the same file is never loaded twice."""
    load = find(work, load_id, lock=True)
    if load.state not in (HELD, DISCARDED):
        raise AlreadyDecided(f"The load {load_id} is not held: it is {load.state}.")
    _check_decider(work, load.domains, authors=_senders(work, load))
    loads.bring_to(work.session, load.id, PENDING, from_states=[HELD, DISCARDED], ended_at=None)
    return _decide_load(work, load, RELEASED, reason)


def discard_load(work: Work, load_id: UUID, *, reason: str) -> LoadReport:
    """End every delivery of a held load without processing it; the bytes stay."""
    load = find(work, load_id, lock=True)
    if load.state != HELD:
        raise AlreadyDecided(f"The load {load_id} is not held: it is {load.state}.")
    _check_decider(work, load.domains, authors=_senders(work, load))
    loads.bring_to(work.session, load.id, DISCARDED, from_states=[HELD], ended_at=work.now)
    return _decide_load(work, load, DISCARDED, reason)


def source_holds_page(
    work: Work, *, state: str | None = HELD, before: UUID | None = None, limit: int = 100
) -> list[SourceHoldView]:
    """Return the holds of sources in the actor's domains, newest first, below the id `before`."""
    found = source_holds.page(work.session, state=state, scope=_scope(work), before=before, limit=limit)
    return [_view(work, hold) for hold in found]


def show_source_hold(work: Work, hold_id: UUID) -> SourceHoldView:
    """Return one hold of a source; raises NotFound."""
    return _view(work, _found(work, hold_id))


def release_source(work: Work, hold_id: UUID, *, reason: str) -> SourceHoldView:
    """Let what a source has sent and sends be processed again; what it does from now on is watched anew."""
    return _decide_source(work, hold_id, RELEASED, PENDING, reason)


def discard_source(work: Work, hold_id: UUID, *, reason: str) -> SourceHoldView:
    """End what was held of a source without processing it; what it sends from now on is processed and watched anew."""
    return _decide_source(work, hold_id, DISCARDED, DISCARDED, reason)


def _decide_load(work: Work, load: Load, state: str, reason: str) -> LoadReport:
    load.state, load.note = state, reason
    load.decided_by, load.decided_at = work.actor.name, work.now
    work.session.flush()
    held = (load.comparison or {}).get("reasons", ())
    log_action(
        work,
        action=f"load.{state}",
        subject=f"load/{load.id}",
        domain=load.domains[0] if len(load.domains) == 1 else None,
        reason=reason,
        details={"source": load.source, "file": load.file_name, "held_because": [r["text"] for r in held]},
    )
    return show(work, load.id)


def _decide_source(work: Work, hold_id: UUID, state: str, becomes: str, reason: str) -> SourceHoldView:
    hold = _found(work, hold_id, lock=True)
    if hold.state != HELD:
        raise AlreadyDecided(f"This hold was {hold.state} by {hold.decided_by} before.")
    _check_decider(work, [hold.domain], authors={*hold.senders, *source_holds.senders(work.session, hold.id)})
    hold.state, hold.note = state, reason
    hold.decided_by, hold.decided_at = work.actor.name, work.now
    work.session.flush()
    source_holds.bring_to(work.session, hold.id, becomes, ended_at=None if becomes == PENDING else work.now)
    source_holds.forget_window(work.session, source=hold.source, domain=hold.domain)
    details = {"source": hold.source, "held_because": [r["text"] for r in hold.reasons]}
    subject = f"source_hold/{hold.id}"
    log_action(work, action=f"source_hold.{state}", subject=subject, domain=hold.domain, reason=reason, details=details)
    return _view(work, hold)


def _senders(work: Work, load: Load) -> set[str]:
    """Return who delivered a load: who began it, and who went on with it."""
    return {load.started_by, *loads.senders(work.session, load.id)}


def _check_decider(work: Work, domains: Sequence[str], *, authors: Collection[str]) -> None:
    """Raise Forbidden for who may not operate or steward all of the domains concerned, OwnChange for who delivered."""
    actor = work.actor
    allowed = [role for role in actor.roles if DECIDERS & ROLES.get(role, frozenset())]
    for domain in domains:
        if not any(actor.holds(role, domain=domain, sites=ALL) for role in allowed):
            raise Forbidden(f"{actor.name} has no say in {domain}.", hint="A steward or operator of all of it decides.")
    places: list[str | None] = [*domains]
    if not domains:
        actor.require_everywhere(Permission.OPERATE)
        places = [None]
    if not all(any(actor.may_decide(r, authors=authors, domain=d, sites=ALL) for r in allowed) for d in places):
        raise OwnChange(
            f"{actor.name} has a part in delivering this and cannot decide about it.",
            hint="Another person who may operate, or a steward of the domain, must.",
        )


def _scope(work: Work) -> frozenset[str] | None:
    """Return the domains the actor operates or stewards; None: all."""
    permissions = [permission for permission in DECIDERS if work.actor.may(permission)]
    if not permissions:
        work.actor.require(Permission.OPERATE)
    scopes = [work.actor.scope(permission) for permission in permissions]
    known = [scope for scope in scopes if scope is not None]
    return frozenset[str]().union(*known) if len(known) == len(scopes) else None


def _found(work: Work, hold_id: UUID, *, lock: bool = False) -> SourceHold:
    scope = _scope(work)
    hold = source_holds.get(work.session, hold_id, lock=lock)
    if hold is None or (scope is not None and hold.domain not in scope):
        raise NotFound(f"Nothing is held by {hold_id}.")
    return hold


def _view(work: Work, hold: SourceHold) -> SourceHoldView:
    return SourceHoldView(
        id=hold.id,
        source=hold.source,
        domain=hold.domain,
        state=hold.state,
        reasons=[Reason(**reason) for reason in hold.reasons],
        since=hold.since,
        deliveries=deliveries.count_by_state(work.session, hold_id=hold.id),
        decided_by=hold.decided_by,
        decided_at=hold.decided_at,
        note=hold.note,
    )

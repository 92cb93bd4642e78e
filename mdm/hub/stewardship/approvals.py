"""Change requests, decided by the owners of what they ask: never by an author, through no path."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, Forbidden, NotFound, OutdatedRequest, OwnChange
from mdm.hub.action_log import log_action
from mdm.hub.approval import ask_again, close_approvals
from mdm.hub.approval.requests import APPROVED, OPEN, PERSON, REJECTED, WITHDRAWN, asked_digest
from mdm.hub.golden.read import in_sight
from mdm.hub.stewardship.approved import publish
from mdm.hub.stewardship.foresight import foreseen
from mdm.hub.stewardship.given import current_values
from mdm.hub.stewardship.identity import living_master, lock_living
from mdm.hub.stewardship.slices import SliceChanges
from mdm.store import stewardship
from mdm.store.tables import ChangeDecision, ChangeRequest
from mdm.store.work import Work

Choice = Literal["approve", "reject"]
Effective = Literal["as_dated", "from_approval"]
FROM_APPROVAL: Effective = "from_approval"


@dataclass(frozen=True, slots=True)
class OwnersWord:
    """What one owner says about a change request."""

    owner: str
    state: str
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """A change request as the actor may see it; `masked` names attributes whose values are not shown.

    `slices` are those that change if it is approved, None where it is not open or one of many.
    """

    id: UUID
    domain: str
    master_id: UUID
    kind: str
    state: str
    authors: list[str]
    reason: str | None
    changes: list[dict[str, Any]]
    masked: list[str]
    digest: str
    created_at: datetime
    closed_at: datetime | None
    owners: list[OwnersWord]
    may_decide: bool
    slices: SliceChanges | None = None


def read_request(work: Work, request_id: UUID, *, effective: Effective = "as_dated") -> RequestView:
    """Return a change request with what stands now beside what is asked, and every slice that its approval changes."""
    request = _found(work, request_id)
    domain = _domain(work, request)
    if not _reached(work, domain, request):
        raise _unknown(request_id)
    view = _view(work, domain, request)
    if request.state != OPEN:
        return view
    said = [d.effective for d in stewardship.decisions(work.session, request.id) if d.state == APPROVED]
    living, visible = living_master(work, domain, request.master_id), _visible(work, domain, request)
    from_now = FROM_APPROVAL in (effective, *said)
    return replace(view, slices=foreseen(work, domain, living, request, visible=visible, from_now=from_now))


def list_requests(
    work: Work, *, domain: str | None = None, state: str | None = OPEN, after: UUID | None = None, limit: int = 50
) -> list[RequestView]:
    """Return change requests of the domains and sites the actor sees, oldest first."""
    work.actor.require(Permission.READ, domain=domain)
    scope = work.actor.scope(Permission.READ)
    wanted = [domain] if domain is not None else None if scope is None else sorted(scope)
    found: list[RequestView] = []
    while len(found) < limit:
        rows = stewardship.requests(work.session, domains=wanted, state=state, after=after, limit=limit)
        for request in rows:
            of = work.catalog.domain(request.domain)
            if _reached(work, of, request):
                found.append(_view(work, of, request))
        if len(rows) < limit:
            break
        after = rows[-1].id
    return found[:limit]


def decide_request(
    work: Work,
    request_id: UUID,
    choice: Choice,
    *,
    digest: str,
    note: str | None = None,
    effective: Effective = "as_dated",
) -> RequestView:
    """Decide for every owner the actor stands for; the last approval publishes, any rejection returns all.

    `digest` is that of the request as it was looked at; raises OutdatedRequest if it asks something else by now.
    `effective` says from when approved values count: as they are dated, or from the approval on.
    """
    domain, master_id, request = _locked(work, request_id, Permission.APPROVE)
    mine = _mine(work, domain, request)
    asked = asked_now(work, domain, request, master_id)
    if digest != asked:
        raise OutdatedRequest(hint="Read it again and decide about what it asks now.")
    _check_rules(domain, request)
    state = APPROVED if choice == "approve" else REJECTED
    for decision in mine:
        decision.state, decision.decided_by, decision.decided_at = state, work.actor.name, work.now
        decision.effective, decision.note, decision.digest = effective, note, asked
    work.session.flush()
    log_action(
        work,
        action=f"request.{state}",
        domain=domain.name,
        subject=f"request/{request.id}",
        reason=note,
        before=[change["current"] for change in request.changes],
        after=[change["proposed"] for change in request.changes],
        details={"master": master_id, "owners": [decision.owner for decision in mine]},
    )
    every = stewardship.decisions(work.session, request.id)
    if choice == "reject":
        _close(work, request, REJECTED, note=note)
        stewardship.reject_holds(work.session, request.id, now=work.now)
    elif all(d.state == APPROVED and d.digest == asked for d in every):
        _close(work, request, APPROVED)
        by = sorted({d.decided_by for d in every if d.decided_by is not None})
        publish(work, domain, master_id, request, by=by, from_now=any(d.effective == FROM_APPROVAL for d in every))
    else:
        again = [d.owner for d in every if d.state == APPROVED and d.digest != asked]
        ask_again(work, domain, request, answered=[d.owner for d in mine], again=again, by=work.actor.name)
    return _view(work, domain, request)


def withdraw_request(work: Work, request_id: UUID, *, note: str | None = None) -> RequestView:
    """Take back a change that one has proposed oneself."""
    domain, _, request = _locked(work, request_id, Permission.STEWARD)
    if request.kind != PERSON or work.actor.name not in request.authors:
        raise Forbidden("Only who proposed a change may withdraw it.", hint="An owner may reject it.")
    _close(work, request, WITHDRAWN)
    log_action(work, action="request.withdrawn", domain=domain.name, subject=f"request/{request.id}", reason=note)
    return _view(work, domain, request)


def asked_now(work: Work, domain: Domain, request: ChangeRequest, master_id: UUID) -> str:
    """Return the digest of what a request asks now: proposed and current values and the rules, of its units alone."""
    if request.kind != PERSON:
        return request.digest
    master_id = living_master(work, domain, master_id)
    shown = current_values(work, domain, master_id, [change["attribute"] for change in request.changes])
    return asked_digest(domain, master_id, request.changes, shown)


def _check_rules(domain: Domain, request: ChangeRequest) -> None:
    """Raise OutdatedRequest if the rules of what a source has brought up are others since it was asked."""
    if request.kind != PERSON and asked_digest(domain, request.master_id, request.changes) != request.digest:
        raise OutdatedRequest(
            "Other rules are in force by now for what it asks.",
            hint="It is renewed within moments; read it again then, and decide about what it asks.",
        )


def _close(work: Work, request: ChangeRequest, state: str, *, note: str | None = None) -> None:
    request.state, request.closed_at = state, work.now
    work.session.flush()
    close_approvals(work, [request.id], outcome=state, by=work.actor.name, note=note)


def _mine(work: Work, domain: Domain, request: ChangeRequest) -> list[ChangeDecision]:
    """Return the undecided decisions the actor may take; raises OwnChange or Forbidden if there are none."""
    waiting = [d for d in stewardship.decisions(work.session, request.id) if _is_waiting(work, domain, request, d)]
    mine = [d for d in waiting if work.actor.may_decide(d.owner, authors=request.authors, domain=domain.name)]
    if mine:
        return mine
    owners = ", ".join(d.owner for d in waiting) or "nobody"
    if any(work.actor.holds(d.owner, domain=domain.name) for d in waiting):
        raise OwnChange(
            f"{work.actor.name} has a part in this change and cannot decide about it.",
            hint=f"Another holder of {owners} must.",
        )
    raise Forbidden(f"{work.actor.name} does not own what this changes.", hint=f"It awaits {owners}.")


def _is_waiting(work: Work, domain: Domain, request: ChangeRequest, decision: ChangeDecision) -> bool:
    """Tell whether an owner is still to decide: not yet, or about what the request does not ask any longer."""
    if decision.state == OPEN:
        return True
    return decision.state == APPROVED and decision.digest != asked_now(work, domain, request, request.master_id)


def _locked(work: Work, request_id: UUID, permission: Permission) -> tuple[Domain, UUID, ChangeRequest]:
    """Lock the master of a request and then the request; raises AlreadyDecided if it is closed."""
    seen = _found(work, request_id)
    domain = _domain(work, seen)
    (living,) = lock_living(work, domain, [seen.master_id], permission=permission)
    request = stewardship.request(work.session, request_id, lock=True)
    if request is None or request.state != OPEN:
        raise AlreadyDecided(f"The change request {request_id} is {request.state if request else 'gone'}.")
    return domain, living, request


def _found(work: Work, request_id: UUID) -> ChangeRequest:
    request = stewardship.request(work.session, request_id)
    if request is None:
        raise _unknown(request_id)
    return request


def _unknown(request_id: UUID) -> NotFound:
    return NotFound(f"There is no change request {request_id}.")


def _reached(work: Work, domain: Domain, request: ChangeRequest) -> bool:
    """Tell whether the master of a request belongs to the actor's sites."""
    return domain.site is None or bool(in_sight(work, domain, [living_master(work, domain, request.master_id)]))


def _domain(work: Work, request: ChangeRequest) -> Domain:
    domain = work.catalog.domain(request.domain)
    work.actor.require(Permission.READ, domain=domain.name)
    return domain


def _view(work: Work, domain: Domain, request: ChangeRequest) -> RequestView:
    visible = _visible(work, domain, request)
    decisions = stewardship.decisions(work.session, request.id)
    hidden = {c["attribute"] for c in request.changes if not visible.issuperset(domain.members_of(c["attribute"]))}
    return RequestView(
        id=request.id,
        domain=request.domain,
        master_id=request.master_id,
        kind=request.kind,
        state=request.state,
        authors=list(request.authors),
        reason=request.reason,
        changes=[_masked(c) if c["attribute"] in hidden else c for c in _standing(work, domain, request)],
        masked=sorted(hidden),
        digest=asked_now(work, domain, request, request.master_id) if request.state == OPEN else request.digest,
        created_at=request.created_at,
        closed_at=request.closed_at,
        owners=[OwnersWord(d.owner, d.state, d.decided_by, d.decided_at, d.note) for d in decisions],
        may_decide=request.state == OPEN
        and any(
            d.state == OPEN and work.actor.may_decide(d.owner, authors=request.authors, domain=domain.name)
            for d in decisions
        ),
    )


def _visible(work: Work, domain: Domain, request: ChangeRequest) -> frozenset[str]:
    """Return the attributes the actor sees unmasked, in a domain with sites at those of the master."""
    if domain.site is None:
        return domain.visible(work.actor)
    living = living_master(work, domain, request.master_id)
    return domain.visible(work.actor, sites=domain.sites_of(current_values(work, domain, living, [domain.site])))


def _standing(work: Work, domain: Domain, request: ChangeRequest) -> list[dict[str, Any]]:
    """Return what a request asks; beside what a person proposes stands what counts now, not when it was proposed."""
    if request.kind != PERSON or request.state != OPEN:
        return list(request.changes)
    living = living_master(work, domain, request.master_id)
    shown = current_values(work, domain, living, [change["attribute"] for change in request.changes])
    return [{**change, "current": shown[change["attribute"]]} for change in request.changes]


def _masked(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name not in ("current", "proposed", "std")}

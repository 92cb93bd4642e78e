"""Carrying out what owners have approved: what a source has brought up, or what a person has proposed."""

from collections.abc import Sequence
from uuid import UUID

from mdm.core.domains import Domain
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.approval.requests import PERSON
from mdm.hub.golden import rebuild
from mdm.hub.golden.draft import Permit
from mdm.hub.stewardship.foresight import pins_of
from mdm.hub.stewardship.values import apply_pins, locked
from mdm.store import stewardship
from mdm.store.tables import ChangeRequest
from mdm.store.work import Work


def publish(
    work: Work, domain: Domain, master_id: UUID, request: ChangeRequest, *, by: Sequence[str], from_now: bool
) -> None:
    """Publish an approved change of a locked master; `from_now` leaves the past as it was."""
    cause = Cause(
        "approval", tuple(request.deliveries), request.correlation_id, request.traceparent, actors=tuple(by),
        reason=request.reason, tracestate=request.tracestate, causation_id=f"request-{request.id}",
    )  # fmt: skip
    units = frozenset(change["attribute"] for change in request.changes)
    permit = Permit(units, {"requests": [str(request.id)], "by": list(by)})
    if request.kind == PERSON:
        apply_pins(
            work, domain, master_id, pins_of(request.changes, work.now, from_now=from_now), author=request.authors[0],
            reason=request.reason or "", request_id=request.id, cause=cause, permit=permit,
        )  # fmt: skip
        return
    now = work.now
    if from_now:
        stewardship.leave_the_past_held(work.session, request.id, now=now)
    stewardship.release_holds(work.session, request.id, now=now)
    touched = locked(work, master_id)
    drafts = rebuild(work, domain, {master_id: touched}, causes={master_id: cause}, permits={master_id: permit})
    tasks.renew_orphans(work, domain, {key: draft.status for key, draft in drafts.items()})

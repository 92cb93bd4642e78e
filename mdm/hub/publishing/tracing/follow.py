"""Following a delivery or decision: everything that came of it in order of time, as far as the actor may see it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.security import Permission
from mdm.errors import NotFound
from mdm.hub.announce import SUBJECT
from mdm.hub.golden.read import in_sight
from mdm.hub.publishing.tracing import steps
from mdm.hub.publishing.tracing.steps import Step
from mdm.store.publishing import tracing
from mdm.store.publishing.tracing import Place
from mdm.store.rows import Row
from mdm.store.work import Work

MOST = 500  # of each: deliveries, versions, requests, tasks, actions
LARGEST_SERIAL = 2**63 - 1
DELIVERY = re.compile(r"delivery-([1-9][0-9]{0,18})")
OTHER = re.compile(r"(?:(event|request|action)-)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class TraceView:
    """What came of something, in order of time; `cut`: there is more of some kind than `MOST`.

    `trace_ids` are those of W3C trace contexts that came with it.
    """

    correlation_id: str
    delivery_id: int | None
    trace_ids: list[str]
    began_at: datetime
    ended_at: datetime
    cut: bool
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """What belongs to a trace, whoever may see it."""

    deliveries: Sequence[Row]
    versions: Sequence[Row]
    requests: Sequence[Row]
    tasks: Sequence[Any]
    actions: Sequence[Any]

    @property
    def cut(self) -> bool:
        """Tell whether there is more than was read."""
        return any(
            len(part) >= MOST for part in (self.deliveries, self.versions, self.requests, self.tasks, self.actions)
        )


def follow(work: Work, reference: str) -> TraceView:
    """Return what came of a correlation id, of one delivery (`delivery-17`), or in the trace of an event (its id).

    Any causation id will do: `delivery-…`, `event-…`, `request-…`, `action-…`.

    Deliveries are for who made them and for operators, golden records and what is asked about them for readers, actions
    for auditors, each within their domains and sites. Raises NotFound if there is nothing, or nothing to be seen.
    """
    place = _place(work, reference)
    found = _find(work, place)
    seen = sorted(_visible(work, found), key=lambda step: (step.at, steps.ORDER[step.kind]))
    if not seen:
        raise _unknown(reference)
    began = min((step.at for step in seen if step.kind != steps.SAID), default=seen[0].at)
    return TraceView(
        correlation_id=place.correlation_id,
        delivery_id=place.delivery_id,
        trace_ids=_trace_ids(found),
        began_at=began,
        ended_at=seen[-1].at,
        cut=found.cut,
        steps=[replace(step, after=(step.at - began).total_seconds()) for step in seen],
    )


def _place(work: Work, reference: str) -> Place:
    """Find what a reference names; raises NotFound for a delivery or event there is not."""
    if named := DELIVERY.fullmatch(reference):
        delivery_id = int(named[1])
        if delivery_id > LARGEST_SERIAL:
            raise _unknown(reference)
        correlation_id = tracing.correlation_of(work.session, "delivery", delivery_id)
        if correlation_id is None:
            raise _unknown(reference)
        return Place(correlation_id, delivery_id)
    if named := OTHER.fullmatch(reference):
        return Place(tracing.correlation_of(work.session, named[1] or "event", UUID(named[2])) or reference)
    return Place(reference)


def _find(work: Work, place: Place) -> _Found:
    deliveries = tracing.deliveries(work.session, place, limit=MOST)
    versions = tracing.versions(work.session, place, deliveries, subjects=f"{SUBJECT}.", limit=MOST)
    masters = {row.master_id for row in versions}
    masters |= tracing.masters_of(work.session, [row.record_id for row in deliveries if row.record_id is not None])
    alone = place.delivery_id is not None
    return _Found(
        deliveries=deliveries,
        versions=versions,
        requests=tracing.requests(
            work.session, place, deliveries=[row.id for row in deliveries], masters=masters, limit=MOST
        ),
        tasks=tracing.tasks(work.session, place, masters=masters if alone else None, limit=MOST),
        actions=[] if alone else tracing.actions(work.session, place.correlation_id, limit=MOST),
    )


def _visible(work: Work, found: _Found) -> Iterable[Step]:
    """Yield the steps that the actor may see."""
    reached = _reached(work, [*found.versions, *found.requests, *found.tasks])
    for delivery in found.deliveries:
        if delivery.delivered_by == work.actor.name or _may(work, Permission.OPERATE, delivery.domain):
            yield from steps.of_delivery(delivery)
    since = _beginnings(found)
    for version in found.versions:
        if version.master_id in reached:
            yield from steps.of_version(version, since=since.get(version.cause.get("causation_id")))
    yield from steps.of_requests([row for row in found.requests if row.master_id in reached])
    for task in found.tasks:
        if task.master_id in reached:
            yield from steps.of_task(task)
    for action in found.actions:
        if _may(work, Permission.AUDIT, action.domain):
            yield steps.of_action(action)


def _beginnings(found: _Found) -> dict[str | None, datetime]:
    """Return when that began which a version ends: a delivery was accepted, or owners were asked."""
    began: dict[str | None, datetime] = {f"delivery-{row.id}": row.received_at for row in found.deliveries}
    return began | {f"request-{row.id}": row.renewed_at for row in found.requests}


def _reached(work: Work, concerned: Sequence[Any]) -> set[UUID]:
    """Return the masters that are in the domains and sites the actor may read."""
    by_domain: dict[str, set[UUID]] = {}
    for row in concerned:
        by_domain.setdefault(row.domain, set()).add(row.master_id)
    domains = work.catalog.domains
    return {
        master
        for name, masters in by_domain.items()
        if name in domains and work.actor.may(Permission.READ, domain=name)
        for master in in_sight(work, domains[name], masters)
    }


def _may(work: Work, permission: Permission, domain: str | None) -> bool:
    """Tell whether the actor has a permission for a domain; what belongs to none is for who has it for all."""
    if not work.actor.may(permission):
        return False
    scope = work.actor.scope(permission)
    return scope is None or domain in scope


def _trace_ids(found: _Found) -> list[str]:
    contexts = [row.traceparent for row in found.deliveries] + [row.cause.get("traceparent") for row in found.versions]
    return sorted({context.split("-")[1] for context in contexts if context})


def _unknown(reference: str) -> NotFound:
    return NotFound(
        f"Nothing is known of {reference[:80]!r}.",
        hint="Ask by a correlation id, a delivery (delivery-17) or an event's id; what you may not see is not shown.",
    )

"""The event of a master's new version: the whole state, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import canonical_json
from mdm.store.rows import Row
from mdm.store.work import Work
from publishers import Event, outbox

SOURCE = "urn:mdm:hub"
SUBJECT = "mdm.golden.v1"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a master was rebuilt, and the trace to hand on.

    `actors` are the principals behind it, who cannot approve what follows; `waiver` says why it needs no approval.
    """

    kind: str  # delivery, decision, approval, reference, boundary
    deliveries: tuple[int, ...] = ()
    correlation_id: str = ""
    traceparent: str | None = None
    actors: tuple[str, ...] = ()
    reason: str | None = None
    waiver: str | None = None


class Linked(NamedTuple):
    """A link of a source record to a master, or the end of one."""

    record_id: int
    source: str
    source_key: str
    link_no: int
    linked: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A new version of a master, before its event is composed; the timeline holds current and future slices."""

    event_id: UUID
    type: str
    master_id: UUID
    version: int
    recorded_at: datetime
    status: str
    merged_into: UUID | None
    absorbed: Sequence[UUID]
    split_to: Sequence[UUID]
    links: Sequence[Row | Linked]
    timeline: Sequence[Any]
    effective_at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    cause: Cause


def append(work: Work, domain: Domain, changes: Sequence[Change]) -> None:
    """Put the events of changes into the outbox, in the transaction that made them."""
    outbox.append(work.connection, [compose(domain, change) for change in changes])


def compose(domain: Domain, change: Change) -> Event:
    """Compose the event of a change: public and internal attributes only."""
    return Event(
        id=change.event_id,
        type=change.type,
        subject=subject(domain.name, change.master_id),
        version=change.version,
        time=change.recorded_at,
        source=SOURCE,
        data=canonical_json(_body(domain, change)),
        correlation_id=change.cause.correlation_id,
        causation_id=f"delivery-{change.cause.deliveries[-1]}" if change.cause.deliveries else None,
        traceparent=change.cause.traceparent,
    )


def subject(domain: str, master_id: UUID) -> str:
    """Return the subject of a master: ids only."""
    return f"{SUBJECT}.{domain}.{master_id}"


def _body(domain: Domain, change: Change) -> dict[str, Any]:
    before, after = domain.publishable(change.before), domain.publishable(change.after)
    return {
        "domain": domain.name,
        "master": change.master_id,
        "version": change.version,
        "recorded_at": change.recorded_at,
        "effective_at": change.effective_at,
        "effective": change.effective_at <= change.recorded_at,
        "release": domain.release,
        "identity": {
            "status": change.status,
            "merged_into": change.merged_into,
            "absorbed": change.absorbed,
            "split_to": change.split_to,
        },
        "crosswalk": [
            {"source": link.source, "key": link.source_key, "link_no": link.link_no, "linked": link.linked}
            for link in _newest_per_record(change.links)
        ],
        "slices": [
            {
                "valid_from": s.valid_from,
                "valid_to": s.valid_to,
                "attributes": (shown := domain.publishable(s.attributes)),
                "provenance": {name: s.provenance[name] for name in shown},
            }
            for s in change.timeline
        ],
        "changes": {
            name: {"before": before.get(name), "after": after.get(name)}
            for name in sorted({*before, *after})
            if before.get(name) != after.get(name)
        },
        "cause": {"kind": change.cause.kind, "deliveries": change.cause.deliveries},
    }


def _newest_per_record(links: Sequence[Row | Linked]) -> list[Row | Linked]:
    newest: dict[int, Row | Linked] = {}
    for link in links:
        if link.record_id not in newest or newest[link.record_id].link_no < link.link_no:
            newest[link.record_id] = link
    return list(newest.values())

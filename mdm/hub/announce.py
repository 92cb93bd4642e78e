"""The event of a master's new version: the whole state, and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import canonical_json, new_id
from mdm.core.trace import child
from mdm.store.rows import Row
from mdm.store.work import Work
from publishers import Event, outbox
from publishers.body import INLINE_MOST

SOURCE = "urn:mdm:hub"
SUBJECT = "mdm.golden.v1"
BODY_PATH = "/v1/events/{}/body"  # of the API: where the whole of a large event is
HEAVIEST = ("slices", "changes", "crosswalk")  # what a large event leaves to its body, in this order, until it is small


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a master was rebuilt, and the trace to hand on.

    `deliveries` are those behind it, also if somebody approved in between; `causation_id` names what set it off last.
    `actors` are the principals behind it, who cannot approve what follows; `waiver` says why it needs no approval.
    """

    kind: str  # delivery, decision, approval, reference, boundary, restore
    deliveries: tuple[int, ...] = ()
    correlation_id: str = ""
    traceparent: str | None = None
    actors: tuple[str, ...] = ()
    reason: str | None = None
    waiver: str | None = None
    tracestate: str | None = None
    causation_id: str | None = None

    @classmethod
    def following(cls, kind: str, origin: Mapping[str, Any] | None, *, waiver: str | None = None) -> Self:
        """Return the cause of what follows from something earlier, None: from nothing that is known."""
        known = origin or {}
        return cls(
            kind,
            tuple(known.get("deliveries", ())),
            known.get("correlation_id") or str(new_id()),
            known.get("traceparent"),
            waiver=waiver,
            tracestate=known.get("tracestate"),
            causation_id=known.get("causation_id"),
        )

    def origin(self) -> dict[str, Any]:
        """Return what is handed on to all that follows from this, today or later."""
        known = {
            "deliveries": self.deliveries,
            "correlation_id": self.correlation_id,
            "causation_id": self.set_off_by,
            "traceparent": self.traceparent,
            "tracestate": self.tracestate,
        }
        return {name: value for name, value in known.items() if value is not None}

    @property
    def set_off_by(self) -> str | None:
        """The causation id: what is named, else the last delivery."""
        return self.causation_id or (f"delivery-{self.deliveries[-1]}" if self.deliveries else None)


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
    """Compose the event of a change: public and internal attributes only; a large one refers to its body."""
    body = _body(domain, change)
    whole = canonical_json(body)
    large = len(whole) > INLINE_MOST
    return Event(
        id=change.event_id,
        type=change.type,
        subject=subject(domain.name, change.master_id),
        version=change.version,
        time=change.recorded_at,
        source=SOURCE,
        data=_part(body) if large else whole,
        correlation_id=change.cause.correlation_id,
        causation_id=change.cause.set_off_by,
        traceparent=(traceparent := child(change.cause.traceparent, change.event_id)),
        tracestate=change.cause.tracestate if traceparent else None,
        dataref=BODY_PATH.format(change.event_id) if large else None,
        full=whole if large else None,
    )


def subject(domain: str, master_id: UUID) -> str:
    """Return the subject of a master: ids only."""
    return f"{SUBJECT}.{domain}.{master_id}"


def _part(body: dict[str, Any]) -> bytes:
    """Return of a large body what can travel."""
    for count in range(1, len(HEAVIEST) + 1):
        part = canonical_json({name: value for name, value in body.items() if name not in HEAVIEST[:count]})
        if len(part) <= INLINE_MOST:
            break
    return part


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
    newest: dict[tuple[str, str], Row | Linked] = {}
    for link in links:
        name = (link.source, link.source_key)
        if name not in newest or newest[name].link_no < link.link_no:
            newest[name] = link
    return list(newest.values())

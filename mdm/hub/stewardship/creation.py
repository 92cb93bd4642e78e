"""Masters that a steward creates: a record of the stewards' own source, matched and approved like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from mdm.core.domains import STEWARD_SOURCE, Domain, standardize_record
from mdm.core.ids import canonical_json, digest, new_id
from mdm.core.trace import Trace
from mdm.errors import InvalidAttributes
from mdm.hub.action_log import current_trace, log_action
from mdm.hub.golden.read import read
from mdm.hub.ingest.process import process
from mdm.hub.stewardship.foresight import foreseen_waiting
from mdm.hub.stewardship.identity import steward_of
from mdm.hub.stewardship.slices import SliceChanges
from mdm.sources import Registry
from mdm.store import golden, stewardship
from mdm.store.ingest import deliveries
from mdm.store.ingest.deliveries import NewDelivery
from mdm.store.records import RecordName
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Created:
    """A created record and its master; `joined` says that the master was there before: it matched.

    `held` names the attributes that wait for their owners, `slices` what changes when they approve, and `digest` is the
    same whenever the same comes of it.
    """

    domain: str
    source: str
    key: str
    master_id: UUID
    version: int
    joined: bool
    attributes: dict[str, Any]
    masked: list[str]
    held: list[str]
    slices: SliceChanges
    digest: str


def create(work: Work, domain_name: str, attributes: Mapping[str, Any], *, reason: str, registry: Registry) -> Created:
    """Create a golden record; raises InvalidAttributes. One that matches an existing master joins it."""
    domain = steward_of(work, domain_name)
    if not any(standard.value is not None for standard in standardize_record(domain, attributes).values()):
        raise InvalidAttributes("A golden record needs at least one value.", path="attributes")
    key = str(new_id())
    trace = current_trace()
    _process(work, _delivery(domain.name, key, attributes, trace), trace, registry)
    name = RecordName(domain.name, STEWARD_SOURCE, key)
    master_id = golden.master_of(work.session, name)
    if master_id is None:
        raise InvalidAttributes("The record could not be processed; its delivery is in quarantine.")
    log_action(
        work,
        action="master.created",
        domain=domain.name,
        subject=f"{domain.name}/{master_id}",
        reason=reason,
        after=attributes,
    )
    return _created(work, domain, key, master_id, attributes)


def _created(work: Work, domain: Domain, key: str, master_id: UUID, given: Mapping[str, Any]) -> Created:
    view = read(work, domain.name, master_id)
    joined = view.version > 1
    held = sorted({row.attribute for row in stewardship.holds(work.session, [master_id]).get(master_id, ())})
    essence = [domain.name, domain.release, given, [str(master_id), view.version] if joined else None, held]
    return Created(
        domain=domain.name,
        source=STEWARD_SOURCE,
        key=key,
        master_id=master_id,
        version=view.version,
        joined=joined,
        attributes=view.attributes,
        masked=view.masked,
        held=held,
        slices=foreseen_waiting(work, domain, master_id, visible=domain.visible(work.actor)),
        digest=digest([*essence, view.attributes]),
    )


def _delivery(domain: str, key: str, attributes: Mapping[str, Any], trace: Trace) -> NewDelivery:
    raw = canonical_json({"domain": domain, "source": STEWARD_SOURCE, "key": key, "attributes": attributes})
    return NewDelivery(
        message_id=key, raw=raw, digest=sha256(raw).digest(), correlation_id=trace.correlation_id, row_number=None
    )


def _process(work: Work, delivery: NewDelivery, trace: Trace, registry: Registry) -> None:
    """Accept and process a delivery in this very Work."""
    kept = deliveries.accept(
        work.session, [delivery], source=STEWARD_SOURCE, actor=work.actor.name, now=work.now, load_id=None,
        traceparent=trace.traceparent, tracestate=trace.tracestate,
    )  # fmt: skip
    claimed = deliveries.claim_named(work.session, [kept[delivery.message_id].id])
    process(work, claimed, registry=registry)

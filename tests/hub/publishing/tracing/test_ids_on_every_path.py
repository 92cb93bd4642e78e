"""Correlation id, causation id and trace context arrive in the event, whatever lies between it and what came in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.core.security import Actor
from mdm.core.trace import Trace
from mdm.hub import Hub
from mdm.hub.golden import due
from mdm.hub.ingest.receive import receive_one
from mdm.hub.stewardship import identity, values
from mdm.hub.stewardship.creation import create
from mdm.settings import Settings
from tests.hub.test_hub_approval import OTHER_VAT, TAX, A, decide
from tests.support.hubs import HubUnderTest

TRACE_ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACE = Trace("order-4711", f"00-{TRACE_ID}-{SPAN}-01", "rojo=1")
STEWARD = Actor("stella", frozenset({"steward"}))


def deliver(
    hub: HubUnderTest, key: str, trace: Trace = TRACE, *, domain: str = "supplier", source: str = "erp", **fact: Any
) -> int:
    raw = orjson.dumps({"domain": domain, "source": source, "key": key, **fact})
    with hub.hub.begin() as work:
        answer = receive_one(work, raw, message_id=None, trace=trace, registry=hub.hub.registry)
    assert answer.delivery_id is not None
    return answer.delivery_id


def traced(trace: Trace = TRACE) -> Any:
    return structlog.contextvars.bound_contextvars(
        correlation_id=trace.correlation_id, traceparent=trace.traceparent, tracestate=trace.tracestate
    )


def last_headers(hub: HubUnderTest, *, master: UUID | None = None) -> dict[str, str]:
    """The headers of the newest event, of a master if it is named."""
    like = f"%{master}" if master else "%"
    [(headers, _)] = hub.rows(
        "SELECT headers, seq FROM publishers.outbox WHERE subject LIKE %s ORDER BY seq DESC LIMIT 1", like
    )
    return dict(headers)


def handed_on(headers: dict[str, str]) -> tuple[str, str, str, str]:
    """Correlation, causation, trace context as far as it is the caller's, and what stood beside it."""
    version, trace_id, span, flags = headers["ce-traceparent"].split("-")
    assert span == UUID(headers["ce-id"]).hex[16:]
    return (
        headers["ce-correlationid"],
        headers["ce-causationid"],
        f"{version}-{trace_id}-{flags}",
        headers["ce-tracestate"],
    )


CONTEXT = (f"00-{TRACE_ID}-01", "rojo=1")


def test_of_a_delivery(hub: HubUnderTest) -> None:
    delivery = deliver(hub, "1", attributes=A)
    hub.process()
    assert handed_on(last_headers(hub)) == ("order-4711", f"delivery-{delivery}", *CONTEXT)


def test_without_a_trace_context_none_is_begun(hub: HubUnderTest) -> None:
    deliver(hub, "1", Trace("order-1"), attributes=A)
    hub.process()
    assert not {"ce-traceparent", "ce-tracestate"} & last_headers(hub).keys()


def test_of_a_merge_that_a_delivery_sets_off_on_both_masters(hub: HubUnderTest) -> None:
    deliver(hub, "1", Trace("a"), attributes={"name": "Nordwerk GmbH", "country": "DE"})
    deliver(hub, "2", Trace("b"), source="procurement", attributes={"name": "Aurora Foundry", "country": "DE"})
    hub.process()
    delivery = deliver(
        hub, "2", source="procurement", attributes=A | {"name": "Nordwerk GmbH", "vat_id": "DE129273398"}
    )
    deliver(hub, "1", attributes=A | {"name": "Nordwerk GmbH", "vat_id": "DE129273398"})
    hub.process()
    found = hub.rows("SELECT headers FROM publishers.outbox WHERE type = 'identity.merged'")
    assert found, "nothing was merged"
    assert {handed_on(h)[0] for (h,) in found} == {"order-4711"}
    assert all(int(h["ce-causationid"].removeprefix("delivery-")) >= delivery for (h,) in found)


def test_of_a_late_approval_that_names_request_and_delivery(hub: HubUnderTest) -> None:
    deliver(hub, "1", Trace("first"), version=1, attributes=A)
    hub.process()
    delivery = deliver(hub, "1", version=2, attributes=A | {"vat_id": OTHER_VAT})
    hub.process()
    with traced(Trace("approvers-click")):
        decide(hub, TAX, "approve")
    headers = last_headers(hub)
    [(request,)] = hub.rows("SELECT id FROM change_request")
    assert handed_on(headers) == ("order-4711", f"request-{request}", *CONTEXT)
    [(body,)] = hub.rows("SELECT data FROM publishers.outbox ORDER BY seq DESC LIMIT 1")
    assert orjson.loads(body)["cause"] == {"kind": "approval", "deliveries": [delivery]}
    assert hub.rows("SELECT correlation_id FROM action_log WHERE action = 'request.approved'") == [("approvers-click",)]


def test_a_renewed_request_names_every_delivery_that_asked(hub: HubUnderTest) -> None:
    deliver(hub, "1", Trace("first"), version=1, attributes=A)
    hub.process()
    first = deliver(hub, "1", Trace("second"), version=2, attributes=A | {"vat_id": OTHER_VAT})
    hub.process()
    second = deliver(hub, "1", version=3, attributes=A | {"vat_id": "DE811907980"})
    hub.process()
    decide(hub, TAX, "approve")
    assert handed_on(last_headers(hub))[0] == "order-4711"
    assert hub.rows("SELECT cause -> 'deliveries' FROM golden_version ORDER BY version DESC LIMIT 1") == [
        ([first, second],)
    ]


def test_of_a_decision_by_a_person_that_names_its_action(hub: HubUnderTest) -> None:
    deliver(hub, "1", Trace("first"), attributes=A)
    hub.process()
    with traced(), hub.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", hub_master(hub), {"website": "acme.example"}, reason="letter")
    [(action,)] = hub.rows("SELECT id FROM action_log WHERE action = 'values.pinned'")
    assert handed_on(last_headers(hub)) == ("order-4711", f"action-{action}", *CONTEXT)


def test_of_a_persons_change_that_others_approve(hub: HubUnderTest) -> None:
    deliver(hub, "1", Trace("first"), attributes=A)
    hub.process()
    with traced(), hub.hub.begin_as(STEWARD) as work:
        request = values.pin(work, "supplier", hub_master(hub), {"vat_id": OTHER_VAT}, reason="letter").request_id
    with traced(Trace("approvers-click")):
        decide(hub, TAX, "approve")
    assert handed_on(last_headers(hub)) == ("order-4711", f"request-{request}", *CONTEXT)


def test_of_a_created_record(hub: HubUnderTest) -> None:
    with traced(), hub.hub.begin_as(STEWARD) as work:
        create(work, "supplier", {"name": "Aurora Foundry", "country": "DE"}, reason="new", registry=hub.hub.registry)
    [(delivery,)] = hub.rows("SELECT id FROM delivery")
    assert handed_on(last_headers(hub)) == ("order-4711", f"delivery-{delivery}", *CONTEXT)


def test_of_what_refers_to_what_a_delivery_moved(hub: HubUnderTest) -> None:
    deliver(hub, "I-1", Trace("first"), domain="item_plant", attributes={"item": "I-1", "plant": "P-1"})
    hub.process()
    plant = {"name": "Werk Kiel", "location_type": "plant", "country": "DE"}
    delivery = deliver(hub, "P-1", domain="location", attributes=plant)
    hub.process()
    referrer = hub.master("erp", "I-1", domain="item_plant")
    assert handed_on(last_headers(hub, master=referrer)) == ("order-4711", f"delivery-{delivery}", *CONTEXT)
    kinds = "SELECT cause ->> 'kind' FROM golden_version WHERE master_id = %s ORDER BY version DESC LIMIT 1"
    assert hub.rows(kinds, referrer) == [("reference",)]


def hub_master(hub: HubUnderTest) -> UUID:
    return hub.master("erp", "1")


@contextmanager
def at(hub: HubUnderTest, instant: datetime) -> Iterator[Hub]:
    """The same hub at another time."""
    with bootstrap.open_hub(Settings(), hub.dsn, clock=lambda: instant) as later:
        yield later


def test_of_a_boundary_that_names_the_event_which_announced_it(hub: HubUnderTest) -> None:
    tomorrow = utc_now() + timedelta(days=1)
    deliver(hub, "1", Trace("first"), version=1, attributes=A)
    hub.process()
    delivery = deliver(
        hub,
        "1",
        version=2,
        operation="partial",
        effective_from=tomorrow.isoformat(),
        attributes={"phone": "+49 89 1234567"},
    )
    hub.process()
    announced = last_headers(hub)["ce-id"]
    with at(hub, tomorrow + timedelta(minutes=1)) as later:
        due.advance(later.begin)
    headers = last_headers(hub)
    assert headers["ce-type"] == "golden.effective"
    assert handed_on(headers) == ("order-4711", f"event-{announced}", *CONTEXT)
    [(cause,)] = hub.rows("SELECT cause FROM golden_version ORDER BY version DESC LIMIT 1")
    assert (cause["kind"], cause["deliveries"]) == ("boundary", [delivery])


def test_what_is_logged_of_a_merge_by_a_person_has_the_same_id_as_its_events(hub: HubUnderTest) -> None:
    for key, name in (("1", "Aurora"), ("2", "Birkenhof")):
        deliver(hub, key, Trace(key), attributes={"name": name})
    hub.process()
    with traced(), hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", [hub.master("erp", "1"), hub.master("erp", "2")], reason="same")
    logged = hub.rows("SELECT 'action-' || id, correlation_id FROM action_log WHERE action = 'master.merged'")
    sent = hub.rows(
        "SELECT DISTINCT headers ->> 'ce-causationid', headers ->> 'ce-correlationid' FROM publishers.outbox"
        " WHERE headers ->> 'ce-correlationid' = 'order-4711'"
    )
    assert logged == sent

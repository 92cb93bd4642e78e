"""A change with a trace context waits two days for its owner, is approved and published: its trace tells all of it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.core.security import Actor
from mdm.core.trace import Trace
from mdm.hub import Hub
from mdm.hub.ingest import conduct
from mdm.hub.ingest.receive import receive_one
from mdm.hub.publishing import tracing
from mdm.hub.stewardship import approvals
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts

SUPPLIER = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
OWNER = Actor("tom", frozenset({"tax_data_owner", "approver"}))
OPERATOR = Actor("olga", frozenset({"operator"}))
TRACE = Trace("order-4711", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "rojo=1")
TWO_DAYS = timedelta(days=2)


def deliver(hub: Hub, trace: Trace, **fact: Any) -> int:
    raw = orjson.dumps({"domain": "supplier", "source": "erp", "key": "1", **fact})
    with hub.begin() as work:
        answer = receive_one(work, raw, message_id=None, trace=trace, registry=hub.registry)
    assert answer.delivery_id is not None
    conduct.process_now(hub.begin, [answer.delivery_id], registry=hub.registry)
    return answer.delivery_id


async def last_message(nats_url: str) -> dict[str, str]:
    async with JetStreamBroker(nats_url, "MDM_GOLDEN", name="test") as broker:
        stored = [dict(message.headers) async for message in broker.walk(newest=True)]
    (headers,) = stored
    return headers


def test_trace_of_a_late_approval_shows_every_stage(hub: HubUnderTest, nats_url: str) -> None:
    accepted = utc_now() - TWO_DAYS
    parts = RunningParts(hub, nats_url)
    with bootstrap.open_hub(Settings(), hub.dsn, clock=lambda: accepted) as then:
        deliver(then, Trace("first"), version=1, attributes=SUPPLIER)
        said = (accepted - timedelta(seconds=30)).isoformat()
        vat_id = {"vat_id": "DE129273398"}
        delivery = deliver(then, TRACE, version=2, source_time=said, operation="partial", attributes=vat_id)
    with parts.running("relay"):
        parts.wait_until_settled()
        approved = approve(hub.hub)
        parts.wait_until_settled()
    headers = asyncio.run(last_message(nats_url))
    assert tracing.measure_due(hub.hub.begin) == 0  # nothing is left for another turn

    with hub.hub.begin_as(OPERATOR) as work:
        view = tracing.follow(work, headers["ce-causationid"])
        assert tracing.follow(work, f"delivery-{delivery}").steps == view.steps
        stages = {one.stage: one for one in tracing.propagation(work).stages}
    steps = {step.kind: step for step in view.steps}
    told = "said accepted asked task_opened ended decided closed task_closed version published"
    assert sorted(steps) == sorted(told.split())
    assert steps["accepted"].took == 30
    assert steps["ended"].took == 0  # the clock stood still
    waited = (approved - accepted).total_seconds()
    assert [steps[kind].took for kind in ("decided", "version")] == [pytest.approx(waited, abs=1)] * 2
    assert steps["decided"].actor == "tom"
    assert 0 <= (steps["published"].took or 0) < 60
    assert steps["published"].after == pytest.approx(waited, abs=60)
    assert steps["published"].details["event"] == headers["ce-id"]
    assert view.trace_ids == [headers["ce-traceparent"].split("-")[1]] == ["4bf92f3577b34da6a3ce929d0e0e4736"]
    assert (headers["ce-correlationid"], headers["ce-tracestate"]) == ("order-4711", "rojo=1")

    assert stages["source"].longest == 30
    assert stages["resolve"].longest == 0
    assert stages["approve"].longest == pytest.approx(waited, abs=1)
    assert stages["total"].longest == pytest.approx(waited, abs=60)
    assert hub.broken() == []


def approve(hub: Hub) -> datetime:
    with hub.begin_as(OWNER) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest)
        return work.now

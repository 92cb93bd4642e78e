"""A trace shows everything that came of a delivery or decision, in order of time, to whom it may."""

from typing import Any

import pytest
import structlog

from mdm.core.ids import new_id
from mdm.core.security import Actor, Grant
from mdm.errors import NotFound
from mdm.hub.publishing import tracing
from mdm.hub.publishing.tracing import Step, TraceView
from mdm.hub.stewardship import identity
from tests.hub.test_hub_approval import OTHER_VAT, TAX, A, decide
from tests.support.hubs import HubUnderTest

OPERATOR = Actor("olga", frozenset({"operator"}))
READER = Actor("rita", frozenset({"reader"}))
STEWARD = Actor("stella", frozenset({"steward"}))
SOURCE = Actor("hub", frozenset({"source"}))
AUDITOR = Actor("axel", frozenset({"auditor"}))


def followed(hub: HubUnderTest, reference: str, actor: Actor = OPERATOR) -> TraceView:
    with hub.hub.begin_as(actor) as work:
        return tracing.follow(work, reference)


def kinds(view: TraceView) -> list[str]:
    return [step.kind for step in view.steps]


def only(view: TraceView, kind: str) -> Step:
    (step,) = [step for step in view.steps if step.kind == kind]
    return step


def correlation_of(hub: HubUnderTest, delivery: int) -> str:
    return str(hub.rows("SELECT correlation_id FROM delivery WHERE id = %s", delivery)[0][0])


def test_a_delivery_is_followed_from_its_acceptance_to_the_event(hub: HubUnderTest) -> None:
    delivery = hub.send("erp", "1", source_time="2026-01-01T00:00:00Z", attributes=A)
    hub.process()
    view = followed(hub, f"delivery-{delivery}")
    assert kinds(view) == ["said", "accepted", "version", "waiting", "ended"]
    version = only(view, "version")
    assert (version.about, version.details["version"]) == (f"supplier/{hub.master('erp', '1')}", 1)
    assert only(view, "accepted").took > 0
    assert only(view, "ended").details == {"state": "applied"}


def test_every_id_that_a_subscriber_sees_leads_to_the_same_trace(hub: HubUnderTest) -> None:
    delivery = hub.send("erp", "1", attributes=A)
    hub.process()
    [(event,)] = hub.rows("SELECT id FROM publishers.outbox")
    whole = followed(hub, correlation_of(hub, delivery))
    assert followed(hub, str(event)).steps == followed(hub, f"event-{event}").steps == whole.steps
    assert followed(hub, f"delivery-{delivery}").steps == whole.steps


def test_of_a_batch_one_delivery_is_followed_alone(hub: HubUnderTest) -> None:
    first, second = hub.send("erp", "1", attributes=A), hub.send("erp", "2", attributes={"name": "Birkenhof Molkerei"})
    with hub.hub.begin() as work:
        work.connection.execute("UPDATE delivery SET correlation_id = 'batch-7'")
    hub.process()
    assert {step.about for step in followed(hub, f"delivery-{first}").steps} == {
        f"delivery-{first}", f"supplier/{hub.master('erp', '1')}",
    }  # fmt: skip
    assert f"delivery-{second}" in {step.about for step in followed(hub, "batch-7").steps}


def test_two_deliveries_behind_one_version_both_lead_to_it(hub: HubUnderTest) -> None:
    both = [hub.send("erp", "1", version=n, attributes=A | {"phone": f"+49 89 123456{n}"}) for n in (1, 2)]
    hub.process()
    for delivery in both:
        assert only(followed(hub, correlation_of(hub, delivery)), "version").details["deliveries"] == both


def test_what_waits_for_its_owner_is_followed_through_the_approval(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    delivery = hub.send("erp", "1", version=2, attributes=A | {"vat_id": OTHER_VAT})
    hub.process()
    decide(hub, TAX, "approve")
    view = followed(hub, f"delivery-{delivery}")
    told = "accepted asked task_opened ended decided closed task_closed version waiting"
    assert " ".join(kinds(view)) == told
    assert only(view, "decided").actor == "tom"
    assert only(view, "version").details["causation_id"] == only(view, "asked").about.replace("/", "-")


def test_a_decision_is_followed_by_the_requests_id_and_the_action_that_it_names(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Acme"})
    hub.send("erp", "2", attributes={"name": "Birkenhof"})
    hub.process()
    with structlog.contextvars.bound_contextvars(correlation_id="form-17"), hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", [hub.master("erp", "1"), hub.master("erp", "2")], reason="same letterhead")
    [(causation,)] = hub.rows(
        "SELECT DISTINCT headers ->> 'ce-causationid' FROM publishers.outbox"
        " WHERE headers ->> 'ce-correlationid' = 'form-17'"
    )
    assert (
        kinds(followed(hub, causation))
        == kinds(followed(hub, "form-17"))
        == ["version", "version", "waiting", "waiting"]
    )
    [(action,)] = hub.rows("SELECT id FROM action_log WHERE action = 'master.merged'")
    assert causation == f"action-{action}"
    assert only(followed(hub, causation, AUDITOR), "action").details["action"] == "master.merged"


def test_everybody_sees_of_a_trace_what_is_theirs(hub: HubUnderTest) -> None:
    delivery = hub.send("erp", "1", attributes=A)
    hub.process()
    for actor, seen in (
        (READER, {"version", "waiting"}),
        (SOURCE, {"accepted", "ended"}),
        (OPERATOR, {"accepted", "ended", "version", "waiting"}),
    ):
        assert set(kinds(followed(hub, f"delivery-{delivery}", actor))) == seen


def elsewhere() -> Any:
    grants = [Grant(role, frozenset({"customer"})) for role in ("reader", "operator", "auditor")]
    return Actor.holding("carl", grants)


def test_what_is_unknown_is_not_found(hub: HubUnderTest) -> None:
    serials = ["delivery-99", f"delivery-{2**63}"]
    for reference in (*serials, str(new_id()), f"event-{new_id()}", "no such thing", "0" * 128):
        with pytest.raises(NotFound, match="Nothing is known"):
            followed(hub, reference)


def test_what_belongs_to_other_domains_is_as_good_as_unknown(hub: HubUnderTest) -> None:
    delivery = hub.send("erp", "1", attributes=A)
    hub.process()
    with pytest.raises(NotFound):
        followed(hub, f"delivery-{delivery}", elsewhere())

"""Verdicts agree with the golden record and show nobody more than it does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import InvalidInput, UnknownMaster
from mdm.hub.explanation.verdicts import Reasoned, Verdicts, verdicts
from mdm.hub.stewardship import approvals, values
from tests.support.hubs import HubUnderTest

READER = Actor("rita", frozenset({"reader"}))
STEWARD = Actor("stella", frozenset({"steward"}))
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
TREASURY = Actor("tina", frozenset({"treasury_data_owner", "approver"}))
ACME = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
OTHER_VAT = "DE129273398"
IBAN = "DE89370400440532013000"


@pytest.fixture
def acme(hub: HubUnderTest) -> HubUnderTest:
    """A supplier of which two systems have two names."""
    hub.send("erp", "1", version=1, attributes=ACME)
    hub.send("portal", "2", version=1, attributes=ACME | {"name": "ACME Metallwerke GmbH"})
    hub.process()
    return hub


def asked(hub: HubUnderTest, actor: Actor = READER, **about: Any) -> Verdicts:
    with hub.hub.begin_as(actor) as work:
        return verdicts(work, "supplier", hub.master("erp", "1"), **about)


def verdict(hub: HubUnderTest, unit: str, actor: Actor = READER, **about: Any) -> Reasoned:
    (one,) = asked(hub, actor, attribute=unit, **about).verdicts
    return one


def test_every_value_has_the_verdict_that_gives_it(acme: HubUnderTest) -> None:
    acme.send("erp", "1", version=2, attributes=ACME | {"phone": "+49 89 5550123", "incoterms": "FCA"})
    acme.process()
    found = {one.unit: one.value for one in asked(acme).verdicts}
    assert found == acme.golden("erp", "1").attributes


def test_verdict_names_winner_supporters_and_losers(acme: HubUnderTest) -> None:
    name = verdict(acme, "name")
    assert (name.winner and name.winner.record, name.rule) == ("erp/1", "source_priority")
    assert [(one.record, one.value, one.reason) for one in name.losers] == [
        ("portal/2", "ACME Metallwerke GmbH", "rule")
    ]
    assert [one.record for one in verdict(acme, "vat_id").supporters] == ["portal/2"]


def test_verdict_depends_on_valid_time(acme: HubUnderTest) -> None:
    dated = {"effective_from": "2035-01-01T00:00:00Z", "operation": "partial"}
    acme.send("erp", "1", version=2, attributes={"name": "Acme SE"}, **dated)
    acme.process()
    assert verdict(acme, "name").value == "Acme GmbH"
    assert verdict(acme, "name", valid_at=datetime(2036, 1, 1, tzinfo=UTC)).value == "Acme SE"


def test_pinned_value_says_who_pinned_it_and_why(acme: HubUnderTest) -> None:
    with acme.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", acme.master("erp", "1"), {"name": "Acme AG"}, reason="Register of companies")
    name = verdict(acme, "name")
    assert (name.value, name.rule, name.winner) == ("Acme AG", "override", None)
    assert name.pinned is not None
    assert (name.pinned.by, name.pinned.reason) == ("stella", "Register of companies")
    assert {one.reason for one in name.losers} == {"overridden"}


def test_value_that_waits_is_shown_with_its_request_until_it_is_decided(acme: HubUnderTest) -> None:
    acme.send("erp", "1", version=2, attributes=ACME | {"vat_id": OTHER_VAT})
    acme.process()
    waiting = verdict(acme, "vat_id")
    assert (waiting.value, waiting.rule) == (ACME["vat_id"], "hold")
    assert waiting.held is not None
    with acme.hub.begin_as(TAX) as work:
        (request,) = approvals.list_requests(work)
        assert (waiting.held.value, waiting.held.state, waiting.held.request_id) == (OTHER_VAT, "pending", request.id)
        approvals.decide_request(work, request.id, "reject", digest=request.digest)
    rejected = verdict(acme, "vat_id")
    assert (rejected.value, rejected.held and rejected.held.state) == (ACME["vat_id"], "rejected")


def test_masked_attributes_are_named_and_nothing_of_them_is_said(acme: HubUnderTest) -> None:
    acme.send("procurement", "3", attributes=ACME | {"bank_accounts": [{"iban": IBAN, "holder": "Acme GmbH"}]})
    acme.process()
    with acme.hub.begin_as(TREASURY) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest)
    assert asked(acme).masked == ["bank_accounts"]
    assert asked(acme, attribute="bank_accounts").verdicts == []
    assert IBAN not in str(asked(acme))
    assert verdict(acme, "bank_accounts", TREASURY).value[0]["iban"] == IBAN


def test_unknown_attribute_and_master_are_refused(acme: HubUnderTest) -> None:
    with pytest.raises(InvalidInput, match="has no attribute `nmae`"):
        asked(acme, attribute="nmae")
    with pytest.raises(UnknownMaster), acme.hub.begin_as(READER) as work:
        verdicts(work, "customer", acme.master("erp", "1"))


def test_loser_says_what_would_let_it_win(acme: HubUnderTest) -> None:
    [loser] = verdict(acme, "name").losers
    assert loser.would_win == "portal before erp in the order of sources for name"
    with acme.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", acme.master("erp", "1"), {"name": "Acme AG"}, reason="Register of companies")
    assert [one.would_win for one in verdict(acme, "name").losers] == ["the pinned value is released", None]
    assert verdict(acme, "name").silent == []

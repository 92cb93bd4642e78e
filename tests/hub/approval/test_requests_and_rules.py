"""Other rules void what owners are asked only where they concern it."""

from collections.abc import Callable
from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import OutdatedRequest
from mdm.hub.stewardship import approvals, values
from mdm.hub.stewardship.approvals import RequestView
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import Document, document_in_force, switch_on

A = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
OTHER_VAT, THIRD_VAT = "DE129273398", "DE811907980"
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
STEWARD = Actor("stella", frozenset({"steward"}))


def ruled(hub: HubUnderTest, attribute: str, **parts: Any) -> None:
    document = document_in_force(hub)
    document["declaration"]["attributes"][attribute].update(parts)
    switch_on(hub, document)


def asked(hub: HubUnderTest) -> dict[str, RequestView]:
    with hub.hub.begin_as(TAX) as work:
        return {request.kind: request for request in approvals.list_requests(work)}


def approve(hub: HubUnderTest, request: RequestView) -> None:
    with hub.hub.begin_as(TAX) as work:
        approvals.decide_request(work, request.id, "approve", digest=request.digest)


@pytest.fixture
def waiting(hub: HubUnderTest) -> HubUnderTest:
    """A supplier whose source has changed its VAT id, and for which a steward proposes a third one."""
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    hub.send("erp", "1", version=2, attributes=A | {"vat_id": OTHER_VAT})
    hub.process()
    with hub.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", hub.master("erp", "1"), {"vat_id": THIRD_VAT}, reason="letter")
    return hub


def test_release_that_does_not_touch_the_attribute_leaves_requests_standing(waiting: HubUnderTest) -> None:
    before = asked(waiting)
    ruled(waiting, "phone", survivorship={"rule": "longest"})
    waiting.process()
    after = asked(waiting)
    assert {kind: r.digest for kind, r in after.items()} == {kind: r.digest for kind, r in before.items()}
    approve(waiting, before["source"])
    assert waiting.golden("erp", "1").attributes["vat_id"] == OTHER_VAT
    assert waiting.broken() == []


def test_release_that_touches_the_attribute_asks_anew(waiting: HubUnderTest) -> None:
    before = asked(waiting)
    ruled(waiting, "vat_id", survivorship={"rule": "longest"})
    for request in before.values():
        with pytest.raises(OutdatedRequest):
            approve(waiting, request)
    waiting.process()
    after = asked(waiting)
    assert all(after[kind].digest != before[kind].digest for kind in before)
    approve(waiting, after["source"])
    assert waiting.golden("erp", "1").attributes["vat_id"] == OTHER_VAT
    approve(waiting, asked(waiting)["person"])
    assert waiting.golden("erp", "1").attributes["vat_id"] == THIRD_VAT
    assert waiting.broken() == []


def new_source(document: Document) -> None:
    document["declaration"]["sources"]["edi"] = {"title": "EDI", "trust": 0.3}
    document["declaration"]["priority"].append("edi")


def other_creation(document: Document) -> None:
    document["declaration"]["approval"] = {"creation": ["vat_id"]}


@pytest.mark.parametrize("change", [new_source, other_creation])
def test_request_is_renewed_also_by_rules_that_change_no_value(
    waiting: HubUnderTest, change: Callable[[Document], None]
) -> None:
    document = document_in_force(waiting)
    change(document)
    switch_on(waiting, document)
    waiting.process()
    approve(waiting, asked(waiting)["source"])
    assert waiting.golden("erp", "1").attributes["vat_id"] == OTHER_VAT
    assert waiting.broken() == []

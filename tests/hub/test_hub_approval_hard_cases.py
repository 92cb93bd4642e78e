"""Approvals beside merges, pins and time: nothing reaches the public that its owner has not seen."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from mdm import bootstrap
from mdm.core.security import Actor
from mdm.errors import OutdatedVersion, OwnChange
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.stewardship import approvals, identity, values
from mdm.hub.stewardship.approvals import RequestView
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.stewards_machine import MovedClock

A = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
B = {"name": "Zenith Handels KG", "country": "DE", "vat_id": "DE129273398"}
THIRD_VAT, IBAN = "DE811907980", "DE89370400440532013000"
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
STEWARD = Actor("stella", frozenset({"steward"}))


def requests(hub: HubUnderTest, actor: Actor = TAX) -> list[RequestView]:
    with hub.hub.begin_as(actor) as work:
        return approvals.list_requests(work)


def decide(hub: HubUnderTest, actor: Actor, choice: Any, request: RequestView | None = None, **how: Any) -> RequestView:
    wanted = request or requests(hub, actor)[0]
    with hub.hub.begin_as(actor) as work:
        return approvals.decide_request(work, wanted.id, choice, digest=wanted.digest, **how)


def pin(hub: HubUnderTest, master: UUID, given: dict[str, Any], **terms: Any) -> None:
    with hub.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", master, given, reason="letter", terms=values.Terms(**terms))


def merge(hub: HubUnderTest, *masters: UUID) -> None:
    with hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", masters, reason="one company")


@pytest.fixture
def two(hub: HubUnderTest) -> tuple[UUID, UUID]:
    """Two suppliers, the older one first."""
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    hub.send("portal", "2", version=1, attributes=B)
    hub.process()
    return hub.master("erp", "1"), hub.master("portal", "2")


def test_value_pinned_on_one_master_awaits_its_owner_on_another(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    pin(hub, two[1], {"vat_id": THIRD_VAT})
    decide(hub, TAX, "approve")
    assert hub.golden("portal", "2").attributes["vat_id"] == THIRD_VAT
    merge(hub, *two)
    assert hub.golden("erp", "1").attributes["vat_id"] == A["vat_id"]
    (request,) = requests(hub)
    assert [(c["current"], c["proposed"]) for c in request.changes] == [(A["vat_id"], THIRD_VAT)]
    assert hub.broken() == []
    hub.send("erp", "1", version=2, attributes=A | {"phone": "+49 89 1234567"})
    hub.process()
    assert hub.golden("erp", "1").attributes["vat_id"] == A["vat_id"]
    decide(hub, TAX, "approve")
    assert hub.golden("erp", "1").attributes["vat_id"] == THIRD_VAT
    assert hub.broken() == []


def test_approval_from_now_on_leaves_the_later_past_alone(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, source_time="2019-01-01T00:00:00Z", attributes=A)
    hub.process()
    hub.send(
        "erp", "1", version=2, effective_from="2022-01-01T00:00:00Z", operation="partial",
        attributes={"vat_id": THIRD_VAT},
    )  # fmt: skip
    hub.process()
    decide(hub, TAX, "approve")
    assert hub.golden("erp", "1").attributes["vat_id"] == THIRD_VAT
    hub.send(
        "erp", "1", version=3, effective_from="2020-01-01T00:00:00Z", operation="partial",
        attributes={"vat_id": THIRD_VAT},
    )  # fmt: skip
    hub.process()
    (request,) = requests(hub)
    assert [c["valid_to"][:4] for c in request.changes] == ["2022"]
    decide(hub, TAX, "approve", effective="from_approval")
    assert hub.golden("erp", "1", valid_at=datetime(2021, 1, 1, tzinfo=UTC)).attributes["vat_id"] == A["vat_id"]
    assert hub.golden("erp", "1", valid_at=datetime(2023, 1, 1, tzinfo=UTC)).attributes["vat_id"] == THIRD_VAT
    assert hub.golden("erp", "1").attributes["vat_id"] == THIRD_VAT
    assert hub.broken() == []


def test_approval_from_now_on_counts_for_what_a_person_proposed(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, source_time="2019-01-01T00:00:00Z", attributes=A)
    hub.process()
    pin(hub, hub.master("erp", "1"), {"vat_id": THIRD_VAT})
    before = datetime.now(UTC)
    decide(hub, TAX, "approve", effective="from_approval")
    assert hub.golden("erp", "1").attributes["vat_id"] == THIRD_VAT
    earlier = hub.golden("erp", "1", valid_at=before - timedelta(hours=1))
    assert earlier.attributes["vat_id"] == A["vat_id"]
    assert hub.broken() == []


def test_who_delivered_a_value_that_comes_up_later_does_not_approve_it(
    hub: HubUnderTest, two: tuple[UUID, UUID]
) -> None:
    toms = {"domain": "supplier", "source": "portal", "key": "2", "version": 2, "attributes": B | {"vat_id": THIRD_VAT}}
    with hub.hub.begin_as(Actor("tom", frozenset({"admin"}))) as work:
        deliver(work, [Message(orjson.dumps(toms), "by-hand")], source="portal")
    hub.process()
    merge(hub, *two)
    assert requests(hub) == []
    hub.send("erp", "1", version=2, attributes={"name": "Acme GmbH", "country": "DE"})
    hub.process()
    (request,) = requests(hub)
    assert request.changes[0]["proposed"] == THIRD_VAT
    with pytest.raises(OwnChange):
        decide(hub, TAX, "approve")
    decide(hub, Actor("tess", frozenset({"tax_data_owner", "approver"})), "approve")
    assert hub.golden("erp", "1").attributes["vat_id"] == THIRD_VAT


def test_who_pinned_a_value_does_not_approve_it_where_a_merge_takes_it(
    hub: HubUnderTest, two: tuple[UUID, UUID]
) -> None:
    pin(hub, two[1], {"vat_id": THIRD_VAT})
    decide(hub, TAX, "approve")
    with hub.hub.begin_as(Actor("sam", frozenset({"steward"}))) as work:
        identity.merge(work, "supplier", two, reason="one company")
    with pytest.raises(OwnChange):
        decide(hub, Actor("stella", frozenset({"tax_data_owner", "approver"})), "approve")


def test_version_of_a_master_that_was_merged_meanwhile_is_outdated(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    hub.send("procurement", "3", version=1, attributes={"name": "Third", "country": "DE"})
    hub.process()
    third = hub.master("procurement", "3")
    merge(hub, *two)
    with pytest.raises(OutdatedVersion), hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "supplier", [two[1], third], reason="x", expected={two[1]: 1})


def test_owner_who_has_said_his_word_has_no_task_any_longer(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    pin(hub, two[0], {"vat_id": THIRD_VAT, "bank_accounts": [{"iban": IBAN}]})
    decide(hub, TAX, "approve")
    open_tasks = hub.rows("SELECT owner FROM task WHERE kind = 'approval' AND closed_at IS NULL")
    assert open_tasks == [("treasury_data_owner",)]


def test_request_shows_what_stands_now(hub: HubUnderTest, two: tuple[UUID, UUID]) -> None:
    pin(hub, two[1], {"vat_id": THIRD_VAT})
    merge(hub, *two)
    (request,) = [r for r in requests(hub) if r.kind == "person"]
    assert request.changes[0]["current"] == A["vat_id"]


def test_who_approves_one_thing_is_no_author_of_what_comes_up_meanwhile(database: str) -> None:
    olga = Actor("olga", frozenset({"tax_data_owner", "treasury_data_owner", "approver"}))
    clock = MovedClock()
    bootstrap.prepare(Settings(), database)
    with bootstrap.open_hub(Settings(), database, clock=clock) as opened:
        hub = HubUnderTest(opened, database)
        hub.send("erp", "1", version=1, attributes=A)
        hub.process()
        master = hub.master("erp", "1")
        pin(hub, master, {"bank_accounts": [{"iban": IBAN}]}, expires_at=clock.now + timedelta(days=2))
        decide(hub, olga, "approve")
        pin(hub, master, {"vat_id": THIRD_VAT})
        clock.now += timedelta(days=3)
        decide(hub, olga, "approve")
        (request,) = requests(hub, olga)
        assert [(c["attribute"], c["proposed"]) for c in request.changes] == [("bank_accounts", None)]
        decide(hub, olga, "approve", request)
        assert hub.broken() == []

"""Critical values wait for their owner; nothing else does, and nobody approves a change of their own."""

from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import Actor, Grant
from mdm.errors import AlreadyDecided, Forbidden, OutdatedRequest, OwnChange
from mdm.hub.stewardship import approvals, values
from mdm.hub.stewardship.approvals import RequestView
from tests.support.hubs import HubUnderTest

A = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
OTHER_VAT = "DE129273398"
IBAN, OTHER_IBAN = "DE89370400440532013000", "DE02120300000000202051"
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
TREASURY = Actor("tina", frozenset({"treasury_data_owner", "approver"}))
STEWARD = Actor("stella", frozenset({"steward"}))


def requests(hub: HubUnderTest, actor: Actor = TAX) -> list[RequestView]:
    with hub.hub.begin_as(actor) as work:
        return approvals.list_requests(work)


def decide(hub: HubUnderTest, actor: Actor, choice: Any, request: RequestView | None = None, **how: Any) -> RequestView:
    wanted = request or requests(hub, actor)[0]
    with hub.hub.begin_as(actor) as work:
        return approvals.decide_request(work, wanted.id, choice, digest=wanted.digest, **how)


def vat(hub: HubUnderTest) -> Any:
    return hub.golden("erp", "1").attributes.get("vat_id")


@pytest.fixture
def changed(hub: HubUnderTest) -> HubUnderTest:
    """A supplier whose source has changed its VAT id and its phone."""
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    hub.send("erp", "1", version=2, attributes=A | {"vat_id": OTHER_VAT, "phone": "+49 89 1234567"})
    hub.process()
    return hub


def test_critical_change_waits_and_the_rest_publishes(changed: HubUnderTest) -> None:
    assert vat(changed) == A["vat_id"]
    assert changed.golden("erp", "1").attributes["phone"] == "+49891234567"
    (request,) = requests(changed)
    assert [(c["attribute"], c["current"], c["proposed"]) for c in request.changes] == [
        ("vat_id", A["vat_id"], OTHER_VAT)
    ]
    assert changed.broken() == []


def test_approval_publishes_and_says_so(changed: HubUnderTest) -> None:
    decide(changed, TAX, "approve")
    assert vat(changed) == OTHER_VAT
    (row,) = changed.rows("SELECT approval ->> 'by', cause ->> 'kind' FROM golden_version WHERE version = 3")
    assert row == ('["tom"]', "approval")
    assert changed.rows("SELECT count(*) FROM hold WHERE ended_at IS NULL") == [(0,)]
    assert changed.rows("SELECT count(*) FROM task WHERE closed_at IS NULL") == [(0,)]
    assert changed.broken() == []


def test_rejected_value_stays_rejected_until_the_source_changes_it(changed: HubUnderTest) -> None:
    decide(changed, TAX, "reject", note="wrong company")
    changed.send("erp", "1", version=3, attributes=A | {"vat_id": OTHER_VAT, "phone": "+49 89 7654321"})
    changed.process()
    assert vat(changed) == A["vat_id"]
    assert requests(changed) == []
    changed.send("erp", "1", version=4, attributes=A | {"vat_id": "DE811907980"})
    changed.process()
    assert [r.changes[0]["proposed"] for r in requests(changed)] == ["DE811907980"]
    assert changed.broken() == []


def test_source_that_takes_its_change_back_ends_the_request(changed: HubUnderTest) -> None:
    changed.send("erp", "1", version=3, attributes=A)
    changed.process()
    assert requests(changed) == []
    assert changed.rows("SELECT state FROM change_request") == [("obsolete",)]
    assert changed.broken() == []


def test_other_changes_of_a_busy_record_do_not_outdate_an_approval(changed: HubUnderTest) -> None:
    (request,) = requests(changed)
    for version in range(3, 7):
        phone = f"+49 89 55500{version}"
        changed.send("erp", "1", version=version, attributes=A | {"vat_id": OTHER_VAT, "phone": phone})
        changed.process()
    decide(changed, TAX, "approve", request)
    assert vat(changed) == OTHER_VAT


def test_approval_of_what_changed_meanwhile_is_refused(changed: HubUnderTest) -> None:
    (request,) = requests(changed)
    changed.send("erp", "1", version=3, attributes=A | {"vat_id": "DE811907980"})
    changed.process()
    with pytest.raises(OutdatedRequest):
        decide(changed, TAX, "approve", request)
    assert vat(changed) == A["vat_id"]


def test_request_is_decided_once(changed: HubUnderTest) -> None:
    (request,) = requests(changed)
    decide(changed, TAX, "approve", request)
    with pytest.raises(AlreadyDecided):
        decide(changed, TAX, "reject", request)


def test_only_the_owner_decides(changed: HubUnderTest) -> None:
    (request,) = requests(changed)
    with pytest.raises(Forbidden, match="does not own"):
        decide(changed, TREASURY, "approve", request)


def test_new_suppliers_bank_data_waits_while_its_name_publishes(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A | {"bank_accounts": [{"iban": IBAN, "holder": "Acme GmbH"}]})
    hub.process()
    assert hub.golden("erp", "1").attributes["name"] == "Acme GmbH"
    assert hub.rows("SELECT attributes ? 'bank_accounts' FROM golden_slice") == [(False,)]
    (request,) = requests(hub, TREASURY)
    assert request.changes[0]["proposed"][0]["iban"] == IBAN
    decide(hub, TREASURY, "approve")
    assert hub.rows("SELECT attributes ? 'bank_accounts' FROM golden_slice WHERE until_version IS NULL") == [(True,)]
    assert hub.broken() == []


def test_what_is_asked_is_masked_for_those_who_do_not_own_it(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A | {"bank_accounts": [{"iban": IBAN}]})
    hub.process()
    (request,) = requests(hub, STEWARD)
    assert request.masked == ["bank_accounts"]
    assert IBAN not in str(request)


def pinned(hub: HubUnderTest, given: dict[str, Any], actor: Actor = STEWARD) -> UUID | None:
    with hub.hub.begin_as(actor) as work:
        return values.pin(work, "supplier", hub_master(hub), given, reason="letter of the supplier").request_id


def hub_master(hub: HubUnderTest) -> UUID:
    return hub.master("erp", "1")


def test_two_owners_approve_one_change_of_a_person(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    account = [{"iban": OTHER_IBAN}]
    pinned(hub, {"vat_id": OTHER_VAT, "bank_accounts": account, "website": "acme.example"})
    (request,) = requests(hub)
    decide(hub, TAX, "approve", request)
    assert vat(hub) == A["vat_id"]
    assert "website" not in hub.golden("erp", "1").attributes
    (request,) = requests(hub, TREASURY)
    decide(hub, TREASURY, "approve", request)
    assert vat(hub) == OTHER_VAT
    assert "website" in hub.golden("erp", "1").attributes
    assert hub.broken() == []


def test_any_rejection_returns_the_whole_change(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    pinned(hub, {"vat_id": OTHER_VAT, "bank_accounts": [{"iban": OTHER_IBAN}]})
    decide(hub, TAX, "approve")
    decide(hub, TREASURY, "reject")
    assert vat(hub) == A["vat_id"]
    assert requests(hub) == []


def test_first_owners_word_is_asked_again_when_the_value_beside_has_changed(hub: HubUnderTest) -> None:
    hub.send("erp", "1", version=1, attributes=A)
    hub.process()
    pinned(hub, {"vat_id": OTHER_VAT, "bank_accounts": [{"iban": OTHER_IBAN}]})
    decide(hub, TAX, "approve")
    hub.send("erp", "1", version=2, attributes=A | {"vat_id": "DE811907980"})
    hub.process()
    source_request = next(r for r in requests(hub) if r.kind == "source")
    decide(hub, TAX, "approve", source_request)
    person_request = next(r for r in requests(hub, TREASURY) if r.kind == "person")
    decide(hub, TREASURY, "approve", person_request)
    assert vat(hub) == "DE811907980"
    decide(hub, TAX, "approve", next(r for r in requests(hub) if r.kind == "person"))
    assert vat(hub) == OTHER_VAT


@pytest.mark.parametrize(
    "author_again",
    [
        Actor("stella", frozenset({"steward", "tax_data_owner"})),
        Actor.holding("dora", [Grant("tax_data_owner", delegated_by="stella"), Grant("approver")]),
    ],
    ids=["by a second role", "by a delegate"],
)
def test_nobody_approves_a_change_of_their_own(hub: HubUnderTest, author_again: Actor) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    pinned(hub, {"vat_id": OTHER_VAT})
    (request,) = requests(hub)
    with pytest.raises(OwnChange):
        decide(hub, author_again, "approve", request)
    assert vat(hub) == A["vat_id"]


def test_who_delivered_a_value_does_not_approve_it(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    hub.send("erp", "1", attributes=A | {"vat_id": OTHER_VAT})
    hub.process()
    with pytest.raises(OwnChange):
        decide(hub, Actor("hub", frozenset({"tax_data_owner", "approver"})), "approve")


def test_author_withdraws_and_nobody_else(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A)
    hub.process()
    request_id = pinned(hub, {"vat_id": OTHER_VAT})
    assert request_id is not None
    with pytest.raises(Forbidden), hub.hub.begin_as(TAX) as work:
        approvals.withdraw_request(work, request_id)
    with hub.hub.begin_as(STEWARD) as work:
        assert approvals.withdraw_request(work, request_id).state == "withdrawn"


def test_late_approval_counts_as_dated_or_from_the_approval_on(hub: HubUnderTest) -> None:
    early = "2020-01-01T00:00:00Z"
    hub.send("erp", "1", version=1, source_time="2019-01-01T00:00:00Z", attributes=A)
    hub.process()
    hub.send("erp", "1", version=2, effective_from=early, operation="partial", attributes={"vat_id": OTHER_VAT})
    hub.process()
    decide(hub, TAX, "approve", effective="from_approval")
    assert vat(hub) == OTHER_VAT
    from datetime import UTC, datetime  # noqa: PLC0415

    assert hub.golden("erp", "1", valid_at=datetime(2022, 1, 1, tzinfo=UTC)).attributes["vat_id"] == A["vat_id"]
    hub.send("erp", "1", version=3, operation="partial", attributes={"phone": "+49 89 1234567"})
    hub.process()
    assert hub.golden("erp", "1", valid_at=datetime(2022, 1, 1, tzinfo=UTC)).attributes["vat_id"] == A["vat_id"]
    assert hub.broken() == []


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("UPDATE golden_version SET approval = NULL", "changes vat_id without approval"),
        ("UPDATE change_request SET authors = '{tom}'", "was decided by its author tom"),
        ("UPDATE change_decision SET state = 'rejected'", "tax_data_owner has not approved it"),
    ],
)
def test_audit_names_what_was_published_without_approval(changed: HubUnderTest, damage: str, finding: str) -> None:
    decide(changed, TAX, "approve")
    changed.rows(f"{damage} RETURNING 1")
    assert any(finding in broken for broken in changed.broken())

"""Explanations of then say what was known and ruled then, and of a draft what would be."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import InvalidInput, NotFound
from mdm.hub.explanation.verdicts import Reasoned, Verdicts, verdicts
from mdm.hub.stewardship import approvals, identity, values
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, keep_draft, switch_on

READER = Actor("rita", frozenset({"reader"}))
STEWARD = Actor("stella", frozenset({"steward"}))
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
TREASURY = Actor("tina", frozenset({"treasury_data_owner", "approver"}))
ACME = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
OTHER = ACME | {"name": "ACME Metallwerke GmbH"}


@pytest.fixture
def acme(hub: HubUnderTest) -> HubUnderTest:
    """A supplier of which two systems have two names."""
    hub.send("erp", "1", version=1, attributes=ACME)
    hub.send("portal", "2", version=1, attributes=OTHER)
    hub.process()
    return hub


def asked(hub: HubUnderTest, **about: Any) -> Verdicts:
    with hub.hub.begin_as(READER) as work:
        return verdicts(work, "supplier", hub.master("erp", "1"), **about)


def verdict(hub: HubUnderTest, unit: str, **about: Any) -> Reasoned:
    (one,) = asked(hub, attribute=unit, **about).verdicts
    return one


def recorded_at(hub: HubUnderTest, version: int) -> datetime:
    query = "SELECT recorded_at FROM golden_version WHERE master_id = %s AND version = %s"
    ((instant,),) = hub.rows(query, hub.master("erp", "1"), version)
    return instant.astimezone(UTC)


def document(**attributes: dict[str, Any]) -> Any:
    def changed(hub: HubUnderTest) -> dict[str, Any]:
        found = deepcopy(document_in_force(hub))
        for name, parts in attributes.items():
            found["declaration"]["attributes"][name].update(parts)
        return found

    return changed


def test_what_was_said_pinned_and_kept_back_then_is_what_explains_it(acme: HubUnderTest) -> None:
    first = recorded_at(acme, asked(acme).version)
    acme.send("erp", "1", version=2, attributes=ACME | {"name": "Acme SE", "vat_id": "DE129273398"})
    acme.process()
    waiting = recorded_at(acme, asked(acme).version)
    with acme.hub.begin_as(TAX) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest)
    with acme.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", acme.master("erp", "1"), {"name": "Acme AG"}, reason="Register")
    pinned = recorded_at(acme, asked(acme).version)
    with acme.hub.begin_as(STEWARD) as work:
        values.unpin(work, "supplier", acme.master("erp", "1"), ["name"], reason="Not any more")

    assert [verdict(acme, "name", known_at=at).value for at in (first, waiting, pinned, None)] == [
        *("Acme GmbH", "Acme SE", "Acme AG", "Acme SE"),
    ]  # fmt: skip
    held = [verdict(acme, "vat_id", known_at=at).held for at in (first, waiting, pinned)]
    assert [h and (h.value, h.state, h.request_id) for h in held] == [
        *(None, ("DE129273398", "pending", request.id), None),
    ]  # fmt: skip
    assert all(asked(acme, known_at=at).reproduced for at in (first, waiting, pinned, None))


def test_deleted_record_is_named_with_its_reason_and_changes_nothing(acme: HubUnderTest) -> None:
    acme.send("erp", "1", version=2, operation="delete")
    acme.process()
    name = verdict(acme, "name")
    assert (name.winner and name.winner.record, name.value) == ("portal/2", "ACME Metallwerke GmbH")
    assert [(one.record, one.value, one.reason, one.would_win) for one in name.losers] == [
        ("erp/1", None, "deleted", None)
    ]
    assert asked(acme).reproduced


def test_draft_says_who_would_win_why_and_what_would_wait(acme: HubUnderTest) -> None:
    rules = document(name={"survivorship": {"rule": "longest"}, "critical": True}, phone={"classification": "public"})
    number = keep_draft(acme, rules(acme))
    found = asked(acme, release=number)
    assert (found.release, found.verdicts[0].value, found.under and found.under.state) == (1, "Acme GmbH", "draft")
    assert found.under is not None
    (name,) = [one for one in found.under.verdicts if one.unit == "name"]
    assert (name.rule, name.value) == ("hold", "Acme GmbH")
    assert name.held is not None
    assert (name.held.value, name.held.request_id) == ("ACME Metallwerke GmbH", None)
    assert found.under.changes == []

    freely = keep_draft(acme, document(name={"survivorship": {"rule": "longest"}})(acme))
    under = asked(acme, attribute="name", release=freely).under
    assert under is not None
    assert [(one.attribute, one.value, one.other) for one in under.changes] == [
        ("name", "Acme GmbH", "ACME Metallwerke GmbH")
    ]
    assert [(one.losers[0].record, one.losers[0].reason) for one in under.verdicts] == [("erp/1", "rule")]
    with pytest.raises(NotFound, match="no release 99"):
        asked(acme, release=99)


def test_draft_opens_nothing_that_is_masked_before_it_is_in_force(acme: HubUnderTest) -> None:
    accounts = {"bank_accounts": [{"iban": "DE89370400440532013000"}]}
    acme.send("portal", "2", version=2, attributes=OTHER | accounts, operation="partial")
    acme.process()
    with acme.hub.begin_as(TREASURY) as work:
        (request,) = approvals.list_requests(work)
        approvals.decide_request(work, request.id, "approve", digest=request.digest)
    found = asked(acme, release=keep_draft(acme, document(bank_accounts={"classification": "public"})(acme)))
    assert found.under is not None
    assert (found.masked, found.under.masked) == (["bank_accounts"], ["bank_accounts"])
    assert "DE8937" not in str(found)


def test_values_that_a_draft_reads_otherwise_are_read_again(acme: HubUnderTest) -> None:
    acme.send("erp", "1", version=2, attributes=ACME | {"phone": "+49 (0)30 123-4567"})
    acme.process()
    under = asked(acme, release=keep_draft(acme, document(phone={"standardizer": "text"})(acme))).under
    assert under is not None
    assert [(one.attribute, one.other) for one in under.changes] == [("phone", "+49 (0)30 123-4567")]


def test_versions_are_explained_by_the_rules_of_then(acme: HubUnderTest) -> None:
    before = recorded_at(acme, asked(acme).version)
    switch_on(acme, document(name={"survivorship": {"rule": "longest"}})(acme))
    assert (asked(acme).reproduced, asked(acme).release, verdict(acme, "name").value) == (True, 1, "Acme GmbH")
    acme.process()
    assert (asked(acme).reproduced, asked(acme).release, verdict(acme, "name").rule) == (True, 2, "longest")
    then = asked(acme, attribute="name", known_at=before)
    assert (then.reproduced, then.release, then.verdicts[0].rule) == (True, 1, "source_priority")


def test_what_cannot_be_reproduced_says_so(acme: HubUnderTest) -> None:
    before = recorded_at(acme, asked(acme).version)
    acme.send("erp", "1", version=2, attributes=ACME | {"name": "Acme SE"})
    acme.process()
    with acme.hub.begin() as work:
        work.connection.execute("DELETE FROM fact WHERE version = 1 AND record_id = 1")
    found = asked(acme, known_at=before)
    assert (found.reproduced, found.verdicts[0].value) == (False, "ACME Metallwerke GmbH")
    assert [(one.attribute, one.value, one.other) for one in found.differs] == [
        ("name", "Acme GmbH", "ACME Metallwerke GmbH")
    ]
    assert asked(acme, attribute="country", known_at=before).reproduced


def test_references_are_shown_where_they_led_then(hub: HubUnderTest) -> None:
    hub.send("erp", "G1", attributes=ACME)
    hub.send("erp", "G2", attributes={"name": "Zenith Handels KG", "country": "DE"})
    hub.process()
    old = hub.master("erp", "G2")
    hub.send("erp", "1", attributes={"name": "Acme Werk Nord", "country": "DE", "parent": "G2"})
    hub.process()
    before = recorded_at(hub, 1)
    with hub.hub.begin_as(STEWARD) as work:
        survivor = identity.merge(work, "supplier", [hub.master("erp", "G1"), old], reason="same").masters[0].master_id
    hub.process()
    assert verdict(hub, "parent").value["master"] == str(survivor) != str(old)
    then = asked(hub, attribute="parent", known_at=before)
    assert (then.reproduced, then.verdicts[0].value["master"]) == (True, str(old))


def test_trust_is_shown_with_its_parts_where_it_decides(acme: HubUnderTest) -> None:
    fading = {"rule": "most_trusted", "decay": {"curve": "linear", "days": 10}}
    under = asked(acme, attribute="name", release=keep_draft(acme, document(name={"survivorship": fading})(acme))).under
    assert under is not None
    winner = under.verdicts[0].winner
    assert winner is not None
    assert winner.trust is not None
    assert (winner.trust.age_days, winner.trust.counted) == (0, winner.trust.rated)
    assert under.verdicts[0].due_at is not None


def test_attribute_of_a_draft_alone_can_be_asked_for(acme: HubUnderTest) -> None:
    proposed = document_in_force(acme)
    proposed["declaration"]["attributes"]["nickname"] = {"type": "text", "title": "Nickname"}
    number = keep_draft(acme, proposed)
    found = asked(acme, attribute="nickname", release=number)
    assert (found.verdicts, found.under and found.under.verdicts) == ([], [])
    with pytest.raises(InvalidInput):
        asked(acme, attribute="nickname")


def test_draft_opens_nothing_that_other_rules_once_kept_from_the_reader(acme: HubUnderTest) -> None:
    without, secret, public = (document_in_force(acme) for _ in range(3))
    for one, classification in ((secret, "confidential"), (public, "public")):
        one["declaration"]["attributes"]["nickname"] = {"type": "text", "classification": classification}
    switch_on(acme, secret)
    acme.send("erp", "1", version=2, attributes=ACME | {"nickname": "Bulldog"})
    acme.process()
    switch_on(acme, without)
    acme.process()
    number = keep_draft(acme, public)
    [(then,)] = acme.rows("SELECT clock_timestamp()")
    assert "Bulldog" not in str(asked(acme, release=number).under)
    switch_on(acme, secret)
    acme.process()
    assert "Bulldog" not in str(asked(acme, release=number, known_at=then).under)

"""Simulations are asked for, run, ended and read; what they show is masked for who reads it."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, Forbidden, NotFound
from mdm.hub.releases import simulation
from mdm.hub.releases.simulation import conduct
from mdm.store.releases import simulation as stored
from tests.support.foretelling import tried
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, keep_draft

READER = Actor("anna", frozenset({"reader"}))
OWNER = Actor("olga", frozenset({"approver", "treasury_data_owner"}))
IBANS = [[{"iban": iban}] for iban in ("DE89370400440532013000", "DE02120300000000202051")]


def draft(hub: HubUnderTest, change: dict[str, Any]) -> int:
    document = document_in_force(hub)
    document["declaration"]["attributes"]["bank_accounts"].update(copy.deepcopy(change))
    return keep_draft(hub, document)


def test_masked_values_are_shown_to_their_owner_alone(hub: HubUnderTest) -> None:
    for source, accounts in zip(("erp", "portal"), IBANS, strict=True):
        attributes = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976", "bank_accounts": accounts}
        hub.send(source, "1", attributes=attributes)
    hub.process()
    number = draft(hub, {"survivorship": {"rule": "source_priority"}, "critical": False})
    view = tried(hub, "supplier", number)
    assert view.figures is not None
    assert view.figures["masters"]["changed"] == view.figures["events"]["golden.changed"] == 1
    with hub.hub.begin_as(READER) as work:
        (sample,) = simulation.show(work, "supplier", number, view.id).samples
    assert (sample["masked"], sample["after"]) == (True, None)
    with hub.hub.begin_as(OWNER) as work:
        (sample,) = simulation.show(work, "supplier", number, view.id).samples
        assert simulation.foretold(work, "supplier", number, against=1) == {
            "masters": 1, "changed": 1, "critical": 0, "merged": 0, "split": 0, "held": 0,
        }  # fmt: skip
    assert (sample["masked"], sample["before"], sample["losers"]) == (False, None, [["portal/1", "rule"]])
    assert [account["iban"] for account in sample["after"]] == [IBANS[0][0]["iban"]]  # both had waited for approval


def test_simulation_that_waits_is_what_is_asked_for_again_until_it_is_cancelled(hub: HubUnderTest) -> None:
    number = draft(hub, {"critical": False})
    with hub.hub.begin_as(OWNER) as work:
        first = simulation.request(work, "supplier", number)
        assert simulation.request(work, "supplier", number).id == first.id
        cancelled = simulation.cancel(work, "supplier", number, first.id)
        with pytest.raises(AlreadyDecided):
            simulation.cancel(work, "supplier", number, first.id)
        assert (cancelled.state, cancelled.outcome) == ("cancelled", "Cancelled by olga.")
        assert simulation.foretold(work, "supplier", number, against=1) is None
    assert simulation.take(hub.hub.begin) is None


def test_simulation_of_which_nothing_is_heard_has_failed(hub: HubUnderTest) -> None:
    number = draft(hub, {"critical": False})
    with hub.hub.begin() as work:
        asked = simulation.request(work, "supplier", number)
    assert simulation.take(hub.hub.begin) == asked.id
    with hub.hub.begin() as work:
        stored.advance(work.session, asked.id, now=work.now - timedelta(seconds=61), done=1, total=2)
        view = simulation.show(work, "supplier", number, asked.id)
    assert (view.state, view.progress) == ("failed", 0.5)
    assert simulation.take(hub.hub.begin) is None
    assert hub.rows("SELECT state, outcome IS NULL FROM simulation") == [("failed", False)]


def test_rules_that_fail_on_the_data_end_the_simulation_and_nothing_else(hub: HubUnderTest) -> None:
    document = document_in_force(hub)
    document["declaration"]["attributes"]["phone"]["standardizer"] = "telephone"
    view = tried(hub, "supplier", keep_draft(hub, document))
    assert (view.state, view.figures) == ("failed", None)
    assert view.outcome is not None
    assert "telephone" in view.outcome


def test_who_only_reads_asks_for_no_simulation_and_nobody_for_one_of_what_is_in_force(hub: HubUnderTest) -> None:
    with hub.hub.begin_as(READER) as work, pytest.raises(Forbidden):
        simulation.request(work, "supplier", 1)
    with hub.hub.begin() as work:
        with pytest.raises(AlreadyDecided):
            simulation.request(work, "supplier", 1)
        with pytest.raises(NotFound):
            simulation.request(work, "supplier", 7)


def test_simulation_lets_go_when_the_hub_stops(hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH", "country": "DE", "phone": "+49 30 1234567"})
    hub.process()
    number = draft(hub, {"critical": False})
    monkeypatch.setattr(conduct, "SECONDS", -1)
    view = tried(hub, "supplier", number, stopped=lambda: True)
    assert (view.state, view.outcome, view.figures) == ("cancelled", "The hub was stopped.", None)

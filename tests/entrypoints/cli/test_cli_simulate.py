"""`mdm rules simulate` shows what switching a release on would do."""

from tests.entrypoints.cli.conftest import Run
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, keep_draft


def test_release_is_tried_at_the_command_line(hub: HubUnderTest, on_hub: Run) -> None:
    same = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
    hub.send("erp", "1", attributes={**same, "payment_terms": "N30"})
    hub.send("portal", "1", attributes={**same, "payment_terms": "N60"})
    hub.process()
    document = document_in_force(hub)
    document["declaration"]["attributes"]["payment_terms"].update(survivorship={"rule": "max"})
    number = keep_draft(hub, document)
    code, out, _ = on_hub("rules", "simulate", "supplier", str(number))
    assert code == 0
    assert f"Release {number} of supplier, tried against 1: done after" in out
    lines = [line.split() for line in out.splitlines()]
    assert ["1", "would", "have", "other", "values"] in lines
    assert ["payment_terms", "1", "1", "0", "0"] in lines
    assert "1 events; 1 records are done again" in out


def test_simulation_that_fails_says_why(hub: HubUnderTest, on_hub: Run) -> None:
    document = document_in_force(hub)
    document["declaration"]["attributes"]["phone"]["standardizer"] = "telephone"
    code, out, _ = on_hub("rules", "simulate", "supplier", str(keep_draft(hub, document)))
    assert (code, "no standardizer `telephone`" in out) == (1, True)

"""Other rules reach what no claim tells of, too: values that could not be read, that were pinned, of sources gone."""

from typing import Any

from mdm.core.security import Actor
from mdm.hub.stewardship import values
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on

BOLT: dict[str, Any] = {"name": "Bolt AG", "country": "DE", "duns": "150483782"}
STEWARD = Actor("stella", frozenset({"steward"}))


def test_attribute_that_comes_back_has_what_was_said_of_it_before(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=BOLT | {"industry": "Moulds"})
    hub.process()
    before, without = document_in_force(hub), document_in_force(hub)
    del without["declaration"]["attributes"]["industry"]
    switch_on(hub, without)
    hub.process()
    assert "industry" not in hub.golden("erp", "1").attributes
    switch_on(hub, before)
    hub.process()
    assert hub.golden("erp", "1").attributes["industry"] == "Moulds"
    assert hub.broken() == []


def test_pinned_value_that_no_source_gives_is_no_longer_shown_to_subscribers(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=BOLT)
    hub.process()
    with hub.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", hub.master("erp", "1"), {"industry": "Moulds"}, reason="letter")
    document = document_in_force(hub)
    document["declaration"]["attributes"]["industry"]["classification"] = "confidential"
    switch_on(hub, document)
    hub.process()
    (body,) = hub.rows("SELECT convert_from(data, 'utf8') FROM publishers.outbox ORDER BY id DESC LIMIT 1")[0]
    assert "Moulds" not in body
    assert hub.broken() == []


def test_pinned_value_goes_with_its_attribute(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=BOLT)
    hub.process()
    with hub.hub.begin_as(STEWARD) as work:
        values.pin(work, "supplier", hub.master("erp", "1"), {"industry": "Moulds"}, reason="letter")
    document = document_in_force(hub)
    del document["declaration"]["attributes"]["industry"]
    switch_on(hub, document)
    hub.process()
    assert "industry" not in hub.golden("erp", "1").attributes
    assert hub.broken() == []


def test_records_of_a_source_that_is_no_longer_declared_are_done_again_like_others(hub: HubUnderTest) -> None:
    hub.send("portal", "1", attributes=BOLT | {"industry": "Moulds"})
    hub.send("erp", "1", attributes=BOLT)
    hub.process()
    document = document_in_force(hub)
    del document["declaration"]["sources"]["portal"]
    document["declaration"]["priority"].remove("portal")
    switch_on(hub, document)
    hub.process()
    assert hub.rows("SELECT reasons FROM redo") == []
    assert hub.broken() == []


def test_questions_about_withheld_values_are_closed_with_the_last_rule_of_quality(hub: HubUnderTest) -> None:
    document = document_in_force(hub)
    for declared in document["declaration"]["attributes"].values():
        declared.pop("required", None)
    for rules in ({"terms_known": {"attributes": ["payment_terms"], "values": ["N30"], "effect": "hold"}}, {}):
        document["declaration"]["quality"] = rules
        switch_on(hub, document)
        hub.send("erp", "1", attributes=BOLT | {"payment_terms": "N99"})
        hub.process()
        asked = hub.rows("SELECT count(*) FROM task WHERE kind = 'quality_exception' AND closed_at IS NULL")
        assert asked == [(len(rules),)]
    assert hub.golden("erp", "1").attributes["payment_terms"] == "N99"
    assert hub.broken() == []

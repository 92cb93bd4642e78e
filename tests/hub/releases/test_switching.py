"""Other rules are switched on at one instant, and what they concern is done again, no more."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mdm import bootstrap
from mdm.errors import AlreadyDecided, Moved
from mdm.hub import redo
from mdm.hub.releases import switching
from mdm.settings import Settings
from mdm.store.releases import rollouts
from tests.hub.ingest.holding.customers_loaded import load
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on


@pytest.fixture
def known(hub: HubUnderTest) -> Iterator[HubUnderTest]:
    """Three customers: of the first two sources give different phones, of the second one does, of the third none."""
    hub.send("crm", "1", domain="customer", version=1, attributes={"name": "Acme GmbH", "vat_id": "DE136695976"})
    hub.send("crm", "2", domain="customer", attributes={"name": "Bolt AG", "phone": "+49 30 12345678"})
    hub.send("crm", "3", domain="customer", attributes={"name": "Cord SE"})
    first = {"name": "Acme", "vat_id": "DE136695976"}
    hub.send("erp", "1", domain="customer", attributes={**first, "phone": "+49 30 7654321"})
    hub.process()
    hub.send(
        "crm", "1", domain="customer", version=2, attributes={**first, "name": "Acme GmbH", "phone": "+49 30 1234567"}
    )
    hub.process()
    yield hub
    assert hub.broken() == []


def test_another_rule_lets_another_value_survive_on_those_masters_alone_that_have_one(known: HubUnderTest) -> None:
    document = document_in_force(known, "customer")
    document["declaration"]["attributes"]["phone"]["survivorship"] = {"rule": "source_priority"}
    before = known.golden("erp", "1", domain="customer")
    switched = switch_on(known, document)
    assert (switched.records, switched.looked, known.rows("SELECT reasons, depth FROM redo")) == (
        *(2, 2), [(["release"], 0), (["release"], 0)],
    )  # fmt: skip
    known.process()
    after = known.golden("erp", "1", domain="customer")
    assert (before.attributes["phone"], after.attributes["phone"]) == ("+49301234567", "+49307654321")
    assert (after.version, after.release) == (before.version + 1, 2)
    assert known.golden("crm", "2", domain="customer").version == 1
    assert known.rows("SELECT cause ->> 'kind' FROM golden_version WHERE release = 2") == [("release",)]


def test_values_that_are_read_otherwise_are_read_again_from_their_facts(known: HubUnderTest) -> None:
    document = document_in_force(known, "customer")
    document["declaration"]["attributes"]["phone"].update(standardizer="text")
    switched = switch_on(known, document)
    assert (switched.folded, switched.records) == (3, 3)
    known.process()
    assert known.golden("crm", "2", domain="customer").attributes["phone"] == "+49 30 12345678"


def test_higher_threshold_of_a_match_divides_whom_it_no_longer_joins(known: HubUnderTest) -> None:
    document = document_in_force(known, "customer")
    document["match"]["thresholds"]["match"] = 60.0
    switched = switch_on(known, document)
    assert (switched.compared, switched.records) == (2, 2)
    known.process()
    assert known.master("crm", "1", domain="customer") != known.master("erp", "1", domain="customer")


def test_merge_counts_once_whichever_of_its_records_is_done_first(hub: HubUnderTest) -> None:
    for source in ("erp", "crm"):
        attributes = {"name": "Acme GmbH", "phone": "+49 30 7654321", "vat_id": "DE136695976"}
        hub.send(source, "1", domain="customer", attributes=attributes | {"email": f"{source}@acme.example"})
    hub.process()
    for threshold, counts in ((60.0, (0, 1)), (7.0, (1, 0))):
        document = document_in_force(hub, "customer")
        document["match"]["thresholds"]["match"] = threshold
        number = switch_on(hub, document).number
        while redo.process_due(hub.hub.begin, size=1):
            pass
        with hub.hub.begin() as work:
            real = rollouts.counted(work.session, "customer", number)
        assert (real["merged"], real["split"]) == counts


def test_attribute_that_subscribers_are_shown_from_now_on_is_announced(known: HubUnderTest) -> None:
    document = document_in_force(known, "customer")
    document["declaration"]["attributes"]["phone"]["classification"] = "confidential"
    switch_on(known, document)
    known.process()
    assert known.golden("crm", "2", domain="customer").version == 2
    assert known.golden("crm", "3", domain="customer").version == 1
    (body,) = known.rows("SELECT convert_from(data, 'utf8') FROM publishers.outbox ORDER BY id DESC LIMIT 1")[0]
    assert "phone" not in body


def test_every_process_works_by_the_new_rules_and_who_has_begun_by_the_old_ones_tries_again(
    known: HubUnderTest,
) -> None:
    document = document_in_force(known, "customer")
    document["declaration"]["attributes"]["phone"]["critical"] = True
    with bootstrap.open_hub(Settings(), known.dsn) as other:
        with other.begin() as begun:
            assert begun.catalog.domain("customer").release == 1
            switch_on(known, document)
            with pytest.raises(Moved):
                begun.hold_rules([begun.catalog.domain("customer")])
        with other.begin() as work:
            assert work.catalog.domain("customer").critical >= {"phone"}
            redo.process_due(other.begin)
    known.process()


def test_what_other_rules_make_of_initially_loaded_values_is_asked_about(hub: HubUnderTest, tmp_path: Path) -> None:
    first = {"name": "Acme GmbH", "vat_id": "DE136695976", "phone": "+49 30 7654321"}
    second = {"name": "Acme GmbH", "vat_id": "DE129273398", "phone": "+49 30 7654321"}
    for source, attributes in (("erp", first), ("crm", second)):
        file = tmp_path / f"accounts-{source}.jsonl"
        file.write_text(json.dumps({"domain": "customer", "key": "1", "attributes": attributes}))
        load(hub, file, source=source, initial=True)
    hub.process()
    document = document_in_force(hub, "customer")
    document["match"]["thresholds"] = {"review": -20.0, "match": -20.0}
    document["match"]["vetoes"] = []
    document["match"]["clusters"]["strong"] = {}
    document["declaration"]["priority"] = ["crm", "erp", "shop"]
    switch_on(hub, document)
    hub.process()
    assert hub.master("erp", "1", domain="customer") == hub.master("crm", "1", domain="customer")
    assert hub.rows("SELECT count(*) FROM change_request WHERE state = 'open'") == [(1,)]
    assert hub.broken() == []


def test_release_is_not_switched_on_twice(known: HubUnderTest) -> None:
    with known.hub.begin() as work, pytest.raises(AlreadyDecided):
        switching.switch_on(work, "customer", 1)

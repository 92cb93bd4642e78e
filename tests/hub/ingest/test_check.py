"""Searching before creating, seen from the hub."""

from dataclasses import replace
from typing import Any

import pytest

from mdm.core.domains import Catalog, load_documents, parse
from mdm.core.matching import Outcome
from mdm.core.security import Actor
from mdm.errors import Forbidden, InvalidAttributes, InvalidInput, UnknownDomain
from mdm.hub.ingest.check import Checked, check
from mdm.hub.resolution.candidates import HOT, UNBEARABLE
from mdm.store.records import key_number
from tests.support.hubs import HubUnderTest

READER = Actor("reader", frozenset({"reader"}))
TREASURER = Actor("treasurer", frozenset({"reader", "treasury_data_owner"}))
ADDRESS = {"street": "Hafenstraße 12", "postal_code": "20457", "city": "Hamburg", "country": "DE"}
NORDWERK = {"name": "Nordwerk Armaturen GmbH", "country": "DE", "address": ADDRESS, "vat_id": "DE136695976"}
BRANCH = {**NORDWERK, "name": "NORDWERK ARMATUREN", "phone": "+49 40 4711 0"}
STRANGER = {"name": "Talbrücke Federn KG", "country": "AT"}
IBAN = [{"iban": "DE89370400440532013000"}]


@pytest.fixture
def known(hub: HubUnderTest) -> HubUnderTest:
    """A hub that knows Nordwerk from two systems, and a stranger."""
    hub.send("erp", "1", attributes={**NORDWERK, "bank_accounts": IBAN})
    hub.send("portal", "7", attributes=BRANCH)
    hub.send("erp", "2", attributes=STRANGER)
    hub.process()
    assert hub.master("erp", "1") == hub.master("portal", "7")
    return hub


def checked(hub: HubUnderTest, actor: Actor = READER, **given: Any) -> Checked:
    """Check a supplier; `source` and `limit` go with its attributes."""
    more = {name: given.pop(name) for name in ("source", "limit") if name in given}
    with hub.hub.begin_as(actor) as work:
        return check(work, "supplier", given, **more)


def names(found: Checked) -> tuple[list[str], list[str]]:
    """Return the names of duplicates and of masters that are called alike."""
    return [one.attributes["name"] for one in found.duplicates], [one.attributes["name"] for one in found.similar_names]


def test_known_supplier_is_found_in_one_line_with_its_best_record_and_the_reasons(known: HubUnderTest) -> None:
    [one] = checked(known, **BRANCH).duplicates
    assert (one.master_id, one.version) == (known.master("erp", "1"), known.golden("erp", "1").version)
    assert (one.outcome, one.source, one.key) == (Outcome.MATCH, "portal", "7")
    assert {"name": "identical", "vat": "same", "phone": "same"}.items() <= {
        reason.comparison: reason.level for reason in one.reasons
    }.items()
    prior = known.hub.catalog.domain("supplier").match.prior
    assert one.weight == pytest.approx(prior + sum(reason.weight for reason in one.reasons), abs=0.01)
    assert one.probability > 0.99
    assert one.attributes["name"] == "Nordwerk Armaturen GmbH"
    assert "bank_accounts" not in one.attributes


def test_what_is_called_a_match_becomes_one_when_it_is_delivered(known: HubUnderTest) -> None:
    typed = {"name": "Nordwerk Armaturn", "country": "Germany", "address": {**ADDRESS, "street": "Hafenstr. 12"}}
    [one] = checked(known, **typed).duplicates
    known.send("procurement", "V1", attributes=typed)
    known.process()
    edge = known.rows(
        "SELECT weight, outcome FROM edge JOIN source_record r ON r.id = right_id WHERE r.source = 'procurement' "
        "ORDER BY weight DESC LIMIT 1"
    )
    assert edge == [(pytest.approx(one.weight, abs=0.001), one.outcome)]


def test_best_comes_first_and_no_more_than_asked_for(hub: HubUnderTest) -> None:
    for number, more in enumerate(({}, {"vat_id": "DE136695976"}, {"phone": "+49 40 99887766"})):
        hub.send("erp", str(number), attributes={"name": f"Kranbau {number} Hansen", "address": ADDRESS} | more)
    hub.process()
    everything = checked(hub, name="Kranbau Hansen", address=ADDRESS, vat_id="DE136695976")
    weights = [one.weight for one in everything.duplicates]
    assert len(weights) == 3
    assert weights == sorted(weights, reverse=True)
    assert everything.duplicates[0].key == "1"
    assert len(checked(hub, name="Kranbau Hansen", address=ADDRESS, limit=2).duplicates) == 2


@pytest.mark.parametrize("typed", ["Nord", "nordwerk", "Nordwerk Arm", "NORDWERK ARMATUREN Ltd", "Nordwrek Armaturen"])
def test_name_is_enough_while_somebody_types_it(known: HubUnderTest, typed: str) -> None:
    first, second = names(checked(known, name=typed))
    assert first + second == ["Nordwerk Armaturen GmbH"]


@pytest.mark.parametrize("typed", ["No", "", "%", "Südwerk", "n/a"])
def test_what_names_nobody_finds_nobody(known: HubUnderTest, typed: str) -> None:
    assert names(checked(known, name=typed)) == ([], [])


def test_values_come_standardized_with_their_findings_and_what_is_missing(hub: HubUnderTest) -> None:
    found = checked(hub, name="  Nordwerk   Armaturen GmbH ", vat_id="DE 136695970", email=None)
    assert found.values["name"].value == "Nordwerk Armaturen GmbH"
    assert found.values["name"].std["core"] == "nordwerk armaturen"
    assert [finding.code for finding in found.values["vat_id"].findings] == ["invalid_check_digit"]
    assert found.missing == ["country"]
    assert (found.domain, found.release) == ("supplier", 1)


def test_check_keeps_nothing_and_locks_nothing(known: HubUnderTest) -> None:
    tables = [name for (name,) in known.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    count = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    sequences = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
    before = known.rows(count), known.rows(sequences)
    with known.hub.begin_as(READER) as work:
        assert check(work, "supplier", {**BRANCH, "name": "Nordwerk"}, source="erp").duplicates
        check(work, "supplier", {"name": "Nordwrek Armaturen"})
        held = work.connection.execute("SELECT DISTINCT mode FROM pg_locks WHERE pid = pg_backend_pid()").fetchall()
        written = work.connection.execute("SELECT pg_current_xact_id_if_assigned()").fetchall()
    assert sorted(held) == [("AccessShareLock",), ("ExclusiveLock",)]  # the latter on its own virtual transaction id
    assert written == [(None,)]
    assert (known.rows(count), known.rows(sequences)) == before


def crowd(hub: HubUnderTest, *keys: str, records: int) -> None:
    """Let so many other records share blocking keys."""
    with hub.hub.begin() as work:
        for key in keys:
            work.connection.execute(
                "INSERT INTO match_key SELECT %s, 1000 + n FROM generate_series(1, %s) AS n",
                (key_number("supplier", key), records),
            )


def test_hot_key_counts_with_a_second_one_only(known: HubUnderTest) -> None:
    crowd(known, "vat:DE136695976", records=HOT)
    assert checked(known, vat_id="DE136695976").duplicates == []
    crowd(known, "phone:+494047110", records=HOT)
    [one] = checked(known, vat_id="DE136695976", phone="+49 40 4711 0").duplicates
    assert one.key == "7"


def test_key_too_common_to_look_at_is_named(known: HubUnderTest) -> None:
    crowd(known, "vat:DE136695976", records=UNBEARABLE)
    found = checked(known, vat_id="DE136695976", phone="+49 40 4711 0")
    assert found.unexamined == ["vat:DE136695976"]
    assert [one.key for one in found.duplicates] == ["7"]
    assert checked(known, **STRANGER).unexamined == []


def test_nothing_is_compared_by_what_the_actor_may_not_see(known: HubUnderTest) -> None:
    hidden = checked(known, address=ADDRESS, bank_accounts=IBAN)
    assert (hidden.not_compared, hidden.duplicates) == (["bank_accounts"], [])
    assert hidden.values["bank_accounts"].value == IBAN
    seen = checked(known, TREASURER, address=ADDRESS, bank_accounts=IBAN)
    assert (seen.not_compared, [one.key for one in seen.duplicates]) == ([], ["1"])


def test_source_with_one_record_per_master_is_told_that_it_has_one(known: HubUnderTest) -> None:
    document = load_documents()["supplier"]
    document["declaration"]["sources"]["portal"]["one_per_master"] = True
    outcomes = {}
    with known.hub.begin_as(READER) as work:
        strict = replace(work, rules=lambda _: Catalog({"supplier": parse(document)}))
        for source in ("portal", "erp"):
            [one] = check(strict, "supplier", NORDWERK, source=source).duplicates
            outcomes[source] = (one.outcome, "one_per_source" in one.vetoes)
    assert outcomes == {"portal": (Outcome.REVIEW, True), "erp": (Outcome.MATCH, False)}


def test_mistake_is_named_with_its_place(hub: HubUnderTest) -> None:
    for given, error, path in (
        ({"nmae": "x"}, InvalidAttributes, "attributes.nmae"),
        ({"name": ["x"]}, InvalidAttributes, "attributes.name"),
        ({"name": "x\0"}, InvalidAttributes, "attributes.name"),
        ({"source": "sap"}, InvalidInput, "source"),
    ):
        with pytest.raises(error) as raised:
            checked(hub, **given)
        assert raised.value.details["path"] == path


def test_check_needs_its_permission_for_the_domain(hub: HubUnderTest) -> None:
    for actor in (Actor("crm", frozenset({"source"})), Actor("buyer", frozenset({"reader"}), frozenset({"customer"}))):
        with pytest.raises(Forbidden):
            checked(hub, actor, **NORDWERK)
    with hub.hub.begin() as work, pytest.raises(UnknownDomain):
        check(work, "plants", {})


def test_masters_of_other_sites_are_not_shown(known: HubUnderTest) -> None:
    divided = replace(known.hub.catalog.domain("supplier"), site="country")
    planner = replace(READER, sites=frozenset({"AT"}))
    with known.hub.begin_as(planner) as work:
        there = replace(work, rules=lambda _: Catalog({"supplier": divided}))
        assert names(check(there, "supplier", NORDWERK)) == ([], [])
        assert names(check(there, "supplier", {"name": "Talbrücke"})) == ([], ["Talbrücke Federn KG"])


def test_keyed_record_is_found_by_its_key_alone_through_what_it_refers_to(hub: HubUnderTest) -> None:
    hub.send(
        "erp", "P1", domain="location", attributes={"name": "Werk Nord", "location_type": "plant", "country": "DE"}
    )
    hub.send("mes", "M1", domain="work_center", attributes={"plant": {"source": "erp", "key": "P1"}, "code": "PRESS-7"})
    hub.process()
    typed = {"plant": "P1", "code": "press-7", "name": "Large press"}
    with hub.hub.begin_as(READER) as work:
        [one] = check(work, "work_center", typed, source="erp").duplicates
        stray = check(work, "work_center", typed)
        other = check(work, "work_center", {**typed, "code": "PRESS-8"}, source="erp")
    assert (one.key, one.outcome, one.probability) == ("M1", Outcome.MATCH, 1.0)
    assert (stray.duplicates, other.duplicates) == ([], [])

from typing import Any

from mdm.core.security import Actor
from mdm.hub.golden import read
from tests.support.hubs import HubUnderTest

ERP = {
    "name": "Müller Präzisionsteile GmbH",
    "address": {"street": "Hauptstraße 12", "postal_code": "80331", "city": "München", "country": "DE"},
    "country": "DE",
    "vat_id": "DE136695976",
    "phone": "+49 89 1234560",
    "bank_accounts": [{"iban": "DE89370400440532013000", "holder": "Müller"}],
}
PORTAL = {
    "name": "MUELLER PRAEZISIONSTEILE G.m.b.H.",
    "address": {"street": "Hauptstr. 12", "postal_code": "80331", "city": "Muenchen", "country": "DE"},
    "country": "DE",
    "vat_id": "DE 136 695 976",
    "email": "info@mueller-teile.de",
}


def events(hub: HubUnderTest) -> list[tuple[str, int, str]]:
    """The events in the outbox: subject, version, type."""
    return hub.rows("SELECT subject, version, type FROM publishers.outbox ORDER BY seq")  # type: ignore[return-value]


def body(hub: HubUnderTest) -> dict[str, Any]:
    """The data of the newest event."""
    ((body,),) = hub.rows("SELECT convert_from(data, 'UTF8')::jsonb FROM publishers.outbox ORDER BY seq DESC LIMIT 1")
    return body  # type: ignore[no-any-return]


def test_both_at_once_are_one_golden_record_and_one_event(hub: HubUnderTest) -> None:
    hub.send("erp", "100", version=1, attributes=ERP)
    hub.send("portal", "p-7", version=1, attributes=PORTAL)
    hub.process()

    golden = hub.golden("erp", "100")
    assert golden.master_id == hub.master("portal", "p-7")
    assert golden.attributes["name"] == "Müller Präzisionsteile GmbH"
    assert golden.attributes["email"] == "info@mueller-teile.de"
    assert golden.provenance["name"]["record"] == "erp/100"
    assert golden.provenance["email"]["record"] == "portal/p-7"
    assert [(link.source, link.key) for link in golden.crosswalk] == [("erp", "100"), ("portal", "p-7")]
    assert [(version, kind) for _, version, kind in events(hub)] == [(1, "golden.changed")]
    assert hub.broken() == []


def test_one_after_the_other_is_the_same_golden_record_in_two_versions(hub: HubUnderTest) -> None:
    hub.send("erp", "100", version=1, attributes=ERP)
    hub.process()
    hub.send("portal", "p-7", version=1, attributes=PORTAL)
    hub.process()

    assert [(version, kind) for _, version, kind in events(hub)] == [(1, "golden.changed"), (2, "golden.changed")]
    assert body(hub)["changes"] == {"email": {"before": None, "after": "info@mueller-teile.de"}}
    assert [link["key"] for link in body(hub)["crosswalk"]] == ["100", "p-7"]
    assert hub.broken() == []


def test_bank_accounts_and_contacts_stay_out_of_events_and_reads(hub: HubUnderTest) -> None:
    people = [{"name": "Erika Muster", "email": "e.muster@mueller-teile.de"}]
    hub.send("erp", "100", version=1, attributes=ERP | {"contacts": people})
    hub.process()

    assert body(hub)["slices"][0]["attributes"].keys().isdisjoint({"bank_accounts", "contacts"})
    with hub.hub.begin_as(Actor("rita", frozenset({"reader"}))) as work:
        golden = read.read(work, "supplier", hub.master("erp", "100"))
    assert golden.masked == ["contacts"]  # the bank accounts of a new supplier await their owner
    assert golden.attributes.keys().isdisjoint({"bank_accounts", "contacts"})


def test_record_repeated_and_out_of_order_changes_nothing_more(hub: HubUnderTest) -> None:
    new = hub.send(
        "erp", "100", version=2, source_time="2026-02-01T00:00:00Z", attributes={**ERP, "phone": "+49 89 999888"}
    )
    again = hub.send(
        "erp", "100", version=2, source_time="2026-02-01T00:00:00Z", attributes={**ERP, "phone": "+49 89 999888"}
    )
    hub.process()
    late = hub.send("erp", "100", version=1, source_time="2026-01-01T00:00:00Z", attributes=ERP)
    hub.process()

    assert [hub.state(delivery) for delivery in (new, again, late)] == ["applied", "unchanged", "late"]
    assert hub.golden("erp", "100").attributes["phone"] == "+4989999888"
    assert hub.broken() == []


def test_same_message_again_gets_the_same_acknowledgement(hub: HubUnderTest) -> None:
    first = hub.send("erp", "100", message_id="m-1", version=1, attributes=ERP)
    assert hub.send("erp", "100", message_id="m-1", version=1, attributes=ERP) == first


def test_same_message_id_with_other_bytes_is_refused_and_kept(hub: HubUnderTest) -> None:
    hub.send("erp", "100", message_id="m-1", version=1, attributes=ERP)
    fact = {"domain": "supplier", "source": "erp", "key": "101", "attributes": {"name": "Other"}}
    (answer,) = hub.acknowledged("erp", [fact], ["m-1"])
    assert answer.error is not None
    assert answer.error.status == 409
    ((code, raw),) = hub.rows("SELECT code, raw FROM quarantine")
    assert (code, b"Other" in raw) == ("message_conflict", True)


def test_same_version_with_other_content_is_quarantined(hub: HubUnderTest) -> None:
    hub.send("erp", "100", version=1, attributes=ERP)
    hub.process()
    other = hub.send("erp", "100", version=1, attributes={**ERP, "name": "Another GmbH"})
    hub.process()
    assert hub.state(other) == "quarantined"
    assert hub.golden("erp", "100").attributes["name"] == "Müller Präzisionsteile GmbH"
    assert hub.broken() == []


def test_supplier_deleted_everywhere_keeps_its_values_and_asks_a_steward(hub: HubUnderTest) -> None:
    hub.send("erp", "100", version=1, source_time="2026-01-01T00:00:00Z", attributes=ERP)
    hub.process()
    hub.send("erp", "100", version=2, source_time="2026-02-01T00:00:00Z", operation="delete")
    hub.process()

    golden = hub.golden("erp", "100")
    assert (golden.status, golden.attributes["name"]) == ("orphaned", "Müller Präzisionsteile GmbH")
    assert hub.rows("SELECT kind FROM task WHERE closed_at IS NULL AND kind <> 'approval'") == [("orphaned",)]
    assert hub.broken() == []


def test_corrected_record_leaves_the_master_it_matched_by_mistake(hub: HubUnderTest) -> None:
    hub.send("erp", "100", version=1, attributes=ERP)
    hub.send("portal", "p-7", version=1, attributes=PORTAL)
    hub.process()
    hub.send(
        "portal",
        "p-7",
        version=2,
        attributes={
            "name": "Rossi Utensili S.r.l.",
            "address": {"street": "Via Roma 1", "postal_code": "20121", "city": "Milano", "country": "IT"},
            "country": "IT",
        },
    )
    hub.process()

    assert hub.master("portal", "p-7") != hub.master("erp", "100")
    assert "identity.split" in [kind for _, _, kind in events(hub)]
    assert hub.broken() == []


def test_delivery_that_names_the_master_is_linked_to_it_unscored(hub: HubUnderTest) -> None:
    hub.send("erp", "100", version=1, attributes=ERP)
    hub.process()
    master = hub.master("erp", "100")
    hub.send("portal", "p-9", version=1, master_id=str(master), attributes={"name": "Something Else AG"})
    hub.process()
    assert hub.master("portal", "p-9") == master
    assert hub.broken() == []


def test_delivery_that_names_an_unknown_master_is_quarantined(hub: HubUnderTest) -> None:
    wrong = hub.send("portal", "p-9", master_id="01890000-0000-7000-8000-000000000000", attributes={"name": "X"})
    hub.process()
    assert hub.state(wrong) == "quarantined"

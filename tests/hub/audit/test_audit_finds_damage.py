"""Every invariant is broken on purpose, behind the hub's back, and the audit must say so."""

import pytest

from tests.support.hubs import HubUnderTest

REFERENCE = '{"ce-dataref": "/x", "ce-fulldigest": "0"}'
MADE_LARGE = f"UPDATE publishers.outbox SET headers = headers || '{REFERENCE}' WHERE seq = 1"
LINKED = "record_id IN (SELECT id FROM source_record WHERE source_key = 'p1')"


@pytest.fixture
def sound(hub: HubUnderTest) -> HubUnderTest:
    """A hub with three suppliers, one known to two systems, one deleted, all sound."""
    first = {"name": "Acme Werke GmbH", "country": "DE", "vat_id": "DE136695976", "email": "info@acme-werke.de"}
    hub.send("erp", "1", version=1, source_time="2026-01-01T00:00:00Z", attributes=first)
    hub.send("portal", "p1", version=1, source_time="2026-01-02T00:00:00Z", attributes=first | {"website": "acme.de"})
    hub.send("erp", "2", version=1, source_time="2026-01-01T00:00:00Z", attributes={"name": "Rossi Srl"})
    hub.send("erp", "3", version=1, attributes={"name": "Zeta Ltd", "country": "GB"})
    hub.process()
    hub.send("erp", "3", version=2, operation="delete")
    hub.send("erp", "2", version=1, attributes={"name": "Another"})
    hub.process()
    assert hub.broken() == []
    return hub


DAMAGES = {
    "delivery lost its fact": ("DELETE FROM fact WHERE delivery_id = 1", "is applied without a fact"),
    "delivery has an unknown state": (
        "UPDATE delivery SET state = 'lost' WHERE id = 1",
        "is lost without a proper end",
    ),
    "quarantined delivery lost its reason": ("DELETE FROM quarantine", "is quarantined without a quarantine row"),
    "record is linked to nobody": (
        f"UPDATE crosswalk SET until_version = 1 WHERE {LINKED}",
        "portal/p1 has 0 links to living masters",
    ),
    "record is linked to a dead master": (
        "UPDATE master SET status = 'merged', merged_into = id WHERE id = (SELECT master_id FROM crosswalk LIMIT 1)",
        "has 0 links to living masters",
    ),
    "golden value was edited": (
        """UPDATE golden_slice SET attributes = attributes || '{"name": "Forged"}'""",
        "name is not what erp/",
    ),
    "golden slice is missing": (
        "DELETE FROM golden_slice WHERE until_version IS NULL AND attributes ? 'website'",
        "is stored otherwise than rebuilding gives it",
    ),
    "claim changed without a rebuild": (
        "UPDATE source_record SET state = jsonb_set(state, '{claims,name,0,2}', '\"Other\"') WHERE source_key = '2'",
        "is stored otherwise than rebuilding gives it",
    ),
    "version is missing": ("DELETE FROM golden_version WHERE version = 1", "is at version"),
    "version goes back in time": (
        "UPDATE golden_version SET recorded_at = recorded_at - interval '1 day' WHERE version = 2",
        "is recorded before the one it follows",
    ),
    "slice belongs to no version": (
        "UPDATE golden_slice SET from_version = 99 WHERE id = (SELECT max(id) FROM golden_slice)",
        "spans versions its master does not have",
    ),
    "slices overlap": (
        (
            "ALTER TABLE golden_slice DROP CONSTRAINT golden_slice_no_overlap;"
            "INSERT INTO golden_slice (master_id, valid, from_version, attributes, provenance)"
            " SELECT master_id, valid, from_version, attributes, provenance FROM golden_slice"
            " WHERE until_version IS NULL"
        ),
        "overlap",
    ),
    "event was never announced": ("DELETE FROM publishers.outbox", "is neither published nor waiting"),
    "merged master leads nowhere": (
        (
            "INSERT INTO master (id, domain, status, version, revision, created_at, recorded_at, evaluated_at,"
            " search_text) VALUES (gen_random_uuid(), 'supplier', 'merged', 1, 1, now(), now(), now(), '')"
        ),
        "leads to no living survivor",
    ),
    "merges go in a circle": (
        "UPDATE master SET status = 'merged', merged_into = (SELECT id FROM master m WHERE m.id <> master.id LIMIT 1)",
        "leads to no living survivor",
    ),
    "cannot-link is ignored": (
        (
            "INSERT INTO record_constraint SELECT min(record_id), max(record_id), 'cannot', '{}', 'no', 'eve', now()"
            " FROM crosswalk GROUP BY master_id HAVING count(*) > 1"
        ),
        "together against a cannot-link",
    ),
    "must-link is ignored": (
        (
            "INSERT INTO record_constraint SELECT min(record_id), max(record_id), 'must', '{}', 'no', 'eve', now()"
            " FROM crosswalk"
        ),
        "apart against a must-link",
    ),
    "match was left unasked": (
        "INSERT INTO edge SELECT min(record_id), max(record_id), 20, 'match', '{1}', '{}', 1, now() FROM crosswalk",
        "nobody was asked",
    ),
    "large event lost its body": (MADE_LARGE, "version 1 is gone"),
    "body is another one": (
        (
            f"WITH e AS ({MADE_LARGE} RETURNING *)"
            " INSERT INTO publishers.body SELECT id, subject, version, '0', 'other' FROM e"
        ),
        "version 1 is not the one the event refers to",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_audit_names_what_is_broken(sound: HubUnderTest, damage: str) -> None:
    statement, finding = DAMAGES[damage]
    with sound.hub.begin() as work:
        for part in statement.split(";"):
            work.connection.execute(part)  # type: ignore[call-overload]
    assert [found for found in sound.broken() if finding in found], sound.broken()

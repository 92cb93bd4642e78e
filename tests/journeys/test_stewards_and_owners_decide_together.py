"""Stewards and owners at work, from the source's message to the subscriber's event."""

from typing import Any
from uuid import UUID

import pytest

from mdm.core.security import Actor
from mdm.hub.stewardship import approvals, identity
from mdm.hub.stewardship.decisions import decide
from mdm.hub.stewardship.effects import execute, preview
from mdm.store.records import RecordName
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts

STEWARD = Actor("stella", frozenset({"supplier_steward", "steward"}))
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
ACME = {"name": "Acme GmbH", "country": "DE", "email": "info@acme-werke.de", "phone": "+49 89 5550123"}
TWIN = ACME | {"name": "ACME Gesellschaft mbH", "vat_id": "DE129273398"}


def publish(parts: RunningParts) -> None:
    with parts.running("relay"):
        parts.wait_until_settled()


def event_of(hub: HubUnderTest, master: UUID) -> dict[str, Any]:
    """The data of a master's newest published event."""
    newest = (
        "SELECT convert_from(data, 'UTF8')::jsonb FROM publishers.outbox"
        " WHERE subject LIKE '%%' || %s AND published_at IS NOT NULL ORDER BY version DESC LIMIT 1"
    )
    ((body,),) = hub.rows(newest, str(master))
    return body  # type: ignore[no-any-return]


def test_duplicate_supplier_is_merged_by_a_steward_approved_by_its_owner_and_published(
    hub: HubUnderTest, nats_url: str
) -> None:
    hub.send("portal", "2", version=1, attributes=TWIN)
    hub.process()
    hub.send("erp", "1", version=1, attributes=ACME | {"vat_id": "DE136695976"})
    hub.process()
    kept, duplicate = hub.master("portal", "2"), hub.master("erp", "1")

    ((task,),) = hub.rows("SELECT id FROM task WHERE kind = 'match_review' AND closed_at IS NULL")
    with hub.hub.begin_as(STEWARD) as work:
        shown = preview(work, lambda: identity.merge(work, "supplier", [kept, duplicate], reason="one company"))
    with hub.hub.begin_as(STEWARD) as work:
        decided = decide(work, task, "match", reason_code="same_name_and_place")
    assert decided.effects is not None
    assert decided.effects.digest == shown.digest
    golden = hub.golden("erp", "1")
    assert golden.master_id == hub.master("portal", "2") == kept
    assert golden.aliases == [duplicate]
    assert golden.attributes["name"] == "Acme GmbH"
    assert golden.attributes["vat_id"] == "DE129273398"  # the ERP's awaits the tax owner; the merge does not

    (request,) = _requests(hub)
    assert [(c["attribute"], c["current"], c["proposed"]) for c in request.changes] == [
        ("vat_id", "DE129273398", "DE136695976")
    ]
    _decide(hub, request, "approve")
    parts = RunningParts(hub, nats_url)
    publish(parts)
    event = event_of(hub, kept)
    assert event["slices"][-1]["attributes"]["vat_id"] == "DE136695976"
    assert event["changes"] == {"vat_id": {"before": "DE129273398", "after": "DE136695976"}}
    assert {(link["source"], link["key"]) for link in event["crosswalk"]} == {("erp", "1"), ("portal", "2")}
    assert event_of(hub, duplicate)["identity"] == {
        "status": "merged", "merged_into": str(kept), "absorbed": [], "split_to": [],
    }  # fmt: skip
    assert parts.broken() == []


@pytest.mark.parametrize("way", ["match again", "deliver again", "another system joins"])
def test_record_does_not_rejoin_what_a_steward_had_split(hub: HubUnderTest, way: str) -> None:
    same = ACME | {"vat_id": "DE136695976"}
    for source in ("erp", "portal"):
        hub.send(source, "1", version=1, attributes=same)
    hub.process()
    master = hub.master("erp", "1")
    with hub.hub.begin_as(STEWARD) as work:
        name = RecordName("supplier", "portal", "1")
        execute(lambda: identity.split(work, "supplier", master, [name], reason="a branch of its own"))
    if way == "match again":
        hub.send("portal", "1", version=2, attributes=same | {"duns": "123456789"})
        hub.send("erp", "1", version=2, attributes=same | {"duns": "123456789"})
    elif way == "deliver again":
        hub.send("portal", "1", version=2, operation="delete")
        hub.process()
        hub.send("portal", "1", version=3, attributes=same)
    else:
        hub.send("procurement", "9", version=1, attributes=same)
    hub.process()
    assert hub.master("erp", "1") == master != hub.master("portal", "1")
    assert hub.broken() == []


def _requests(hub: HubUnderTest) -> list[approvals.RequestView]:
    with hub.hub.begin_as(TAX) as work:
        return approvals.list_requests(work)


def _decide(hub: HubUnderTest, request: approvals.RequestView, choice: Any) -> None:
    with hub.hub.begin_as(TAX) as work:
        approvals.decide_request(work, request.id, choice, digest=request.digest)

"""Stewards and owners of one plant decide about its records alone, and know of no others."""

from uuid import UUID

import pytest
import structlog

from mdm.core.security import Actor, Grant
from mdm.errors import NotFound, UnknownMaster
from mdm.hub.stewardship import approvals, identity, values
from tests.support.hubs import HubUnderTest

HERE = frozenset({"erp/1000"})
STEWARD = Actor.holding("stella", [Grant("steward", sites=HERE), Grant("reader")])
EVERYWHERE = Actor("eve", frozenset({"steward"}))
OWNER = Actor.holding("fred", [Grant("finance_data_owner", sites=HERE), Grant("approver", sites=HERE)])


@pytest.fixture
def plants(hub: HubUnderTest) -> dict[str, UUID]:
    """One item in two plants."""
    for plant in ("1000", "2000"):
        attributes = {"item": "P-1", "plant": plant, "standard_cost": "7.00"}
        hub.send("erp", plant, domain="item_plant", version=1, attributes=attributes)
    hub.process()
    return {plant: hub.master("erp", plant, domain="item_plant") for plant in ("1000", "2000")}


def pin(hub: HubUnderTest, master: UUID, given: dict[str, str], actor: Actor = STEWARD) -> UUID | None:
    with hub.hub.begin_as(actor) as work:
        return values.pin(work, "item_plant", master, given, reason="Counted").request_id


def test_steward_of_a_plant_changes_its_records_alone(hub: HubUnderTest, plants: dict[str, UUID]) -> None:
    pin(hub, plants["1000"], {"storage_location": "A1"})
    with pytest.raises(UnknownMaster):
        pin(hub, plants["2000"], {"storage_location": "A1"})
    pin(hub, plants["2000"], {"storage_location": "B1"}, EVERYWHERE)


def test_no_decision_reaches_into_another_plant(hub: HubUnderTest, plants: dict[str, UUID]) -> None:
    both = list(plants.values())
    with pytest.raises(UnknownMaster), hub.hub.begin_as(STEWARD) as work:
        identity.merge(work, "item_plant", both, reason="Same item")
    with pytest.raises(UnknownMaster), hub.hub.begin_as(STEWARD) as work:
        values.retire(work, "item_plant", plants["2000"], reason="Not used")


def test_owner_of_a_plant_sees_and_decides_its_requests_alone(hub: HubUnderTest, plants: dict[str, UUID]) -> None:
    here, there = (pin(hub, plants[plant], {"standard_cost": "9.00"}, EVERYWHERE) for plant in ("1000", "2000"))
    assert here is not None
    assert there is not None
    with hub.hub.begin_as(OWNER) as work:
        (request,) = approvals.list_requests(work, domain="item_plant", limit=1)
        assert (request.id, request.masked, request.changes[0]["proposed"]) == (here, [], "9.00")
        with pytest.raises(NotFound):
            approvals.read_request(work, there)
        with pytest.raises(NotFound):
            approvals.decide_request(work, there, "approve", digest=request.digest)
        assert approvals.decide_request(work, here, "approve", digest=request.digest).state == "approved"


def test_what_follows_from_a_request_carries_its_correlation_id(hub: HubUnderTest, plants: dict[str, UUID]) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="form-17"):
        pin(hub, plants["1000"], {"storage_location": "A1"})
    newest = "SELECT cause ->> 'correlation_id' FROM golden_version ORDER BY recorded_at DESC LIMIT 1"
    assert hub.rows(newest) == [("form-17",)]
    assert hub.rows("SELECT correlation_id FROM action_log WHERE action = 'values.pinned'") == [("form-17",)]

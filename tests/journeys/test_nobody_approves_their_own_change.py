"""Anna proposes a new tax number. She may approve such changes, but not hers: by no key, group, token or stand-in."""

from datetime import timedelta
from uuid import UUID

import pytest

from mdm.core.clock import utc_now
from mdm.core.security import Actor
from mdm.errors import OwnChange
from mdm.hub.access.delegations import delegate
from mdm.hub.access.groups import add_member, create_group, grant_group_role
from mdm.hub.access.principals import link_identity
from mdm.hub.stewardship.approvals import decide_request, read_request
from mdm.hub.stewardship.values import pin
from tests.hub.access.test_access_tokens import ISSUER, arrived
from tests.support.hubs import HubUnderTest
from tests.support.people import People

OWNER = "tax_data_owner"
OLD, NEW = "DE136695976", "DE811193231"


def approve(hub: HubUnderTest, actor: Actor, request: UUID) -> str:
    """Approve what the request asks and return its state."""
    with hub.hub.begin_as(actor) as work:
        asked = read_request(work, request)
        return decide_request(work, request, "approve", digest=asked.digest).state


def test_nobody_approves_their_own_change(hub: HubUnderTest) -> None:
    people = People(hub)
    people.make("anna", "supplier_steward")
    for name in ("ben", "carl"):
        people.make(name, "reader")
    ids = {name: people.id(name) for name in ("anna", "ben", "carl")}
    with hub.hub.begin() as work:
        owners = create_group(work, name="Tax")
        grant_group_role(work, owners.id, role=OWNER)
        for name in ("anna", "carl"):
            add_member(work, owners.id, ids[name])

    hub.send("erp", "1", attributes={"name": "Birkenhof Molkerei", "country": "DE", "vat_id": OLD})
    hub.process()
    master = hub.master("erp", "1")
    anna = people.actor("anna")
    with hub.hub.begin_as(anna) as work:
        request = pin(work, "supplier", master, {"vat_id": NEW}, reason="Letter of the tax office").request_id
    assert request is not None

    with hub.hub.begin_as(anna) as work:
        ends_at = utc_now() + timedelta(days=7)
        delegate(work, taker="ben", roles=[OWNER, "supplier_steward"], ends_at=ends_at, reason="Holiday")
    with hub.hub.begin() as work:
        link_identity(work, ids["anna"], issuer=ISSUER, subject="7")
    tries = {
        "the role of her group": anna,
        "a second key": people.actor("anna", "second key"),
        "her token": arrived(hub, name="a.berg", provision=False),
        "who stands in for her": people.actor("ben"),
    }
    for actor in tries.values():
        assert actor.holds(OWNER, domain="supplier")
        with pytest.raises(OwnChange):
            approve(hub, actor, request)
    assert hub.golden("erp", "1").attributes["vat_id"] == OLD

    assert approve(hub, people.actor("carl"), request) == "approved"
    assert hub.golden("erp", "1").attributes["vat_id"] == NEW
    assert hub.broken() == []

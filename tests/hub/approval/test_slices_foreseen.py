"""What an owner is shown before approving is what happens when he does, slice by slice."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from mdm.core.security import Actor
from mdm.hub.stewardship import approvals, creation, effects, identity, values
from mdm.hub.stewardship.approvals import RequestView
from mdm.hub.stewardship.slices import SliceChanges
from survivorship.intervals import END, START, covers
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on

A = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976", "phone": "+49 89 1234560"}
VATS = ["DE136695976", "DE129273398", "DE811907980"]
TAX = Actor("tom", frozenset({"tax_data_owner", "approver"}))
STEWARD = Actor("stella", frozenset({"steward"}))
STEWARD_AND_TREASURY = Actor("stan", frozenset({"steward", "treasury_data_owner"}))
Timeline = list[tuple[datetime, datetime, dict[str, Any]]]
Values = Mapping[str, tuple[Any, Any]]


def timeline(hub: HubUnderTest, master: UUID) -> Timeline:
    current = "SELECT lower(valid), upper(valid), attributes FROM golden_slice WHERE until_version IS NULL"
    rows = hub.rows(f"{current} AND master_id = %s", master)
    return [(start or START, end or END, attributes) for start, end, attributes in rows]


def held_at(found: Timeline, instant: datetime) -> dict[str, Any]:
    return next((attributes for start, end, attributes in found if start <= instant < end), {})


def differences(before: Timeline, after: Timeline) -> dict[datetime, Values]:
    """What differs, seen at every instant at which either timeline changes."""
    found = {}
    for instant in {bound for start, end, _ in [*before, *after] for bound in (START, start, end)} - {END}:
        old, new = held_at(before, instant), held_at(after, instant)
        found[instant] = {n: (old.get(n), new.get(n)) for n in {*old, *new} if old.get(n) != new.get(n)}
    return found


def shown(found: SliceChanges | None, instant: datetime) -> Values:
    assert found is not None
    assert found.more == 0
    here = [s for s in found.slices if covers(s.valid_from, s.valid_to, instant)]
    return {c.attribute: (c.before, c.after) for s in here for c in s.changes}


def asked(hub: HubUnderTest, **how: Any) -> list[RequestView]:
    with hub.hub.begin_as(TAX) as work:
        return [approvals.read_request(work, r.id, **how) for r in approvals.list_requests(work)]


def approve(hub: HubUnderTest, request: RequestView, **how: Any) -> None:
    with hub.hub.begin_as(TAX) as work:
        approvals.decide_request(work, request.id, "approve", digest=request.digest, **how)


def approved_as_foreseen(hub: HubUnderTest, **how: Any) -> list[RequestView]:
    """Approve everything that is asked, and compare each time with what was shown."""
    requests = asked(hub, **how)
    for request in requests:
        before = timeline(hub, request.master_id)
        approve(hub, request, **how)
        for instant, changes in differences(before, timeline(hub, request.master_id)).items():
            assert shown(request.slices, instant) == changes, (request.id, instant)
    return requests


def tell(hub: HubUnderTest, key: str, chance: Random, *, facts: int) -> None:
    """A source says its VAT id and phone for different days: later ones, earlier ones, some for good."""
    hub.send("erp", key, version=1, source_time="2019-01-01T00:00:00Z", attributes=A | {"name": f"Acme {key} GmbH"})
    hub.process()
    for version in range(2, facts + 2):
        hub.send(
            "erp", key, version=version, operation="partial", replace=chance.random() < 0.3,
            effective_from=f"20{chance.randrange(19, 31)}-0{chance.randrange(1, 10)}-01T00:00:00Z",
            attributes={"vat_id": chance.choice([*VATS, None]), "phone": f"+49 89 123456{version}"},
        )  # fmt: skip


def test_approval_does_what_its_screen_has_shown(hub: HubUnderTest) -> None:
    document = document_in_force(hub)
    document["declaration"]["attributes"]["phone"]["survivorship"] = {"rule": "follow", "attribute": "vat_id"}
    switch_on(hub, document)
    for number in range(4):
        tell(hub, str(number), Random(number), facts=3)
    hub.process()
    requests = approved_as_foreseen(hub)
    assert len(requests) > 2
    followers = [c for r in requests if r.slices for s in r.slices.slices for c in s.changes if not c.asked]
    assert {c.attribute for c in followers} == {"phone"}
    for number in range(4, 7):
        tell(hub, str(number), Random(number), facts=3)
    hub.process()
    approved_as_foreseen(hub, effective="from_approval")
    assert asked(hub) == []
    assert hub.broken() == []


def test_proposal_shows_what_changes_when_it_is_made_and_while_it_waits(hub: HubUnderTest) -> None:
    tell(hub, "1", Random(5), facts=0)
    hub.process()
    master, future = hub.master("erp", "1"), datetime(2030, 1, 1, tzinfo=UTC)
    with hub.hub.begin_as(STEWARD) as work:
        terms = values.Terms(valid_from=future)
        made = effects.preview(
            work, lambda: values.pin(work, "supplier", master, {"vat_id": VATS[1]}, reason="letter", terms=terms)
        )
        values.pin(work, "supplier", master, {"vat_id": VATS[1]}, reason="letter", terms=terms)
    assert made.slices is not None
    [only] = made.slices.slices
    [change] = only.changes
    assert (only.valid_from, only.when, change.before, change.after) == (future, "future", VATS[0], VATS[1])
    assert change.origin_before is not None
    assert (change.origin_before.record, change.asked) == ("erp/1", True)
    [request] = approved_as_foreseen(hub)
    assert request.slices is not None
    assert [s.valid_from for s in request.slices.slices] == [future]


def test_merge_shows_every_slice_that_changes_at_once(hub: HubUnderTest) -> None:
    for key, name in (("1", "Acme GmbH"), ("2", "Zenith Handels KG")):
        hub.send("erp" if key == "1" else "portal", key, version=1, source_time=f"201{key}-01-01T00:00:00Z",
                 attributes={"name": name, "country": "DE", "website": f"www{key}.example"})  # fmt: skip
        hub.process()
    masters = [hub.master("erp", "1"), hub.master("portal", "2")]
    before = timeline(hub, masters[0])
    with hub.hub.begin_as(STEWARD) as work:
        done = identity.merge(work, "supplier", masters, reason="one company")
    survivor = next(m for m in done.masters if m.merged_into is None)
    for instant, changes in differences(before, timeline(hub, masters[0])).items():
        assert shown(survivor.slices, instant) == changes


def test_what_is_not_the_readers_to_see_is_named_in_the_slices_that_change(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=A | {"bank_accounts": [{"iban": "DE89370400440532013000"}]})
    hub.process()
    with hub.hub.begin_as(STEWARD) as work:
        [request] = [approvals.read_request(work, r.id) for r in approvals.list_requests(work)]
    assert request.slices is not None
    assert [(s.changes, s.masked) for s in request.slices.slices] == [([], ["bank_accounts"])]
    assert "DE8937" not in str(request)


def test_creation_shows_what_its_owners_would_let_through(hub: HubUnderTest) -> None:
    given = A | {"bank_accounts": [{"iban": "DE89370400440532013000"}]}
    with hub.hub.begin_as(STEWARD_AND_TREASURY) as work:
        made = creation.create(work, "supplier", given, reason="Ordered", registry=hub.hub.registry)
    [only] = made.slices.slices
    assert (made.held, [(c.attribute, c.before, c.asked) for c in only.changes]) == (
        ["bank_accounts"],
        [("bank_accounts", None, True)],
    )
    assert (only.when, only.valid_to) == ("now", None)

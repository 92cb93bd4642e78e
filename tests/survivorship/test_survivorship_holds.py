import pytest
from claims_in_words import DAY_ZERO, day, emptied, golden, origin, ruled_by, said, survive, timeline

from survivorship import CoupledAttribute, Hold, Override, Policy, explain

POLICY = ruled_by("most_recent")
OLD = said("erp/1", "Old", on=1)
NEW = said("crm/1", "New", on=9)


def test_a_held_value_waits_at_the_approved_one() -> None:
    hold = Hold(attribute="name", std="new", approved="Old", record="erp/1")
    assert golden(POLICY, OLD, NEW, holds=[hold]) == {"name": "Old"}
    assert origin(POLICY, OLD, NEW, holds=[hold]) == {"record": "erp/1", "rule": "hold"}


def test_the_approved_value_stands_even_if_no_claim_makes_it_any_more() -> None:
    hold = Hold(attribute="name", std="new", approved="Approved", record="crm/1")
    assert golden(POLICY, OLD, NEW, holds=[hold]) == {"name": "Approved"}


def test_a_hold_without_an_approved_value_keeps_the_attribute_out() -> None:
    assert golden(POLICY, OLD, NEW, holds=[Hold(attribute="name", std="new")]) == {}


def test_a_hold_ends_by_itself_when_the_claim_changes() -> None:
    newer = said("crm/1", "Newer", on=10)
    hold = Hold(attribute="name", std="new", approved="Old", record="erp/1")
    assert golden(POLICY, OLD, newer, holds=[hold]) == {"name": "Newer"}


def test_the_disappearance_of_a_value_can_be_held() -> None:
    hold = Hold(attribute="name", std=None, approved="Old", record="erp/1")
    for claims in ([], [emptied("erp/1")]):
        assert golden(POLICY, *claims, holds=[hold]) == {"name": "Old"}
    assert golden(POLICY, NEW, holds=[hold]) == {"name": "New"}


def test_each_stretch_of_valid_time_has_its_own_hold() -> None:
    holds = [
        Hold(attribute="name", std="new", approved="A", record="erp/1", valid_to=day(3)),
        Hold(attribute="name", std="new", approved="B", record="erp/1", valid_from=day(3), valid_to=day(6)),
    ]
    assert timeline(survive(POLICY, NEW, holds=holds)) == [(None, 3, "A"), (3, 6, "B"), (6, None, "New")]


def test_an_override_needs_no_approval_twice() -> None:
    hold = Hold(attribute="name", std="pinned", approved="Old", record="erp/1")
    override = Override(id="o1", attribute="name", value="Pinned", std="pinned", made_at=DAY_ZERO)
    assert golden(POLICY, OLD, holds=[hold], overrides=[override]) == {"name": "Pinned"}


def test_a_group_is_held_whole_by_the_std_of_its_verdict() -> None:
    policy = Policy(groups={"credit": ("limit", "currency")})
    claims = [said("erp/1", "5", "limit"), said("erp/1", "EUR", "currency")]
    held = explain(claims, policy, "limit", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO).std
    hold = Hold(attribute="credit", std=held, approved={"limit": "1", "currency": None}, record="erp/1")
    assert golden(policy, *claims, holds=[hold]) == {"limit": "1"}


def test_a_union_is_held_by_the_std_of_its_verdict() -> None:
    policy = ruled_by("union", "contacts", key="email")
    claims = [
        said("erp/1", [{"email": "B@x.y"}], "contacts", std=[{"email": "b@x.y"}]),
        said("crm/1", [{"email": "A@x.y"}], "contacts", std=[{"email": "a@x.y"}]),
    ]
    held = explain(claims, policy, "contacts", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO).std
    assert held == [{"email": "a@x.y"}, {"email": "b@x.y"}]
    hold = Hold(attribute="contacts", std=held, approved=[{"email": "c@x.y"}], record=["erp/1"])
    assert golden(policy, *claims, holds=[hold]) == {"contacts": [{"email": "c@x.y"}]}
    assert len(golden(policy, *claims[:1], holds=[hold])["contacts"]) == 1


def test_a_hold_on_one_member_of_a_group_is_refused() -> None:
    policy = Policy(groups={"credit": ("limit", "currency")})
    with pytest.raises(CoupledAttribute, match="'limit' is a member of the coupled group 'credit'"):
        survive(policy, said("erp/1", "5", "limit"), holds=[Hold(attribute="limit", std="5")])

from itertools import permutations
from typing import Any

import pytest
from claims_in_words import emptied, golden, origin, said, survive, timeline

from survivorship import Claim, InvalidClaims, Policy

CONTACTS = Policy.from_document(
    {"sources": ["erp", "crm"], "attributes": {"contacts": {"rule": "union", "key": "email"}}}
)


def knows(record: str, *contacts: dict[str, Any], **more: Any) -> Claim:
    std = [{field: text and text.casefold() for field, text in contact.items()} for contact in contacts]
    return said(record, list(contacts), "contacts", std=std, **more)


def contacts(*claims: Claim) -> Any:
    return golden(CONTACTS, *claims).get("contacts")


ANN = {"email": "ann@acme.com", "name": "Ann"}
BOB = {"email": "bob@acme.com", "name": "Bob"}


def test_lists_of_several_records_are_united_and_ordered_by_key() -> None:
    assert contacts(knows("crm/1", BOB), knows("erp/1", ANN)) == [ANN, BOB]


def test_equal_keys_are_one_element_whose_fields_come_by_source_order() -> None:
    claims = [
        knows("crm/1", {"email": "Ann@acme.com", "name": "Annie", "phone": "+1"}),
        knows("erp/1", ANN | {"phone": None}),
        knows("crm/2", {"email": "ann@acme.com", "phone": "+2", "function": "CEO"}, on=-1),
    ]
    for some in permutations(claims):
        assert contacts(*some) == [ANN | {"phone": "+1", "function": "CEO"}]


def test_elements_without_a_key_stay_apart_at_the_end() -> None:
    nameless, other = {"name": "Zoe"}, {"email": "", "name": "Abe"}
    assert contacts(knows("crm/1", nameless, other, BOB), knows("erp/1", nameless)) == [BOB, other, nameless]


def test_elements_without_any_std_are_compared_as_they_are() -> None:
    claim = said("erp/1", [{"name": "a"}, {"name": "b"}], "contacts", std=[{"name": None}, {"name": None}])
    assert contacts(claim) == [{"name": "a"}, {"name": "b"}]


def test_a_list_without_std_is_keyed_by_its_values() -> None:
    assert contacts(said("erp/1", [ANN], "contacts", std=None), knows("crm/1", ANN)) == [ANN]


def test_provenance_lists_the_records_that_contributed() -> None:
    claims = [knows("erp/1", ANN), knows("crm/1", BOB), knows("crm/2"), emptied("crm/3", "contacts")]
    assert origin(CONTACTS, *claims, attribute="contacts") == {"record": ["crm/1", "erp/1"], "rule": "union"}


def test_no_elements_is_no_value() -> None:
    assert survive(CONTACTS, knows("erp/1"), emptied("crm/1", "contacts")).slices == ()


def test_findings_let_other_records_fill_the_fields_first() -> None:
    flawed = knows("erp/1", {"email": "ann@acme.com", "name": "A?"}, findings=("missing_key",))
    assert contacts(flawed, knows("crm/1", ANN)) == [ANN]


def test_elements_come_and_go_with_their_claims() -> None:
    slices = survive(CONTACTS, knows("erp/1", ANN, until=5), knows("crm/1", BOB, since=3))
    assert timeline(slices, "contacts") == [(None, 3, [ANN]), (3, 5, [ANN, BOB]), (5, None, [BOB])]


@pytest.mark.parametrize("value", ["a@b.c", ["a@b.c"], {"email": "a@b.c"}])
def test_anything_but_a_list_of_objects_is_refused(value: Any) -> None:
    with pytest.raises(InvalidClaims, match="erp/1 claims something other than a list of objects for 'contacts'"):
        contacts(said("erp/1", value, "contacts"))

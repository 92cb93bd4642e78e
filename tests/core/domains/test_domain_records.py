"""Source records in the terms of their domain."""

from typing import Any

import pytest

from mdm.core.domains import Domain, block_keys_of, comparable_of, load_documents, parse, standardize_record
from mdm.errors import InvalidAttributes


@pytest.fixture(scope="module")
def domains() -> dict[str, Domain]:
    return {name: parse(document) for name, document in load_documents().items()}


@pytest.fixture(scope="module")
def customer(domains: dict[str, Domain]) -> Domain:
    return domains["customer"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"nmae": "x"}, "nmae", "Did you mean `name`"),
    ({"name": ["x"]}, "name", "must be a text, not a list"),
    ({"name": "x" * 4_001}, "name", "4,001 characters; at most 4,000"),
    ({"address": "Hauptstr. 1"}, "address", "must be an object, not a text"),
    ({"address": {"zip": "80331"}}, "address.zip", "postal_code"),
    ({"address": {"street": []}}, "address.street", "must be a text, not a list"),
    ({"address": {"street": "x" * 4_001}}, "address.street", "4,001 characters"),
    ({"contacts": {"email": "a@b.de"}}, "contacts", "must be a list of objects, not an object"),
    ({"contacts": ["a@b.de"]}, "contacts[0]", "must be an object, not a text"),
    ({"contacts": [{"email": "a@b.de"}, {"mail": "a@b.de"}]}, "contacts[1].mail", "Did you mean `email`"),
    ({"contacts": [{"email": ["a@b.de"]}]}, "contacts[0].email", "must be a text, not a list"),
    ({"contacts": [{"email": "a@b.de"}] * 201}, "contacts", "201 elements; at most 200"),
    ({"blocked": "yes"}, "blocked", "must be true or false"),
    ({"credit_limit": True}, "credit_limit", "must be a number or a text"),
]


@pytest.mark.parametrize(("raw", "path", "reason"), REFUSED, ids=[path for _, path, _ in REFUSED])
def test_value_of_another_shape_is_refused_with_its_path(
    customer: Domain, raw: dict[str, Any], path: str, reason: str
) -> None:
    with pytest.raises(InvalidAttributes) as raised:
        standardize_record(customer, raw)
    assert raised.value.details["path"] == path
    assert reason in str(raised.value)


@pytest.mark.parametrize("blank", [None, "", " ", "\x00", "\u200b"])
def test_blank_says_that_there_is_no_value(customer: Domain, blank: str | None) -> None:
    assert standardize_record(customer, {"phone": blank})["phone"].value is None


@pytest.mark.parametrize("raw", [{"address": {}}, {"address": {"city": " "}}, {"contacts": []}, {"contacts": [{}]}])
def test_nothing_but_blanks_is_no_value(customer: Domain, raw: dict[str, Any]) -> None:
    (standard,) = standardize_record(customer, raw).values()
    assert (standard.value, standard.std) == (None, None)


def test_only_what_was_sent_is_standardized(customer: Domain) -> None:
    assert list(standardize_record(customer, {"name": "Acme", "fax": None})) == ["name", "fax"]


@pytest.mark.parametrize(
    "place",
    [
        {"country": "Deutschland"},
        {"address": {"country": "DEU"}},
        {"country": None, "address": {"country": "D"}},
    ],
)
def test_phones_and_vat_ids_are_read_in_the_country_of_the_record(customer: Domain, place: dict[str, Any]) -> None:
    found = standardize_record(customer, {**place, "phone": "089 1234567", "vat_id": "136695976"})
    assert (found["phone"].value, found["vat_id"].value) == ("+49891234567", "DE136695976")


def test_elements_of_one_key_are_one(customer: Domain) -> None:
    raw = {
        "contacts": [{"email": "A@b.de", "name": "Ann"}, {"email": "a@b.de", "name": "Anna", "phone": "+49 89 1234567"}]
    }
    found = standardize_record(customer, raw)["contacts"]
    assert found.value == [{"email": "a@b.de", "name": "Ann", "phone": "+49891234567"}]
    assert found.std == [{"email": "a@b.de", "name": "ann", "phone": "+49891234567"}]


@pytest.mark.parametrize("contact", [{"name": "Ann"}, {"name": "Ann", "email": "n/a"}])
def test_element_without_a_usable_key_is_kept_with_a_finding(customer: Domain, contact: dict[str, str]) -> None:
    found = standardize_record(customer, {"contacts": [contact]})["contacts"]
    assert found.value == [contact]
    assert "missing_key" in [finding.code for finding in found.findings]


def test_list_standardized_again_stays_as_it_is(customer: Domain) -> None:
    raw = {"contacts": [{"email": "B@b.de"}, {"name": "Ann"}, {"email": "b@b.de", "phone": "nope"}, {"email": "n/a"}]}
    once = standardize_record(customer, raw)["contacts"]
    twice = standardize_record(customer, {"contacts": once.value})["contacts"]
    assert (twice.value, twice.std) == (once.value, once.std)


def test_listed_code_is_written_as_declared_and_another_is_a_finding(customer: Domain) -> None:
    assert standardize_record(customer, {"status": "ACTIVE"})["status"].value == "active"
    unknown = standardize_record(customer, {"status": "asleep"})["status"]
    assert (unknown.value, [finding.code for finding in unknown.findings]) == ("asleep", ["unknown_code"])


def test_bank_accounts_are_keyed_by_iban(domains: dict[str, Domain]) -> None:
    raw = {"bank_accounts": [{"iban": "DE89 3704 0044 0532 0130 00", "bic": "cobadeffxxx"}]}
    found = standardize_record(domains["supplier"], raw)["bank_accounts"]
    assert found.value == [{"iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}]
    assert found.std == [{"iban": "DE89370400440532013000", "bic": "COBADEFF"}]


def test_two_spellings_of_a_customer_share_a_key(customer: Domain) -> None:
    def keys(name: str, street: str) -> set[str]:
        raw = {"name": name, "address": {"street": street, "postal_code": "80331", "city": "München", "country": "DE"}}
        std = {attribute: s.std for attribute, s in standardize_record(customer, raw).items()}
        return set(block_keys_of(customer, comparable_of(customer, std)))

    assert keys("Müller Metallbau GmbH", "Industriestr. 5") & keys("MUELLER METALLBAU", "Industriestraße 5")


def test_confidential_and_personal_attributes_are_not_published(domains: dict[str, Domain]) -> None:
    golden = {"name": "Acme", "contacts": [{"email": "a@b.de"}], "bank_accounts": [{"iban": "x"}], "fax": "1"}
    assert domains["supplier"].publishable(golden) == {"name": "Acme", "fax": "1"}


def test_search_text_is_folded_and_holds_name_place_and_identifiers(customer: Domain) -> None:
    golden = {
        "name": "Łódź Müller",
        "address": {"street": "Długa 5", "city": "Kraków"},
        "vat_id": "PL1",
        "phone": "+48",
    }
    assert customer.search_text(golden) == "lodz muller dluga 5 krakow pl1"

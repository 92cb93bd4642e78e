from typing import Any, get_args
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from mdm.core.domains import load_documents, parse, standardize_record
from mdm.core.domains.changes.contract import SHAPES, contract
from mdm.core.domains.declaration import AttributeType
from mdm.core.standardize.references import resolved

DOMAINS = {name: parse(document) for name, document in load_documents().items()}
MASTER = UUID("01890000-0000-7000-8000-000000000001")
SUPPLIER = contract(DOMAINS["supplier"])
ITEM = contract(DOMAINS["item"])


def accepts(schema: dict[str, Any], attributes: dict[str, Any]) -> bool:
    return Draft202012Validator(schema).is_valid(attributes)


@pytest.mark.parametrize("name", DOMAINS)
def test_contract_is_a_schema_of_the_open_attributes(name: str) -> None:
    schema = contract(DOMAINS[name])
    Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == DOMAINS[name].open


def test_every_type_of_attribute_has_a_shape() -> None:
    assert SHAPES.keys() == set(get_args(AttributeType))


def test_what_is_not_declared_or_not_for_everybody_does_not_occur() -> None:
    assert accepts(SUPPLIER, {"name": "Acme"})
    assert not accepts(SUPPLIER, {"nickname": "Acme"})
    assert not accepts(SUPPLIER, {"bank_accounts": [{"iban": "DE89370400440532013000"}]})


def test_code_may_be_another_than_those_declared() -> None:
    assert accepts(SUPPLIER, {"status": "on the moon"})
    assert SUPPLIER["properties"]["status"]["x-values"] == ["active", "blocked", "prospect", "closed"]


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": 7},
        {"blocked": "yes"},
        {"address": {"town": "Kiel"}},
        {"certificates": {"number": "1"}},
        {"certificates": [{"number": "1", "colour": "red"}]},
        {"parent": {"source": "erp", "key": "1"}},
        {"parent": {"source": "erp", "key": "1", "master": "acme"}},
    ],
)
def test_value_of_another_shape_is_none(attributes: dict[str, Any]) -> None:
    assert not accepts(SUPPLIER, attributes)


@pytest.mark.parametrize("raw", [{"value": 5, "unit": "mm"}, {"value": "5,5"}, {"value": "viel", "unit": "Fass"}])
def test_quantities_are_as_they_are_standardized(raw: Any) -> None:
    read = standardize_record(DOMAINS["item"], {"length": raw})
    assert accepts(ITEM, {"length": read["length"].value})


def test_references_are_as_they_are_resolved() -> None:
    for master in (None, MASTER):
        assert accepts(SUPPLIER, {"parent": resolved({"key": "1"}, sender="erp", master=master).value})


def test_texts_by_language_are_as_they_are_standardized() -> None:
    read = standardize_record(DOMAINS["item"], {"description": {"de-AT": "Schraube", "EN": "screw"}})
    assert accepts(ITEM, {"description": read["description"].value})
    assert not accepts(ITEM, {"description": {"English": "screw"}})

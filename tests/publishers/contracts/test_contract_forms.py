from typing import Any

import pytest
from jsonschema import Draft202012Validator

from publishers import contracts
from publishers.contracts import Form, in_form, opened

SEAL: dict[str, Any] = {
    "number": 1, "first": 1, "last": 1, "sealed_at": "2026-07-01T12:00:00.000001Z", "actions": ["0" * 64],
    "previous": "0" * 64, "link": "1" * 64, "hash": "2" * 64, "public_key": "ab", "signature": "cd",
}  # fmt: skip
HEADERS = {
    "Nats-Msg-Id": "01a1fdb4-267a-71ef-a422-bcda763b028d", "content-type": "application/json", "ce-specversion": "1.0",
    "ce-id": "01a1fdb4-267a-71ef-a422-bcda763b028d", "ce-type": "golden.changed", "ce-source": "urn:mdm:hub",
    "ce-subject": "mdm.golden.v1.item.x", "ce-time": "2026-07-01T12:00:00Z", "ce-version": "1", "ce-digest": "0" * 64,
}  # fmt: skip


def accepts(name: str, content: Any, form: Form) -> bool:
    return Draft202012Validator(in_form(contracts.schema_of(name), form)).is_valid(content)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("name", contracts.names())
def test_schemas_are_schemas_and_say_what_they_are(name: str, form: Form) -> None:
    schema = in_form(contracts.schema_of(name), form)
    Draft202012Validator.check_schema(schema)
    assert {"$schema", "$id", "title", "description"} <= schema.keys()


def test_unknown_field_is_closed_out_by_the_writer_and_tolerated_by_readers() -> None:
    more = {**SEAL, "witness": "anna"}
    assert accepts("audit.sealed", SEAL, Form.WRITER)
    assert not accepts("audit.sealed", more, Form.WRITER)
    assert accepts("audit.sealed", more, Form.READER)


def test_unknown_type_is_closed_out_by_the_writer_and_tolerated_by_readers() -> None:
    erased = {**HEADERS, "ce-type": "golden.erased"}
    assert accepts("envelope", HEADERS, Form.WRITER)
    assert not accepts("envelope", erased, Form.WRITER)
    assert accepts("envelope", erased, Form.READER)


@pytest.mark.parametrize("missing", SEAL)
def test_readers_too_may_rely_on_what_is_always_there(missing: str) -> None:
    assert not accepts("audit.sealed", {name: SEAL[name] for name in SEAL if name != missing}, Form.READER)


def test_reference_to_a_body_comes_with_its_digest() -> None:
    assert not accepts("envelope", {**HEADERS, "ce-dataref": "/v1/events/x/body"}, Form.READER)
    assert accepts("envelope", {**HEADERS, "ce-dataref": "/v1/events/x/body", "ce-fulldigest": "0" * 64}, Form.WRITER)


def test_opening_keeps_what_tells_types_apart() -> None:
    identity = opened(contracts.schema_of("identity.merged"))["properties"]["identity"]["properties"]
    assert identity["status"]["const"] == "merged"
    assert "enum" not in identity["status"]


def test_schema_that_is_none_is_not_found() -> None:
    with pytest.raises(KeyError):
        contracts.schema_of("golden.invented")

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from mdm.errors import InvalidAttributes, UnreadableRow
from mdm.sources import SourceFact, canonical

BODY: dict[str, Any] = {"domain": "customer", "key": "0001", "attributes": {"name": "Acme"}}


def test_every_field_of_a_fact_can_be_said() -> None:
    body = {
        **BODY,
        "version": 3,
        "source_time": "2026-01-31T08:30:00+01:00",
        "operation": "partial",
        "effective_from": "2027-01-01T00:00:00Z",
        "replace": True,
        "master_id": "0197C0DE-0000-7000-8000-000000000001",
    }
    assert canonical(body, source="plant") == SourceFact(
        domain="customer",
        source="plant",
        key="0001",
        version=3,
        source_time=datetime(2026, 1, 31, 7, 30, tzinfo=UTC),
        operation="partial",
        effective_from=datetime(2027, 1, 1, tzinfo=UTC),
        replace=True,
        master_id="0197c0de-0000-7000-8000-000000000001",
        attributes={"name": "Acme"},
    )


def test_left_out_and_null_mean_the_same_in_the_envelope() -> None:
    nulls = dict.fromkeys(["version", "source_time", "effective_from", "replace", "master_id"])
    assert canonical({**BODY, **nulls}, source="plant") == canonical(BODY, source="plant")


def test_a_null_attribute_is_kept() -> None:
    assert canonical({**BODY, "attributes": {"fax": None}}, source="plant").attributes == {"fax": None}


def test_the_body_may_name_the_source_but_not_another() -> None:
    assert canonical({**BODY, "source": "plant"}).source == "plant"
    with pytest.raises(UnreadableRow, match='the sender is known as "plant"'):
        canonical({**BODY, "source": "other"}, source="plant")
    with pytest.raises(UnreadableRow, match="`source` is missing"):
        canonical(BODY)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"domain": None}, "`domain` is missing"),
        ({"domain": "Customer"}, "`domain` is"),
        ({"domain": 1}, "`domain` is 1"),
        ({"key": None}, "`key` is missing"),
        ({"key": 17}, "`key` is 17: not a string"),
        ({"key": ""}, "it is empty"),
        ({"key": " 1"}, "begins or ends with a blank"),
        ({"key": "a\nb"}, "control character"),
        ({"key": "k" * 201}, "201 characters"),
        ({"version": True}, "`version` is true"),
        ({"version": "3"}, "whole number"),
        ({"version": -1}, "whole number"),
        ({"version": 2**63}, "whole number"),
        ({"version": 1.0}, "whole number"),
        ({"source_time": "2026-01-31T08:30:00"}, "not an ISO 8601 time with offset"),
        ({"source_time": "2026-01-31"}, "not an ISO 8601 time with offset"),
        ({"source_time": 1712693965}, "not an ISO 8601 time with offset"),
        ({"effective_from": "0001-01-01T00:00:00+14:00"}, "not an ISO 8601 time with offset"),
        ({"operation": "upsert"}, "not one of full, partial, delete"),
        ({"operation": None}, "`operation` is missing"),
        ({"operation": []}, "not one of full, partial, delete"),
        ({"replace": "yes"}, "not true or false"),
        ({"master_id": "17"}, "not a UUID"),
        ({"master_id": 17}, "not a UUID"),
        ({"attribute": {}}, "`attribute` is not a field of a fact"),
    ],
)
def test_a_wrong_envelope_is_refused_by_path_and_reason(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableRow) as caught:
        canonical({**BODY, **change}, source="plant")
    assert reason in caught.value.message
    assert caught.value.details["path"] in change


def test_a_misspelt_field_gets_a_suggestion() -> None:
    with pytest.raises(UnreadableRow, match="Did you mean `source_time`"):
        canonical({**BODY, "sourcetime": None}, source="plant")


def nested(levels: int) -> Any:
    return {"a": nested(levels - 1)} if levels else 1


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        (None, "attributes"),
        ([], "attributes"),
        ({"": 1}, "attributes"),
        ({1: 1}, "attributes"),
        ({"name": "a\0b"}, "attributes.name"),
        ({"name": "\ud800"}, "attributes.name"),
        ({"contacts": [{"email": "a"}, {"email": math.nan}]}, "attributes.contacts[1].email"),
        ({"limit": 2**64}, "attributes.limit"),
        ({"when": datetime(2026, 1, 1, tzinfo=UTC)}, "attributes.when"),
        (nested(9), "attributes.a.a.a.a.a.a.a.a"),
    ],
)
def test_attributes_that_cannot_be_kept_are_refused_by_path(attributes: Any, path: str) -> None:
    with pytest.raises(InvalidAttributes) as caught:
        canonical({**BODY, "attributes": attributes}, source="plant")
    assert caught.value.details["path"] == path


def test_a_deletion_says_nothing_else() -> None:
    assert canonical({"domain": "customer", "key": "1", "operation": "delete"}, source="plant").attributes == {}
    with pytest.raises(InvalidAttributes, match="A deletion carries no attributes"):
        canonical({**BODY, "operation": "delete"}, source="plant")


@pytest.mark.parametrize("body", [None, [], "text", 5])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(UnreadableRow, match="A fact is a JSON object"):
        canonical(body, source="plant")

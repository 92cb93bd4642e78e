from copy import deepcopy
from typing import Any

import pytest

from publishers import contracts
from publishers.contracts import Change, Kind, breaking, compare

TEXT = {"type": "string"}
OLD: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"$ref": "#/$defs/id"},
        "status": {"enum": ["active", "merged"]},
        "kind": {"const": "a"},
        "number": {"type": "integer", "minimum": 1},
        "day": {**TEXT, "x-type": "date"},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT}}},
        "by_name": {"type": "object", "additionalProperties": TEXT},
        "parent": {"anyOf": [{"$ref": "#/$defs/id"}, {"type": "null"}]},
        "code": {**TEXT, "x-values": ["a", "b"]},
    },
    "$defs": {"id": {**TEXT, "pattern": "^[0-9]+$"}},
}
CHANGES: list[tuple[str, Any, str, Kind, bool]] = [
    ("properties.more", TEXT, "more", Kind.ADDED, False),
    ("properties.status", None, "status", Kind.REMOVED, True),
    ("properties.number.type", "string", "number", Kind.RETYPED, True),
    ("properties.number.type", "number", "number", Kind.WIDENED, True),
    ("properties.number.type", ["integer", "null"], "number", Kind.WIDENED, True),
    ("properties.number.minimum", 0, "number", Kind.WIDENED, True),
    ("properties.number.minimum", 2, "number", Kind.NARROWED, True),
    ("properties.day.x-type", "text", "day", Kind.RETYPED, True),
    ("properties.status.enum", ["active"], "status", Kind.FEWER_VALUES, True),
    ("properties.status.enum", ["active", "merged", "retired"], "status", Kind.MORE_VALUES, False),
    ("properties.status.enum", None, "status", Kind.WIDENED, True),
    ("properties.kind.const", "b", "kind", Kind.FEWER_VALUES, True),
    ("properties.code.x-values", ["b", "c"], "code", Kind.FEWER_VALUES, False),
    ("properties.parts.items.properties.name", None, "parts[].name", Kind.REMOVED, True),
    ("properties.by_name.additionalProperties.type", "boolean", "by_name.*", Kind.RETYPED, True),
    ("properties.by_name.additionalProperties", False, "by_name.*", Kind.REMOVED, True),
    ("properties.parent.anyOf", [{"$ref": "#/$defs/id"}], "parent", Kind.NARROWED, True),
    ("required", [], "id", Kind.OPTIONAL, True),
    ("required", ["id", "day"], "day", Kind.REQUIRED, True),
    ("properties.code.pattern", "^.$", "code", Kind.NARROWED, True),
    ("properties.code.enum", ["a"], "code", Kind.NARROWED, False),
    ("properties.code.const", "a", "code", Kind.NARROWED, True),
    ("properties.parts.additionalProperties", TEXT, "parts.*", Kind.NARROWED, True),
    ("$defs.id.pattern", "^[0-9a-f]+$", "id", Kind.WIDENED, True),
]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The old schema with another value at a path, or (None) without it."""
    new = deepcopy(OLD)
    *way, last = path.split(".")
    node = new
    for step in way:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return new


@pytest.mark.parametrize(("where", "value", "path", "kind", "breaks"), CHANGES)
def test_change_is_named_with_its_place(where: str, value: Any, path: str, kind: Kind, breaks: bool) -> None:  # noqa: FBT001
    assert Change(path, kind, breaking=breaks) in compare(OLD, changed(where, value))


@pytest.mark.parametrize("name", contracts.names())
def test_schema_does_not_differ_from_itself(name: str) -> None:
    assert compare(contracts.schema_of(name), contracts.schema_of(name)) == []


def test_new_field_that_is_always_there_breaks_because_events_of_before_have_none() -> None:
    new = changed("properties.more", TEXT) | {"required": ["id", "more"]}
    assert compare(OLD, new) == [
        Change("more", Kind.REQUIRED, breaking=True), Change("more", Kind.ADDED, breaking=False)
    ]  # fmt: skip


def test_definition_that_occurs_twice_is_told_once() -> None:
    found = compare(OLD, changed("$defs.id.pattern", "^.*$"))
    assert [change.path for change in found] == ["id", "parent"]  # the second is an alternative to null


def test_words_of_a_description_are_no_change() -> None:
    assert compare(OLD, changed("properties.day.description", "A day.")) == []


def test_only_breaking_changes_are_left_when_asked_for() -> None:
    both = changed("properties.more", TEXT)
    del both["properties"]["status"]
    assert [str(change) for change in breaking(compare(OLD, both))] == ["status: removed"]

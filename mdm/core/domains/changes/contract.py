"""The contract of a domain: what the attributes of its golden records look like in events."""

from collections.abc import Mapping
from typing import Any

from mdm.core.domains.declaration import AttributeDeclaration, FieldDeclaration
from mdm.core.domains.domain import Domain
from mdm.core.standardize.places.addresses import PARTS

Schema = dict[str, Any]

UUID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
AS_SENT = "what cannot be read as one stands as the source wrote it"
TEXT: Schema = {"type": "string"}
LANGUAGE = "^[a-z]{2,3}$"


def contract(domain: Domain) -> Schema:
    """Return the closed JSON Schema of the public and internal attributes; one without a value is left out.

    Values that are not valid are kept with a finding, so nothing is promised that a source may break: a code may be
    another than those declared, and a date a text that is none.
    """
    shown = {name: declared for name, declared in domain.attributes.items() if name in domain.open}
    return _object(
        {name: _attribute(declared) for name, declared in shown.items()},
        title=domain.title,
        description="Public and internal attributes; what has no value is left out.",
    )


def _attribute(declared: AttributeDeclaration) -> Schema:
    found: Schema = {"title": declared.title} if declared.title else {}
    found |= {"x-classification": declared.classification, **_value(declared)}
    if declared.fields is not None:
        fields = {name: _value(field) for name, field in declared.fields.items()}
        found |= {"type": "array", "x-key": declared.key, "items": _object(fields)}
    if declared.type == "reference":
        found |= {"x-to": declared.to, **_reference(declared.to)}
    return found


def _value(declared: FieldDeclaration) -> Schema:
    """Return the schema of a value; lists and references are completed by what else is declared of them."""
    found: Schema = {"x-type": declared.type, **SHAPES[declared.type]}
    if declared.scheme is not None:
        found["x-scheme"] = declared.scheme
    if declared.values is not None:
        found["x-values"] = declared.values
        found["description"] = f"Declared are {', '.join(declared.values)}; a source may send others."
    return found


def _object(properties: Mapping[str, Schema], required: tuple[str, ...] = (), **more: Any) -> Schema:
    found: Schema = {**more, "type": "object", "additionalProperties": False, "properties": dict(properties)}
    return found | {"required": list(required)} if required else found


def _reference(to: str | None) -> Schema:
    parts: dict[str, Schema] = {
        "source": {**TEXT, "description": "the source whose record is named; `hub`: the key is a master's id"},
        "key": {**TEXT, "description": "the key of the record in that source"},
        "master": {
            "type": ["string", "null"],
            "format": "uuid",
            "pattern": UUID_PATTERN,
            "description": f"the master of {to} it leads to; null: nothing is known of it yet",
        },
    }
    return _object(parts, ("source", "key", "master"))


SHAPES: Mapping[str, Schema] = {
    "text": TEXT,
    "code": TEXT,
    "identifier": TEXT,
    "date": {**TEXT, "description": f"A day, YYYY-MM-DD; {AS_SENT}.", "examples": ["2026-07-01"]},
    "decimal": {**TEXT, "description": f"A number in plain digits; {AS_SENT}.", "examples": ["-1234.50"]},
    "quantity": _object(
        {
            "value": {**TEXT, "description": f"A number in plain digits; {AS_SENT}."},
            "unit": {**TEXT, "description": f"A code of UN/ECE Recommendation 20; {AS_SENT}."},
        },
        ("value",),
    ),
    "boolean": {"type": "boolean"},
    "address": _object(dict.fromkeys(PARTS, TEXT)),
    "map_by_language": {
        "type": "object",
        "description": "A text per language, by ISO 639 code.",
        "propertyNames": {"pattern": LANGUAGE},
        "additionalProperties": TEXT,
    },
    "reference": {},
    "keyed_list": {},
}

"""What the framework cannot know of the OpenAPI document: bodies that are read as bytes, and problems."""

from typing import Any

from mdm.entrypoints.api.batch import JSON_LINES
from mdm.entrypoints.api.verbs import address

FACT_REFERENCE = {"$ref": "#/components/schemas/Fact"}
INSTANT = {"type": "string", "format": "date-time", "description": "ISO 8601 with an offset."}
MESSAGE_ID = {"type": "string", "maxLength": 200, "description": "The id under which the row may be sent again."}
FACT: dict[str, Any] = {
    "type": "object",
    "description": "What a source says about one of its records.",
    "required": ["domain", "key"],
    "additionalProperties": False,
    "properties": {
        "domain": {"type": "string", "examples": ["customer"]},
        "source": {"type": "string", "description": "Required unless the batch names it.", "examples": ["crm"]},
        "key": {"type": "string", "maxLength": 200, "description": "The record's key in the source."},
        "version": {"type": ["integer", "null"], "minimum": 0, "description": "Counts up with every change."},
        "source_time": {**INSTANT, "type": ["string", "null"]},
        "operation": {"enum": ["full", "partial", "delete"], "default": "full"},
        "effective_from": {**INSTANT, "type": ["string", "null"]},
        "replace": {"type": "boolean", "default": False, "description": "Ends later dated facts of this source."},
        "master_id": {
            "type": ["string", "null"],
            "format": "uuid",
            "description": "The master it belongs to, if known.",
        },
        "attributes": {"type": "object", "description": "Attributes of the domain; see /v1/domains. null clears."},
    },
    "examples": [
        {
            "domain": "customer",
            "source": "crm",
            "key": "0015800000ABCDE",
            "version": 7,
            "attributes": {"name": "ACME Metallwerke GmbH", "country": "DE", "vat_id": "DE136695976"},
        }
    ],
}
PROBLEM_RESPONSE: dict[str, Any] = {
    "description": "What was wrong, where, and what to do next.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the bodies of deliveries and the problems that any operation may answer with."""
    schemas = document["components"]["schemas"]
    schemas["Fact"] = FACT
    schemas["BatchFact"] = {**FACT, "properties": {"message_id": MESSAGE_ID, **FACT["properties"]}}
    row = {"$ref": "#/components/schemas/BatchFact"}
    lines = {"type": "string", "description": "One fact on every line."}
    deliveries, batch = document["paths"]["/v1/deliveries"], document["paths"]["/v1/deliveries/batch"]
    deliveries["post"]["requestBody"] = _body({"application/json": FACT_REFERENCE})
    batch["post"]["requestBody"] = _body(
        {"application/json": {"type": "array", "items": row}} | dict.fromkeys(JSON_LINES, lines)
    )
    document["paths"] = {address(path): operations for path, operations in document["paths"].items()}
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"] = {
                status: answer for status, answer in operation["responses"].items() if status != "400"
            } | {"default": PROBLEM_RESPONSE}
    return document


def _body(kinds: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": schema} for kind, schema in kinds.items()}}

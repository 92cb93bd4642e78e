"""The two forms of a schema: closed, as the writer keeps to it, and open, as readers must take it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

CLOSING = ("enum", "maxItems", "maxProperties", "maxLength", "maximum")
BY_NAME = ("properties", "$defs")
SINGLE = ("items", "additionalProperties")
LARGE_LEAVES_OUT = ("slices", "changes", "crosswalk")


class Form(StrEnum):
    """For whom a schema is."""

    READER = "reader"  # what may be there besides, and other values, are to be tolerated
    WRITER = "writer"  # nothing else occurs today


def in_form(schema: Schema, form: Form) -> Schema:
    """Return a closed schema in a form."""
    return opened(schema) if form is Form.READER else schema


def opened(schema: Mapping[str, Any]) -> Schema:
    """Return a closed schema as readers must take it: unknown fields, further values and larger sizes are tolerated."""
    found: Schema = {}
    for keyword, content in schema.items():
        if keyword in CLOSING or (keyword == "additionalProperties" and content is False):
            continue
        if keyword in BY_NAME:
            found[keyword] = {name: opened(inner) for name, inner in content.items()}
        elif keyword in SINGLE and isinstance(content, dict):
            found[keyword] = opened(content)
        elif keyword == "anyOf":
            found[keyword] = [opened(inner) for inner in content]
        else:
            found[keyword] = content
    if "enum" in schema:
        found["examples"] = schema["enum"]
    return found


def specialised(base: Mapping[str, Any], more: Mapping[str, Any]) -> Schema:
    """Return a schema with what a special case says besides, or instead, at every depth."""
    found = dict(base)
    for keyword, content in more.items():
        known = found.get(keyword)
        both = isinstance(known, dict) and isinstance(content, dict)
        found[keyword] = specialised(known, content) if both else content  # type: ignore[arg-type]
    return found


def reduced(schema: Mapping[str, Any]) -> Schema:
    """Return the schema of golden data that is too large for a message: only `ce-dataref` leads to all of it."""
    return {**schema, "required": [name for name in schema["required"] if name not in LARGE_LEAVES_OUT]}

"""The tables of docs/reference/events.md, made from the schemas of the contract."""

from collections.abc import Iterator

from mdm.core.domains import load_documents, parse
from mdm.hub.publishing.contracts import asyncapi
from mdm.settings import Settings
from publishers import contracts
from publishers.contracts import ENVELOPE, GOLDEN, GOLDEN_TYPES, SEAL, Form, Schema

WORDS = {"string": "text", "integer": "number", "number": "number", "boolean": "boolean", "object": "object"}
FORMATS = {"uuid": "UUID", "date-time": "instant"}
Row = tuple[str, ...]


def subjects() -> list[Row]:
    """One row per subject, of one domain for all."""
    example, given = parse(load_documents()["item"]), Settings()
    streams = {
        "golden": given.stream,
        "audit": given.audit_stream,
        "replay": given.replay_stream,
        "deliveries": given.delivery_stream,
    }
    document = asyncapi([example], version="", fact={}, streams=streams, form=Form.READER)
    told = {"item.golden": "golden records", "item.replay": "copies that a replay made", "seals": "seals"}
    told["deliveries"] = "what sources deliver by message; the hub reads it"
    channels = {name: channel for name, channel in document["channels"].items() if name in told}
    return [
        (f"`{_with_brackets(channel['address'])}`", f"`{channel['x-stream']}`", told[name])
        for name, channel in channels.items()
    ]


def _with_brackets(address: str) -> str:
    return address.replace("{", "<").replace("}", ">").replace(".item.", ".<domain>.")


def types() -> list[Row]:
    """One row per type of golden event."""
    return [(f"`{name}`", contracts.schema_of(name)["description"]) for name in GOLDEN_TYPES]


def headers() -> list[Row]:
    """One row per header: those that are always there, then the others."""
    schema = contracts.schema_of(ENVELOPE)
    always = schema["required"]
    return [
        (f"`{name}`", "always" if name in always else "", _about(inner, schema))
        for name, inner in schema["properties"].items()
    ]


def body() -> list[Row]:
    """One row per field of golden data."""
    return list(_fields("", contracts.schema_of(GOLDEN), contracts.schema_of(GOLDEN)))


def seal() -> list[Row]:
    """One row per field of a seal."""
    return list(_fields("", contracts.schema_of(SEAL), contracts.schema_of(SEAL)))


def _fields(path: str, node: Schema, root: Schema) -> Iterator[Row]:
    """Yield the fields below a node; one that is described is a row, and what is below it is not told."""
    for name, inner in node.get("properties", {}).items():
        place = f"{path}.{name}" if path else name
        if "description" in inner:
            yield f"`{place}`", _type(inner, root), inner["description"]
        elif inner.get("type") == "array":
            yield from _fields(f"{place}[]", inner["items"], root)
        elif isinstance(inner.get("additionalProperties"), dict):
            yield from _fields(f"{place}.*", inner["additionalProperties"], root)
        else:
            yield from _fields(place, inner, root)


def _about(node: Schema, root: Schema) -> str:
    return str(_resolved(node, root)["description"])


def _type(node: Schema, root: Schema) -> str:
    found = _resolved(node, root)
    if "anyOf" in found:
        return " or ".join(_type(variant, root) for variant in found["anyOf"])
    if found.get("type") == "array":
        return f"list of {_type(found['items'], root)}s"
    if found.get("type") == "null":
        return "null"
    if "pattern" in found and "64" in found["pattern"]:
        return "SHA-256"
    return FORMATS.get(found.get("format", "")) or WORDS.get(found.get("type", ""), "any")


def _resolved(node: Schema, root: Schema) -> Schema:
    if "$ref" not in node:
        return node
    target: Schema = root["$defs"][node["$ref"].rpartition("/")[2]]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}

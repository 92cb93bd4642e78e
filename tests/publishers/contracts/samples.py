"""The stored sets of samples: what a release of the contract promised, and events its hub announced."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mdm.core.domains import load_documents, parse
from mdm.core.domains.changes.contract import contract
from publishers import contracts
from publishers.contracts import CURRENT, GOLDEN_TYPES, Form, Schema, in_form
from tests.publishers.contracts.story import Announced

SAMPLES = Path(contracts.__file__).parent / "samples" / CURRENT
WORDS = ("title", "description", "examples")
SCHEMAS, DOMAINS = "schemas.json", "domains.json"


@dataclass(frozen=True)
class StoredSet:
    """One set: schemas by form and name, the closed contract of every domain, and sample events by name."""

    number: int
    schemas: dict[str, dict[str, Schema]]
    domains: dict[str, Schema]
    events: dict[str, Announced]


def stored_sets() -> list[StoredSet]:
    """Return the sets of the current version, oldest first."""
    return [_read(folder) for folder in sorted(SAMPLES.iterdir(), key=lambda folder: int(folder.name))]


def schemas_of_today() -> dict[str, dict[str, Schema]]:
    closed = {name: bare(contracts.schema_of(name)) for name in contracts.names()}
    return {form.value: {name: in_form(schema, form) for name, schema in closed.items()} for form in Form}


def domains_of_today() -> dict[str, Schema]:
    return {name: bare(contract(parse(document))) for name, document in load_documents().items()}


def bare(node: Any) -> Any:
    """Return a schema without the words that explain it."""
    if isinstance(node, dict):
        words = [key for key in WORDS if isinstance(node.get(key), str | list)]
        return {key: bare(inner) for key, inner in node.items() if key not in words}
    return [bare(inner) for inner in node] if isinstance(node, list) else node


def chosen(events: Iterable[Announced]) -> dict[str, Announced]:
    """Return the events worth keeping: one of every type and of every domain, the fullest, and of special cases."""
    found: dict[str, Announced] = {}
    for event in sorted(events, key=lambda event: len(json.dumps(event.data)), reverse=True):
        found.setdefault(_name(event), event)
    return found


def write(folder: Path, events: Iterable[Announced]) -> None:
    """Write a set of today's schemas and of events."""
    folder.mkdir(parents=True)
    _dump(folder / SCHEMAS, schemas_of_today())
    _dump(folder / DOMAINS, domains_of_today())
    for name, event in chosen(events).items():
        _dump(folder / f"{name}.json", {"subject": event.subject, "headers": event.headers, "data": event.data})


def _read(folder: Path) -> StoredSet:
    files = {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}
    schemas, domains = files.pop(SCHEMAS), files.pop(DOMAINS)
    events = {name.removesuffix(".json"): Announced(**event, whole=None) for name, event in files.items()}
    return StoredSet(int(folder.name), schemas, domains, events)


def _name(event: Announced) -> str:
    if event.type != GOLDEN_TYPES[0]:
        return event.type
    if "ce-dataref" in event.headers:
        return f"{event.type}.large"
    special = {
        "absorbed": bool(event.data["identity"]["absorbed"]),
        "orphaned": event.data["identity"]["status"] == "orphaned",
        "traced": "ce-tracestate" in event.headers,
        "approved": event.data["cause"]["kind"] == "approval",
    }
    return f"{event.type}.{next((name for name, holds in special.items() if holds), event.data['domain'])}"


def _dump(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

"""The schemas of the envelope and of every type of event, as files beside this one keep them, closed."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path

from publishers.contracts.forms import Schema, specialised

CURRENT = "v1"  # the version in the subjects, and the folder of its schemas
ENVELOPE, GOLDEN, SEAL = "envelope", "golden", "audit.sealed"
GOLDEN_TYPES = (
    "golden.changed",
    "golden.effective",
    "identity.linked",
    "identity.merged",
    "identity.split",
    "identity.retired",
)
EVENT_TYPES = (*GOLDEN_TYPES, SEAL)
FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """Return the names of all schemas: the envelope, golden data of whatever type, and each type of event."""
    return (ENVELOPE, GOLDEN, *EVENT_TYPES)


def schema_of(name: str) -> Schema:
    """Return a schema of the current version as the writer keeps to it: closed; raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return deepcopy(_schema(name))


@cache
def _schema(name: str) -> Schema:
    if name not in GOLDEN_TYPES:
        return _file(name)
    return {**specialised(_file(GOLDEN), _file(name)), "$id": f"urn:mdm:contract:{CURRENT}:{name}"}


def _file(name: str) -> Schema:
    content: Schema = json.loads((FOLDER / CURRENT / f"{name}.json").read_text())
    return content

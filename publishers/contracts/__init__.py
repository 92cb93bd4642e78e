"""Contracts: what the envelope and the body of every type of event look like, and what may change about them."""

from publishers.contracts.comparing import Change, Kind, breaking, compare
from publishers.contracts.contract import CURRENT, ENVELOPE, EVENT_TYPES, GOLDEN, GOLDEN_TYPES, SEAL, names, schema_of
from publishers.contracts.forms import Form, Schema, in_form, opened, reduced, specialised

__all__ = [
    "CURRENT",
    "ENVELOPE",
    "EVENT_TYPES",
    "GOLDEN",
    "GOLDEN_TYPES",
    "SEAL",
    "Change",
    "Form",
    "Kind",
    "Schema",
    "breaking",
    "compare",
    "in_form",
    "names",
    "opened",
    "reduced",
    "schema_of",
    "specialised",
]

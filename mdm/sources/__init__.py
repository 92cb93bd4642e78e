"""Readers of the formats that source systems send, and the mappings to our attributes."""

from mdm.sources.canonical import canonical, check_attributes
from mdm.sources.fact import Operation, SourceFact
from mdm.sources.feed import Feed, Rows
from mdm.sources.json_text import read_json
from mdm.sources.lines import Row
from mdm.sources.registry import Registry, load_mappings

__all__ = [
    "Feed",
    "Operation",
    "Registry",
    "Row",
    "Rows",
    "SourceFact",
    "canonical",
    "check_attributes",
    "load_mappings",
    "read_json",
]

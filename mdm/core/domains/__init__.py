"""Domains: what is mastered, declared in YAML and compiled."""

from mdm.core.domains.catalog import Catalog, load_documents
from mdm.core.domains.changes.binding import rebound, rules_digest
from mdm.core.domains.changes.effect import Effect, effect_of
from mdm.core.domains.declaration import STEWARD_SOURCE, AttributeDeclaration, SourceDeclaration
from mdm.core.domains.domain import Domain, parse
from mdm.core.domains.record import block_keys_of, comparable_of, standardize_kept, standardize_record

__all__ = [
    "STEWARD_SOURCE",
    "AttributeDeclaration",
    "Catalog",
    "Domain",
    "Effect",
    "SourceDeclaration",
    "block_keys_of",
    "comparable_of",
    "effect_of",
    "load_documents",
    "parse",
    "rebound",
    "rules_digest",
    "standardize_kept",
    "standardize_record",
]

"""The schemas of what the hub publishes: the library's, and one per domain from the release in force."""

from collections.abc import Collection
from typing import Any

from mdm.core.domains import Catalog, Domain
from mdm.core.domains.changes.contract import contract
from mdm.core.yaml_file import suggestion
from mdm.errors import UnknownDomain
from publishers import contracts
from publishers.contracts import Form, Schema, in_form, specialised

NULL: Schema = {"type": "null"}


def schema_names(domains: Collection[str]) -> list[str]:
    """Return the names of the schemas there are: the library's, then one per domain."""
    return [*contracts.names(), *sorted(domains)]


def find_schema(catalog: Catalog, name: str, *, form: Form) -> Schema:
    """Return a schema by its name; raises UnknownDomain for one that is none of them."""
    if name in contracts.names():
        return in_form(contracts.schema_of(name), form)
    if name not in catalog.domains:
        known = schema_names(catalog.domains)
        raise UnknownDomain(f"There is no schema `{name[:80]}`.", hint=suggestion(name, known))
    return in_form(domain_schema(catalog.domains[name]), form)


def domain_schema(domain: Domain) -> Schema:
    """Return the closed schema of golden data of a domain, of whatever type of event.

    Every attribute is defined once, as `#/$defs/attribute.<name>`.
    """
    attributes = contract(domain)
    values: dict[str, Any] = attributes["properties"]
    references = {name: {"$ref": f"#/$defs/attribute.{name}"} for name in values}
    slices = {
        "attributes": {**attributes, "properties": references},
        "provenance": _closed({name: {"$ref": "#/$defs/origin"} for name in values}),
    }
    changed = contracts.schema_of(contracts.GOLDEN)["properties"]["changes"]["additionalProperties"]
    changes = {
        name: specialised(changed, {"properties": {at: {"anyOf": [value, NULL]} for at in ("before", "after")}})
        for name, value in references.items()
    }
    own = {
        "$id": f"urn:mdm:contract:{contracts.CURRENT}:{domain.name}:release-{domain.release}",
        "title": domain.title,
        "description": f"The whole state of a master of the domain {domain.name} after a change, and what changed.",
        "properties": {
            "domain": {"const": domain.name},
            "slices": {"items": {"properties": slices}},
            "changes": _closed(changes),
        },
        "$defs": {f"attribute.{name}": shape for name, shape in values.items()},
    }
    return specialised(contracts.schema_of(contracts.GOLDEN), own)


def _closed(properties: dict[str, Schema]) -> Schema:
    return {"properties": properties, "additionalProperties": False}

"""A source record in the terms of its domain: standardized, and as matching needs it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mdm.core import matching
from mdm.core.domains.domain import Domain
from mdm.core.matching import Comparable
from mdm.core.standardize import STANDARDIZERS, Context, Standard
from mdm.core.yaml_file import suggestion
from mdm.errors import InvalidAttributes

NOWHERE = Context(None)


def standardize_record(domain: Domain, raw: Mapping[str, Any]) -> dict[str, Standard]:
    """Standardize the attributes that are there; raises InvalidAttributes naming the path.

    Phones and identifiers are read in the country of the record: its `country`, else that of its address.
    """
    readers = domain.readers
    unknown = [name for name in raw if name not in readers]
    if unknown:
        raise InvalidAttributes(
            f"{domain.name} has no attribute `{unknown[0][:80]}`.",
            hint=suggestion(unknown[0], readers),
            path=unknown[0][:80],
        )
    context = _context(raw)
    return {name: readers[name](value, context) for name, value in raw.items()}


def standardize_kept(domain: Domain, raw: Mapping[str, Any]) -> dict[str, Standard]:
    """Standardize what was accepted by earlier rules: attributes that are no longer declared, or read, are left out."""
    try:
        return standardize_record(domain, raw)
    except InvalidAttributes:
        context, read = _context(raw), {}
        for name, value in raw.items():
            if name in domain.readers:
                with suppress(InvalidAttributes):
                    read[name] = domain.readers[name](value, context)
        return read


def comparable_of(domain: Domain, std: Mapping[str, Any]) -> Comparable:
    """Return what matching keeps of a record's standardized attributes."""
    return matching.comparable(domain.match, std)


def block_keys_of(domain: Domain, comparable: Comparable) -> tuple[str, ...]:
    """Return the keys under which a record finds its candidates."""
    return matching.block_keys(domain.match, comparable)


def _context(raw: Mapping[str, Any]) -> Context:
    country = raw.get("country")
    if not country and isinstance(address := raw.get("address"), dict):
        country = address.get("country")
    if not isinstance(country, str) or not country.strip():
        return NOWHERE
    code = STANDARDIZERS["country"](country, NOWHERE).std
    return Context(code) if isinstance(code, str) and len(code) == 2 else NOWHERE

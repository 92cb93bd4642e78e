"""Whose rules a draft changes: the owners of attributes for theirs, the owner of the domain for everything else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mdm.core.domains import Domain, parse
from mdm.hub.releases.words import differences
from survivorship import Rule

OF_DOMAIN = "the domain"
ITSELF = 3  # parts of the path to an attribute, group or rule of quality


def owners_asked(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the roles that must approve one document in the place of another, each with what it owns of the change.

    They are those that own it today: what nobody owns yet belongs to the owner of the domain.
    """
    old, new = parse(before), parse(after)
    asked: dict[str, set[str]] = defaultdict(set)
    for difference in differences(before, after):
        for unit in _touched(difference.path, (old, new), (before, after)):
            asked[_owner(old, new, unit)].add(unit)
    for unit in _units(old, new):
        if _ruled(old, unit) != _ruled(new, unit):
            asked[_owner(old, new, unit)].add(unit)
    return {role: sorted(units) for role, units in sorted(asked.items())} or {old.owner: [OF_DOMAIN]}


def _touched(path: tuple[str, ...], domains: Iterable[Domain], documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the attributes and groups a place in the document belongs to, and the domain if it belongs to none."""
    room, name = (*path[1:ITSELF], "", "")[:2]
    if path[:1] == ("declaration",) and room in ("attributes", "groups") and name:
        whole = len(path) == ITSELF  # it is added or removed
        yield from _known(name, domains)
        if whole:
            yield OF_DOMAIN
        return
    if path[:2] == ("declaration", "quality") and name:
        named = {attribute for document in documents for attribute in _judged(document, name)}
        if named:
            yield from sorted(named)
            return
    yield OF_DOMAIN


def _known(name: str, domains: Iterable[Domain]) -> Iterator[str]:
    found = {domain.unit_of(name) for domain in domains if name in domain.attributes or name in domain.groups}
    yield from sorted(found)


def _judged(document: Mapping[str, Any], rule: str) -> set[str]:
    """Return the attributes that a rule of quality judges."""
    told = document["declaration"].get("quality", {}).get(rule, {})
    return {name.partition(".")[0] for name in told.get("attributes", ())}


def _units(*domains: Domain) -> list[str]:
    return sorted({domain.unit_of(name) for domain in domains for name in domain.attributes})


def _ruled(domain: Domain, unit: str) -> Any:
    """Return the rule of a unit with whatever it says of the sources; ties are broken by the order of the domain."""
    policy = domain.policy
    rule = policy.attributes.get(unit, policy.default)
    by_order = rule.rule is Rule.SOURCE_PRIORITY and not rule.sources
    trust = {source: rating.about(unit) for source, rating in policy.trust.items()}
    lowered = {name: getattr(policy.downgrades, name) for name in ("findings", "severities", "floor")}
    believed = (trust, lowered) if rule.rule is Rule.MOST_TRUSTED else None
    return rule, policy.sources if by_order else None, believed, domain.groups.get(unit), unit in domain.critical


def _owner(before: Domain, after: Domain, unit: str) -> str:
    """Return the role that owns a unit today; a new one belongs to whom it names, if other things do today."""
    if unit in before.groups or unit in before.attributes:
        return before.owner_of(unit)
    if unit in after.groups or unit in after.attributes:
        owner = after.owner_of(unit)
        return owner if owner in before.owners else before.owner
    return before.owner

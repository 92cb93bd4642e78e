"""What an approval is bound to: the rules of the attributes it is about, and no others."""

from collections.abc import Iterable
from typing import Any

from mdm.core.domains.domain import Domain
from mdm.core.ids import digest

ORDERED, TRUSTING = {"source_priority", "union"}, "most_trusted"
READING = ("type", "standardizer", "scheme", "values", "key", "fields", "to")


def rules_digest(domain: Domain, units: Iterable[str]) -> str:
    """Name the rules by which attributes and coupled groups get their values and owners, with those they follow."""
    policy = domain.policy.to_document()
    rules: dict[str, Any] = {}
    waiting = list(units)
    while waiting:
        unit = waiting.pop()
        if unit not in rules:
            rules[unit] = _rules(domain, policy, unit)
            followed = rules[unit]["rule"].get("attribute")
            waiting += [domain.unit_of(followed)] if followed is not None else []
    return digest(rules)


def rebound(before: Domain, after: Domain) -> frozenset[str]:
    """Return the attributes and coupled groups about which approvals that were asked for must be asked for anew."""
    units = {domain.unit_of(name) for domain in (before, after) for name in domain.attributes}
    return frozenset(unit for unit in units if rules_digest(before, [unit]) != rules_digest(after, [unit]))


def _rules(domain: Domain, policy: dict[str, Any], unit: str) -> dict[str, Any]:
    """Return all that decides on one unit; the order of sources and trust in them only where the rule asks for it."""
    rule = policy["attributes"].get(unit, policy["default"])
    members = [name for name in domain.members_of(unit) if name in domain.attributes]
    return {
        "rule": rule,
        "order": rule.get("sources") or policy["sources"] if rule["rule"] in ORDERED else None,
        "trust": _trust(policy, unit) if rule["rule"] == TRUSTING else None,
        "critical": [unit in domain.critical, unit in domain.creation],
        "owner": domain.owner_of(unit) if members else None,
        "members": {name: _reading(domain, name) for name in members},
    }


def _trust(policy: dict[str, Any], unit: str) -> list[Any]:
    rated = {source: t.get("attributes", {}).get(unit, t["default"]) for source, t in policy["trust"].items()}
    return [rated, policy["downgrades"]]


def _reading(domain: Domain, name: str) -> list[str]:
    declared = domain.attributes[name]
    return [str(getattr(declared, part)) for part in READING]

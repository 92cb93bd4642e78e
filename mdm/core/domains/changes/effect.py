"""What a release changes: which values are read, survive or are compared otherwise than before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mdm.core.domains.domain import Domain
from mdm.core.quality import differing
from survivorship import Policy, Rule

Weights = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Effect:
    """What must be looked at again when one set of rules takes the place of another.

    Of attributes in `read` the facts are folded again. Golden values of `units` may survive otherwise, wait for others
    or lead elsewhere. Pairs are `compared` again: all, or those alone whose weight (bits) lies in `weights`. Values of
    `announced` attributes are shown to subscribers from now on, or no longer.
    """

    read: frozenset[str]
    units: frozenset[str]
    compared: bool
    weights: Weights | None
    announced: frozenset[str]

    def __bool__(self) -> bool:
        """Tell whether anything is to be looked at again."""
        return bool(self.read or self.units or self.compared or self.announced)


def effect_of(before: Domain, after: Domain) -> Effect:
    """Return what changes when the rules of a domain do."""
    read = frozenset(_read(before, after))
    compared = _match_rules(before) != _match_rules(after)
    return Effect(
        read=read,
        units=frozenset(_units(before, after)) | {after.unit_of(name) for name in read},
        compared=compared,
        weights=_weights(before, after) if compared else None,
        announced=before.open ^ after.open,
    )


def _read(before: Domain, after: Domain) -> Iterator[str]:
    """Yield the attributes whose values are read otherwise: of every record, or of some source's alone."""
    names = sorted({*before.attributes, *after.attributes})
    if before.limits != after.limits or _manners(before, before) != _manners(after, before):
        yield from names
        return
    for name in names:
        if _reading(before, name) != _reading(after, name):
            yield name
    yield from differing(before.quality, after.quality, known=names)


def _manners(domain: Domain, known: Domain) -> dict[str, Any]:
    """Return how the facts of each known source are taken: whether its time counts, and whether its nulls clear."""
    sources = ((name, domain.source_of(name)) for name in known.sources)
    return {name: (source.time_trusted, source.may_blank) for name, source in sources}


def _reading(domain: Domain, name: str) -> Any:
    declared = domain.attributes.get(name)
    if declared is None:
        return None
    fields = ("type", "standardizer", "scheme", "values", "key", "fields", "to")
    return [getattr(declared, part) for part in fields]


def _units(before: Domain, after: Domain) -> Iterator[str]:
    """Yield the attributes and coupled groups that may get another value, owner or place."""
    placed = set(before.search) ^ set(after.search)
    if before.hierarchy != after.hierarchy:
        placed |= {*before.hierarchy, *after.hierarchy}
    if before.site != after.site:
        placed |= {name for name in (before.site, after.site) if name is not None}
    for name in sorted({*before.attributes, *after.attributes}):
        if name in placed or before.unit_of(name) != after.unit_of(name):
            yield from (before.unit_of(name), after.unit_of(name))
    every = sorted({d.unit_of(name) for d in (before, after) for name in d.attributes})
    known = before.policy
    changed = {unit for unit in every if _ruled(before, unit, known) != _ruled(after, unit, known)}
    yield from changed
    yield from (unit for unit in every if _led_by(after, unit) & changed or _led_by(before, unit) & changed)


def _ruled(domain: Domain, unit: str, known: Policy) -> Any:
    """Return all that decides on the value of a unit, and on who must approve of it.

    Sources and findings that are not known yet have said nothing by which a value could change.
    """
    policy = domain.policy
    order = [source for source in policy.sources if source in known.sources]
    rule, members = policy.attributes.get(unit, policy.default), domain.groups.get(unit, ())
    declared = all(name in domain.attributes for name in domain.members_of(unit))
    owner = domain.owner_of(unit) if declared else None
    trust = _trust(policy, unit, known) if rule.rule is Rule.MOST_TRUSTED else None
    return rule, members, order, trust, unit in domain.critical, owner


def _trust(policy: Policy, unit: str, known: Policy) -> Any:
    rated = {source: policy.trust[source].about(unit) for source in known.sources if source in policy.trust}
    lowered = policy.downgrades
    graded = {code: lowered.severity_of.get(code) for code in known.downgrades.severity_of}
    return rated, lowered.findings, lowered.severities, lowered.floor, graded


def _led_by(domain: Domain, unit: str) -> set[str]:
    """Return the units that a unit follows, directly or through others."""
    found: set[str] = set()
    while True:
        rule = domain.policy.attributes.get(unit, domain.policy.default)
        if rule.attribute is None:
            return found
        unit = domain.unit_of(rule.attribute)
        if unit in found:
            return found
        found.add(unit)


def _match_rules(domain: Domain) -> Any:
    return domain.match.document, domain.match.rules


def _weights(before: Domain, after: Domain) -> Weights | None:
    """Return the weights between which pairs are taken for something else, if the thresholds alone have moved up.

    What was below the threshold of review is not kept: if that falls, everything must be compared.
    """
    old, new = before.match, after.match
    others = [{**m.document, "thresholds": None} for m in (old, new)]
    if others[0] != others[1] or old.rules != new.rules or new.review < old.review:
        return None
    moved = [
        bound for pair in ((old.review, new.review), (old.match, new.match)) if pair[0] != pair[1] for bound in pair
    ]
    return (min(moved), max(moved)) if moved else None

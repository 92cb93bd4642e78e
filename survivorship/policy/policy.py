"""The declared rules of all attributes of a domain, checked against each other and ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from survivorship.claim import JSON
from survivorship.policy.checks import check_policy
from survivorship.policy.document import read_policy, write_downgrades, write_rule, write_trust
from survivorship.policy.rules import AttributeRule
from survivorship.policy.trust import NO_DOWNGRADES, Beliefs, Downgrades, Rating, SourceTrust
from survivorship.ruling import Ruling, compile_ruling


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules by attribute; a coupled group (name → members) is ruled under its own name, its members have no rule.

    `sources` is the order of priority, best first, where a rule names none; `default` rules what `attributes` leaves
    out. Raises `PolicyError` with the path of the first fault, and all `others` beside it.
    """

    attributes: Mapping[str, AttributeRule] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    trust: Mapping[str, SourceTrust] = field(default_factory=dict)
    default: AttributeRule = AttributeRule()  # noqa: RUF009  frozen
    downgrades: Downgrades = NO_DOWNGRADES
    _group_of: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _rulings: dict[str, Ruling] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        check_policy(self)
        self._group_of.update({member: name for name, members in self.groups.items() for member in members})

    @classmethod
    def from_document(cls, document: Mapping[str, JSON]) -> Self:
        """Read a policy from JSON content; raise `PolicyError` naming the path."""
        return cls(**read_policy(document))

    def to_document(self) -> dict[str, JSON]:
        """Return the JSON content from which `from_document` makes an equal policy."""
        return {
            "attributes": {name: write_rule(rule) for name, rule in self.attributes.items()},
            "groups": {name: list(members) for name, members in self.groups.items()},
            "sources": list(self.sources),
            "trust": {source: write_trust(trust) for source, trust in self.trust.items()},
            "default": write_rule(self.default),
            "downgrades": write_downgrades(self.downgrades),
        }

    def unit_of(self, attribute: str) -> str:
        """Return the coupled group that `attribute` belongs to, or the attribute itself."""
        return self._group_of.get(attribute, attribute)

    def ruling(self, unit: str) -> Ruling:
        """Return the rule of an attribute or coupled group, ready to run."""
        ruling = self._rulings.get(unit)
        if ruling is None:
            declared = self.attributes.get(unit, self.default)
            ruling = self._rulings[unit] = compile_ruling(
                unit,
                declared,
                members=self.groups.get(unit, ()),
                priority=self.sources,
                beliefs=Beliefs(
                    {source: _rating(trust, unit, declared) for source, trust in self.trust.items()}, self.downgrades
                ),
                follows=None if declared.attribute is None else self.unit_of(declared.attribute),
            )
        return ruling


def _rating(trust: SourceTrust, unit: str, declared: AttributeRule) -> Rating:
    """Return what a source is trusted about a unit, with the decay that counts there."""
    rating = trust.about(unit)
    return Rating(rating.trust, rating.decay or declared.decay)

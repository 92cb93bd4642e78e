"""The declared rules of all attributes of a domain, checked against each other and ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from survivorship.claim import JSON
from survivorship.document import read_policy, write_rule, write_trust
from survivorship.errors import PolicyError
from survivorship.rules import AttributeRule, Rule, Ruling, compile_ruling
from survivorship.trust import SourceTrust

EMPTY_CAN_WIN = {Rule.SOURCE_PRIORITY, Rule.MOST_TRUSTED, Rule.MOST_RECENT, Rule.MOST_FREQUENT}
NOT_FOR_GROUPS = {Rule.MIN, Rule.MAX, Rule.UNION}


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules by attribute; a coupled group (name → members) is ruled under its own name, its members have no rule.

    `sources` is the order of priority, best first, where a rule names none; `default` rules what `attributes` leaves
    out. Raises `PolicyError` with the path of the first fault.
    """

    attributes: Mapping[str, AttributeRule] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    trust: Mapping[str, SourceTrust] = field(default_factory=dict)
    default: AttributeRule = AttributeRule()  # noqa: RUF009  frozen
    _group_of: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _rulings: dict[str, Ruling] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        self._check_groups()
        _check_distinct("sources", self.sources)
        self._check_rule("default", self.default, is_group=any(group not in self.attributes for group in self.groups))
        for name, rule in self.attributes.items():
            self._check_rule(f"attributes.{name}", rule, is_group=name in self.groups)
            self._check_owner(f"attributes.{name}", name)
        for source, trust in self.trust.items():
            self._check_trust(f"trust.{source}", trust)

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
        }

    def unit_of(self, attribute: str) -> str:
        """Return the coupled group that `attribute` belongs to, or the attribute itself."""
        return self._group_of.get(attribute, attribute)

    def ruling(self, unit: str) -> Ruling:
        """Return the rule of an attribute or coupled group, ready to run."""
        ruling = self._rulings.get(unit)
        if ruling is None:
            declared = self.attributes.get(unit, self.default)
            trust = {source: rating.about(unit) for source, rating in self.trust.items()}
            ruling = compile_ruling(unit, declared, self.groups.get(unit, ()), self.sources, trust)
            self._rulings[unit] = ruling
        return ruling

    def _check_groups(self) -> None:
        for name, members in self.groups.items():
            path = f"groups.{name}"
            if not members:
                raise PolicyError(path, "has no members.")
            for position, member in enumerate(members):
                here = f"{path}[{position}]"
                if member in self.groups:
                    raise PolicyError(here, f"{member!r} is itself a group; list its attributes instead.")
                if member in self._group_of:
                    raise PolicyError(here, f"{member!r} is already a member of {self._group_of[member]!r}.")
                self._group_of[member] = name

    def _check_rule(self, path: str, rule: AttributeRule, *, is_group: bool) -> None:
        _check_distinct(f"{path}.sources", rule.sources)
        if rule.rule is Rule.UNION and not rule.key:
            raise PolicyError(f"{path}.key", "is missing: a union needs the field that identifies an element.")
        if rule.rule is not Rule.UNION and rule.key is not None:
            raise PolicyError(f"{path}.key", f"belongs to the rule 'union', not to {rule.rule.value!r}.")
        if rule.rule is Rule.SOURCE_PRIORITY and not (rule.sources or self.sources):
            raise PolicyError(f"{path}.sources", "is missing, and the policy has no 'sources' either; list them.")
        if rule.rule is Rule.MOST_TRUSTED and not self.trust:
            raise PolicyError(f"{path}.rule", "'most_trusted' needs 'trust' in the policy; rate the sources there.")
        if rule.empty_wins and rule.rule not in EMPTY_CAN_WIN:
            raise PolicyError(f"{path}.empty_wins", f"has no meaning with the rule {rule.rule.value!r}.")
        if is_group and rule.rule in NOT_FOR_GROUPS:
            raise PolicyError(f"{path}.rule", f"{rule.rule.value!r} cannot rule a coupled group; it survives whole.")

    def _check_owner(self, path: str, name: str) -> None:
        if name in self._group_of:
            group = self._group_of[name]
            raise PolicyError(path, f"{name!r} is a member of the group {group!r}; give the rule to the group.")

    def _check_trust(self, path: str, trust: SourceTrust) -> None:
        ratings = {"default": trust.default, **{f"attributes.{name}": t for name, t in trust.attributes.items()}}
        for where, rating in ratings.items():
            if not 0 <= rating <= 1:
                raise PolicyError(f"{path}.{where}", f"must be a number from 0 to 1, not {rating!r}.")
        for name in trust.attributes:
            self._check_owner(f"{path}.attributes.{name}", name)


def _check_distinct(path: str, names: tuple[str, ...]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise PolicyError(f"{path}[{position}]", f"{name!r} is listed twice.")

"""The two sets of rules that a simulation compares, and what lies between them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from mdm.core.domains import Domain, parse
from mdm.core.domains.changes.effect import Effect, effect_of


@dataclass(frozen=True)
class Rules:
    """The rules `before` and `after`, and the instant by which everything is evaluated."""

    before: Domain
    after: Domain
    now: datetime

    @classmethod
    def of(
        cls, before: Mapping[str, Any], after: Mapping[str, Any], *, numbers: tuple[int, int], now: datetime
    ) -> "Rules":
        """Compile the documents of two releases."""
        old, new = numbers
        return cls(replace(parse(before), release=old), replace(parse(after), release=new), now)

    @cached_property
    def effect(self) -> Effect:
        """What changes."""
        return effect_of(self.before, self.after)

    @cached_property
    def heard(self) -> frozenset[str]:
        """The attributes of the units that may come out otherwise, and of those that they follow."""
        units: set[str] = set()
        for unit in self.effect.units:
            while unit not in units:
                units.add(unit)
                leader = self.after.policy.attributes.get(unit, self.after.policy.default).attribute
                if leader is None:
                    break
                unit = self.after.unit_of(leader)  # noqa: PLW2901  on to the one that leads
        both = (self.before, self.after)
        return frozenset(n for d in both for n in d.attributes if d.unit_of(n) in units or n == self.after.site)

    @cached_property
    def members(self) -> frozenset[str]:
        """The attributes of the units that may come out otherwise."""
        both = (self.before, self.after)
        return frozenset(n for d in both for n in d.attributes if d.unit_of(n) in self.effect.units)

    def members_of(self, unit: str) -> frozenset[str]:
        """Return the attributes of a unit, by the rules before and after."""
        return frozenset({*self.before.members_of(unit), *self.after.members_of(unit)})

    @cached_property
    def seen_otherwise(self) -> bool:
        """Whether records may look different to matching."""
        compared = {
            name for m in (self.before.match, self.after.match) for names in m.attributes.values() for name in names
        }
        return not compared.isdisjoint(self.effect.read) or self.columns(self.before) != self.columns(self.after)

    @property
    def rebuilt(self) -> bool:
        """Whether golden records may be others, or shown otherwise, where nobody becomes somebody else."""
        return bool(self.effect.units or self.effect.read or self.effect.announced)

    @property
    def searched(self) -> bool:
        """Whether pairs may come up that nobody has kept before."""
        return self.seen_otherwise or (self.effect.compared and self.effect.weights is None)

    @property
    def clustered(self) -> bool:
        """Whether records may belong to other masters."""
        return self.effect.compared or self.seen_otherwise

    @staticmethod
    def columns(domain: Domain) -> Any:
        """Return what makes up the form of a record for matching."""
        return domain.match.document["columns"], domain.match.document.get("generic")

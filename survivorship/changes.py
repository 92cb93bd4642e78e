"""Single changes to a situation: what each does, and how it is said."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from survivorship.claim import Claim
from survivorship.intervals import at
from survivorship.policy.policy import Policy
from survivorship.policy.rules import AttributeRule, Rule
from survivorship.policy.trust import PRECISION, Rating, SourceTrust
from survivorship.situation import Situation

GRAIN = 10**-PRECISION


class Change(Protocol):
    """A single change; as a text it says what it is."""

    def applied(self, situation: Situation) -> Situation:
        """Return the situation as it would be."""


@dataclass(frozen=True, slots=True)
class OverrideEnds:
    """A pinned value is taken back."""

    override: str

    def applied(self, situation: Situation) -> Situation:
        """Leave the override out."""
        return replace(situation, overrides=[o for o in situation.overrides if o.id != self.override])

    def __str__(self) -> str:
        return f"override {self.override} ends"


@dataclass(frozen=True, slots=True)
class HoldEnds:
    """The held value is approved."""

    attribute: str

    def applied(self, situation: Situation) -> Situation:
        """Leave the holds on the attribute out."""
        return replace(situation, holds=[hold for hold in situation.holds if hold.attribute != self.attribute])

    def __str__(self) -> str:
        return f"the hold on {self.attribute} ends"


@dataclass(frozen=True, slots=True)
class FindingsRemoved:
    """The source sends its value without flaws."""

    record: str
    attribute: str

    def applied(self, situation: Situation) -> Situation:
        """Clear the findings of the record's claims."""
        return _edited(situation, self.record, self.attribute, lambda claim: [replace(claim, findings=())])

    def __str__(self) -> str:
        return f"findings on {self.attribute} of {self.record} removed"


@dataclass(frozen=True, slots=True)
class AssertedSince:
    """The source says it at an instant or later."""

    record: str
    attribute: str
    instant: datetime

    def applied(self, situation: Situation) -> Situation:
        """Let the record's claims be asserted at the instant."""
        return _edited(situation, self.record, self.attribute, lambda claim: [replace(claim, asserted_at=self.instant)])

    def __str__(self) -> str:
        exact, before = self.instant.isoformat(), (self.instant - timedelta.resolution).isoformat()
        when = f"after {before}" if len(before) < len(exact) else f"at {exact} or later"
        return f"{self.attribute} of {self.record} asserted {when}"


@dataclass(frozen=True, slots=True)
class MoreSupport:
    """Further records of the same source say the same."""

    record: str
    attribute: str
    count: int

    def applied(self, situation: Situation) -> Situation:
        """Add as many records that say the same of their own accord."""
        numbers = range(1, self.count + 1)
        return _edited(
            situation,
            self.record,
            self.attribute,
            lambda claim: [claim, *(replace(claim, record=f"{claim.record}~{n}", echo=False) for n in numbers)],
        )

    def __str__(self) -> str:
        records = "record supports" if self.count == 1 else "records support"
        return f"{self.count} more {records} {self.attribute} of {self.record}"


@dataclass(frozen=True, slots=True)
class TrustAtLeast:
    """The source is trusted more about the attribute."""

    source: str
    attribute: str
    trust: float

    def applied(self, situation: Situation) -> Situation:
        """Rate the source anew, with the decay it has."""
        known = situation.policy.trust.get(self.source, SourceTrust())
        rating = Rating(self.trust, known.about(self.attribute).decay)
        rated = SourceTrust(known.default, {**known.attributes, self.attribute: rating})
        policy = replace(situation.policy, trust={**situation.policy.trust, self.source: rated})
        return replace(situation, policy=policy)

    def __str__(self) -> str:
        exact, below = f"{self.trust:.6g}", f"{self.trust - GRAIN:.6g}"
        height = f"above {below}" if len(below) < len(exact) else f"at least {exact}"
        return f"trust of {self.source} for {self.attribute} {height}"


@dataclass(frozen=True, slots=True)
class SourceBefore:
    """The source comes earlier in the order of priority."""

    source: str
    before: str
    attribute: str

    def applied(self, situation: Situation) -> Situation:
        """Put the source right before the other one in the order that counts here."""
        rule = rule_of(situation.policy, self.attribute)
        order = [source for source in rule.sources or situation.policy.sources if source != self.source]
        place = order.index(self.before) if self.before in order else len(order)
        order.insert(place, self.source)
        return _ruled(situation, self.attribute, replace(rule, sources=tuple(order)))

    def __str__(self) -> str:
        return f"{self.source} before {self.before} in the order of sources for {self.attribute}"


@dataclass(frozen=True, slots=True)
class OtherRule:
    """The attribute is ruled otherwise."""

    attribute: str
    rule: Rule

    def applied(self, situation: Situation) -> Situation:
        """Rule the attribute by the other rule; raises PolicyError where it cannot be."""
        declared = rule_of(situation.policy, self.attribute)
        return _ruled(situation, self.attribute, AttributeRule(rule=self.rule, sources=declared.sources))

    def __str__(self) -> str:
        return f"the rule {self.rule.value} for {self.attribute}"


@dataclass(frozen=True, slots=True)
class RecordSilent:
    """Another record says nothing about the attribute."""

    record: str
    attribute: str

    def applied(self, situation: Situation) -> Situation:
        """Leave the record's claims out."""
        return _edited(situation, self.record, self.attribute, lambda _: [])

    def __str__(self) -> str:
        return f"{self.record} silent about {self.attribute}"


def rule_of(policy: Policy, unit: str) -> AttributeRule:
    """Return the declared rule of a unit."""
    return policy.attributes.get(unit, policy.default)


def _ruled(situation: Situation, unit: str, rule: AttributeRule) -> Situation:
    policy = replace(situation.policy, attributes={**situation.policy.attributes, unit: rule})
    return replace(situation, policy=policy)


def _edited(situation: Situation, record: str, unit: str, edit: Callable[[Claim], list[Claim]]) -> Situation:
    """Change what one record says about a unit at the instant."""
    meant = {
        id(claim)
        for claim in at(situation.claims, situation.valid_at)
        if claim.record == record and situation.policy.unit_of(claim.attribute) == unit
    }
    claims = [new for claim in situation.claims for new in (edit(claim) if id(claim) in meant else [claim])]
    return replace(situation, claims=claims)

"""How far each source is believed about each attribute, how that fades with age, and what findings take from it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from survivorship.claim import Claim

PRECISION = 6  # decimals in which faded and lowered trust is compared, so that noise decides nothing
SMALLEST = 10**-PRECISION / 4  # rounds to nothing


class Curve(StrEnum):
    """How trust fades from its full height to the floor."""

    LINEAR = "linear"  # evenly, until `days` are over
    EXPONENTIAL = "exponential"  # by half in every `days`
    STEP = "step"  # at once, when `days` are over


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """How trust fades with the age of a claim in whole days; trust that is below the floor already does not fade."""

    curve: Curve
    days: int
    floor: float = 0.0

    def left(self, trust: float, age: int) -> float:
        """Return what is left of a trust at an age of so many days."""
        floor = min(self.floor, trust)
        if self.curve is Curve.STEP:
            return trust if age < self.days else floor
        if self.curve is Curve.EXPONENTIAL:
            return max(floor, trust * math.exp2(-age / self.days))
        return trust - (trust - floor) * min(age / self.days, 1.0)

    def over(self, trust: float) -> int:
        """Return the age from which nothing fades any more."""
        floor = max(self.floor, SMALLEST)
        if trust <= floor:
            return 0
        return math.ceil(self.days * math.log2(trust / floor)) if self.curve is Curve.EXPONENTIAL else self.days


@dataclass(frozen=True, slots=True)
class Rating:
    """Trust from 0 to 1, and how it fades; without a decay of its own by that of the attribute's rule."""

    trust: float
    decay: Decay | None = None


UNRATED = Rating(0.0)  # a source nobody has rated is believed less than any rated one


@dataclass(frozen=True, slots=True)
class SourceTrust:
    """Trust in one source: by default, and about single attributes or coupled groups."""

    default: Rating = UNRATED
    attributes: Mapping[str, Rating] = field(default_factory=dict)

    def about(self, attribute: str) -> Rating:
        """Return the rating of what this source says about `attribute`."""
        return self.attributes.get(attribute, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downgrades:
    """What findings leave of trust: a factor by name, else by severity, and the floor below which they take none."""

    findings: Mapping[str, float] = field(default_factory=dict)
    severities: Mapping[str, float] = field(default_factory=dict)
    severity_of: Mapping[str, str] = field(default_factory=dict)  # finding → severity
    floor: float = 0.0

    def cover(self, findings: Iterable[str]) -> bool:
        """Tell whether every finding lowers trust; others exclude a claim beside those without."""
        return all(self._factor(finding) is not None for finding in findings)

    def factor(self, findings: Iterable[str]) -> float:
        """Return what all findings together leave of a trust; each counts once."""
        factors = [factor for finding in sorted(set(findings)) if (factor := self._factor(finding)) is not None]
        return math.prod(factors)

    def _factor(self, finding: str) -> float | None:
        return self.findings.get(finding, self.severities.get(self.severity_of.get(finding, "")))


NO_DOWNGRADES = Downgrades()


@dataclass(frozen=True, slots=True)
class Beliefs:
    """How far each claim about one attribute or coupled group is believed, day by day."""

    ratings: Mapping[str, Rating]  # by source, each with the decay that counts here
    downgrades: Downgrades = NO_DOWNGRADES

    @property
    def fade(self) -> bool:
        """Tell whether anything changes from day to day."""
        return any(rating.decay is not None for rating in self.ratings.values())

    def rating(self, claim: Claim) -> Rating:
        """Return the rating of the claim's source."""
        return self.ratings.get(claim.source, UNRATED)

    def on(self, claim: Claim, day: int) -> float:
        """Return the trust in a claim on a day (its ordinal): never more on a later one."""
        rating = self.ratings.get(claim.source, UNRATED)
        if rating.decay is None and not claim.findings:
            return rating.trust
        return round(self._lowered(claim, self._faded(claim, rating, day)), PRECISION)

    def settled(self, claim: Claim) -> int:
        """Return the day from which the trust in a claim stays as it is."""
        rating = self.rating(claim)
        over = 0 if rating.decay is None or claim.echo else rating.decay.over(rating.trust)
        return claim.asserted_at.toordinal() + over

    def never_above(self, claim: Claim, other: Claim, day: int) -> bool:
        """Tell whether a claim can be shown to be believed no more than the other from a day on."""
        mine, theirs = self.rating(claim), self.rating(other)
        if mine.decay != theirs.decay or claim.echo or other.echo:
            return False
        if self.downgrades.factor(claim.findings) != self.downgrades.factor(other.findings):
            return False
        if mine.decay is None or (mine.decay.curve is Curve.EXPONENTIAL and claim.asserted_at.toordinal() <= day):
            return self._faded(claim, mine, day) <= self._faded(other, theirs, day)  # what halves together keeps order
        return mine.trust == theirs.trust and claim.asserted_at <= other.asserted_at

    def _faded(self, claim: Claim, rating: Rating, day: int) -> float:
        """Let trust fade; an echo is as old as can be, so that a source gains nothing by what it was sent."""
        if rating.decay is None:
            return rating.trust
        if claim.echo:
            return min(rating.decay.floor, rating.trust)
        return rating.decay.left(rating.trust, max(day - claim.asserted_at.toordinal(), 0))

    def _lowered(self, claim: Claim, trust: float) -> float:
        """Take from trust what the findings take, down to the floor."""
        if not claim.findings:
            return trust
        return max(min(self.downgrades.floor, trust), trust * self.downgrades.factor(claim.findings))

"""What records say over time: how facts about one attribute follow, interrupt and replace each other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from survivorship.claim import Claim
from survivorship.intervals import END, START, Interval, opened, without


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a source says about an attribute of a record from `valid_from` of the claim on, to `valid_to` if it says so.

    A dated one names its effective date: facts that begin earlier end there, whenever they are said.
    """

    claim: Claim
    dated: bool = True
    replaces: bool = False  # what was said about later times does not end it

    @property
    def starts(self) -> datetime:
        """Return when it begins to hold."""
        return self.claim.valid_from or START

    @property
    def ends(self) -> datetime:
        """Return when it ceases to hold by its own words."""
        return self.claim.valid_to or END


Piece = tuple[Fact, Interval]  # a fact, and where it holds


def fold(facts: Iterable[Fact]) -> list[Claim]:
    """Return the claims that follow from facts in any order; those of a record about an attribute never overlap.

    Facts apply in the `order` of their claims, then as they were asserted. Each holds until the next dated one
    begins, or to its own end; where a fact with an end of its own is over, what held before goes on.
    """
    by_name: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        by_name.setdefault((fact.claim.record, fact.claim.attribute), []).append(fact)
    claims: list[Claim] = []
    for name in sorted(by_name):
        history: list[Piece] = []
        for fact in sorted(by_name[name], key=lambda fact: (fact.claim.order, fact.claim.asserted_at)):
            history = _with(history, fact)
        claims += [_over(fact.claim, interval) for fact, interval in sorted(history, key=lambda piece: piece[1])]
    return claims


def _with(history: list[Piece], fact: Fact) -> list[Piece]:
    """Lay a fact over what was said before."""
    ahead = [] if fact.replaces else [(f, i) for f, i in history if f.dated and f.starts > fact.starts]
    ended = min([other.starts for other, _ in ahead if other.ends == END], default=END)
    extent = without([(fact.starts, min(fact.ends, ended))], [interval for _, interval in ahead])
    kept = [(other, rest) for other, interval in history for rest in without([interval], extent)]
    return [*kept, *((fact, interval) for interval in extent)]


def _over(claim: Claim, interval: Interval) -> Claim:
    start, end = opened(interval)
    return replace(claim, valid_from=start, valid_to=end)

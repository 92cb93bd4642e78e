"""Pairs of records that other rules would compare for the first time: all of them, or those under some keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt
from typing import Any, NamedTuple
from uuid import UUID

from mdm.core.matching import Outcome, score
from mdm.hub.releases.simulation.records import Look
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.surroundings import Found, Pair
from mdm.hub.resolution.candidates import HOT, UNBEARABLE
from mdm.store import records, simulation
from mdm.store.work import Work

Keyed = list[tuple[int, int]]  # (number of a key, record)
SURE = 1.96  # standard errors to both sides that hold 95 of 100 true values
UNSEEN = 3.0  # of something never seen in a sample, so many may be missed with the same confidence


class Drawn(NamedTuple):
    """A new pair, and how likely it was to be drawn."""

    pair: Found
    likelihood: float
    apart: bool  # the two belong to different masters


def keys_in(work: Work, rules: Rules, span: tuple[UUID, UUID | None], *, one_in: int) -> Keyed:
    """Return the keys that the records of a range of masters would have, every one of `one_in`."""
    rows = simulation.masters(work.session, rules.after.name, first=span[0], until=span[1])
    look = Look(work, rules)
    look.at({row.record_id for row in simulation.members(work.session, [row.id for row in rows], weights=None)})
    name = rules.after.name
    numbers = ((records.key_number(name, key), record) for record, seen in look.seen.items() for key in seen.keys)
    return [(number, record) for number, record in numbers if number % one_in == 0]


def pairs_under(keyed: Iterable[tuple[int, int]]) -> tuple[list[Pair], set[Pair]]:
    """Return the pairs that share a key, and those of them that need a second one: they share but a hot one."""
    blocks: dict[int, list[int]] = defaultdict(list)
    for number, record in keyed:
        blocks[number].append(record)
    cold, hot = set[Pair](), set[Pair]()
    for block in blocks.values():
        if len(block) <= UNBEARABLE:
            (cold if len(block) <= HOT else hot).update(combinations(sorted(block), 2))
    return sorted(cold | hot), hot - cold


def compare_pairs(
    work: Work, rules: Rules, pairs: Collection[Pair], hot: Collection[Pair], *, one_in: int
) -> list[Drawn]:
    """Score pairs that nobody has kept yet, and return those at or above the threshold of review."""
    look = Look(work, rules)
    look.at({end for pair in pairs for end in pair})
    kept = {(e.left_id, e.right_id) for e in simulation.edges_of(work.session, {left for left, _ in pairs})}
    found = []
    for left, right in pairs:
        one, other = look.seen[left], look.seen[right]
        shared = len(one.keys & other.keys)
        if (left, right) in kept or ((left, right) in hot and shared < 2):
            continue
        scored = score(rules.after.match, one.comparable, other.comparable)
        if scored.outcome != Outcome.DISTINCT:
            pair = Found(left, right, scored.weight, scored.outcome.value, scored.vetoes)
            likelihood = 1 - (1 - 1 / one_in) ** shared
            found.append(Drawn(pair, likelihood, one.row.master_id != other.row.master_id))
    return found


@dataclass(slots=True)
class Estimate:
    """How many new pairs there are, from those that were drawn: each stands for those like it that were not.

    Keys are drawn, with all records that have them, so that a pair which shares k keys is drawn with the probability
    1 - (1 - 1/n)^k (Horvitz-Thompson).
    """

    one_in: int
    drawn: list[Drawn] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Return the numbers of new matches and reviews between masters, each with the range it lies in."""
        apart = [d for d in self.drawn if d.apart]
        by = {o: [d.likelihood for d in apart if d.pair.outcome == o] for o in (Outcome.MATCH, Outcome.REVIEW)}
        return {
            "keys": f"1 in {self.one_in}" if self.one_in > 1 else "all",
            "exact": self.one_in == 1,
            "matches": self._estimated(by[Outcome.MATCH]),
            "reviews": self._estimated(by[Outcome.REVIEW]),
        }

    def _estimated(self, likelihoods: list[float]) -> dict[str, int]:
        number = sum(1 / p for p in likelihoods)
        if self.one_in == 1:
            most = least = number
        elif not likelihoods:
            least, most = 0.0, UNSEEN * self.one_in
        else:
            spread = SURE * sqrt(sum((1 - p) / p**2 for p in likelihoods))
            least, most = max(len(likelihoods), number - spread), number + spread
        return {"found": len(likelihoods), "estimate": round(number), "least": round(least), "most": round(most)}

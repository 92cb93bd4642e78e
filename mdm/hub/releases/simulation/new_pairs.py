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
from mdm.store import records
from mdm.store.releases import simulation
from mdm.store.work import Work

Keyed = list[tuple[int, int]]  # (number of a key, record)
SURE = 1.96  # standard errors to both sides that hold 95 of 100 true values
UNSEEN = 3.0  # of something never seen in a sample, so many may be missed with the same confidence


class Drawn(NamedTuple):
    """A new pair, by which of the drawn keys it was found, and how many keys the two share in all."""

    pair: Found
    keys: tuple[int, ...]
    shared: int
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
        shared = one.keys & other.keys
        if (left, right) in kept or ((left, right) in hot and len(shared) == 1):
            continue
        scored = score(rules.after.match, one.comparable, other.comparable)
        if scored.outcome != Outcome.DISTINCT:
            pair = Found(left, right, scored.weight, scored.outcome.value, scored.vetoes)
            numbers = (records.key_number(rules.after.name, key) for key in shared)
            drawn = tuple(number for number in numbers if number % one_in == 0)
            found.append(Drawn(pair, drawn, len(shared), one.row.master_id != other.row.master_id))
    return found


@dataclass(slots=True)
class Estimate:
    """How many new pairs there are, from those under the keys that were drawn, one of so many.

    A pair counts for each of its k keys with 1/k, and every drawn key stands for all: the sum has no bias, and the
    spread of what single keys count tells how far off it may be, however many pairs come up together.
    """

    one_in: int
    drawn: list[Drawn] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Return the numbers of new matches and reviews between masters, each with the range it lies in."""
        apart = [d for d in self.drawn if d.apart]
        return {
            "keys": f"1 in {self.one_in}" if self.one_in > 1 else "all",
            "exact": self.one_in == 1,
            "matches": self._estimated([d for d in apart if d.pair.outcome == Outcome.MATCH]),
            "reviews": self._estimated([d for d in apart if d.pair.outcome == Outcome.REVIEW]),
        }

    def _estimated(self, drawn: list[Drawn]) -> dict[str, int]:
        if self.one_in == 1:
            return dict.fromkeys(("found", "estimate", "least", "most"), len(drawn))
        by_key: dict[int, float] = defaultdict(float)
        for one in drawn:
            for key in one.keys:
                by_key[key] += 1 / one.shared
        number = self.one_in * sum(by_key.values())
        spread = SURE * self.one_in * sqrt((1 - 1 / self.one_in) * sum(count**2 for count in by_key.values()))
        least, most = max(len(drawn), number - spread), max(number + spread, UNSEEN * self.one_in)
        return {"found": len(drawn), "estimate": round(number), "least": round(least), "most": round(most)}

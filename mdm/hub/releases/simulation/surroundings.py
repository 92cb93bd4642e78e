"""Records that hang together under other rules, gathered step by step with the edges and constraints among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mdm.core.matching import Edge, Outcome, score
from mdm.hub.releases.simulation.records import Look
from mdm.hub.releases.simulation.rules import Rules
from mdm.store import resolution
from mdm.store.releases import simulation
from mdm.store.rows import Row

Pair = tuple[int, int]


class Found(NamedTuple):
    """A pair that nobody has compared before, and what the new rules make of it."""

    left: int
    right: int
    weight: float
    outcome: str
    vetoes: tuple[str, ...]

    def edge(self) -> Edge:
        """Return it as clustering takes it."""
        return Edge(self.left, self.right, self.weight, Outcome(self.outcome), self.vetoes)


@dataclass(slots=True)
class Surroundings:
    """Records that hang together under the new rules, with the edges and constraints among them.

    `gathered` records have all their edges here; others are only the far ends of such edges. Of records whose pairs
    have weights that the new rules take otherwise, `moved` holds the ids.
    """

    look: Look
    found: Mapping[int, Sequence[Found]]
    gathered: set[int] = field(default_factory=set)
    edges: dict[Pair, Edge] = field(default_factory=dict)
    constraints: dict[Pair, Row] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    known: set[Pair] = field(default_factory=set)

    def gather(self, start: Collection[int]) -> None:
        """Add records and all that would be of their components."""
        frontier = set(start)
        while frontier:
            ids = simulation.mates(self.look.work.session, frontier) - self.gathered
            self._add(ids)
            linked = {
                end for (left, right), e in self.edges.items() if e.outcome == Outcome.MATCH for end in (left, right)
            }
            musts = {end for pair, c in self.constraints.items() if c.kind == "must" for end in pair}
            frontier = (linked | musts) - self.gathered

    def gather_neighbours(self) -> None:
        """Add the components to which a pair leads that a steward would have to look at."""
        ends = {end for pair in (*self.edges, *self.constraints) for end in pair}
        self.gather(ends - self.gathered)

    def touched(self, record: int) -> bool:
        """Tell whether the new rules have a record compared again."""
        effect = self.look.rules.effect
        if effect.compared:
            return effect.weights is None or record in self.moved or self.look.seen[record].changed
        return self.look.seen[record].changed

    def _add(self, ids: set[int]) -> None:
        if not ids:
            return
        session = self.look.work.session
        self.gathered |= ids
        rows = [row for row in simulation.edges_of(session, ids) if (row.left_id, row.right_id) not in self.known]
        fresh = [f for record in ids for f in self.found.get(record, ())]
        self.look.at(
            ids | {end for e in rows for end in (e.left_id, e.right_id)} | {end for f in fresh for end in f[:2]}
        )
        for row in rows:
            self.known.add((row.left_id, row.right_id))
            edge = self._as_seen_now(row)
            if edge is not None and edge.outcome != Outcome.DISTINCT:
                self.edges[row.left_id, row.right_id] = edge
        self.edges.update({(f.left, f.right): f.edge() for f in fresh})
        self.constraints.update({(c.left_id, c.right_id): c for c in resolution.constraints_of(session, ids)})
        ends = {end for pair in self.constraints for end in pair}
        self.look.at(ends - self.look.seen.keys())

    def _as_seen_now(self, row: Row) -> Edge | None:
        """Return an edge as the new rules weigh it, None if they would not compare the two."""
        rules, left, right = self.look.rules, self.look.seen[row.left_id], self.look.seen[row.right_id]
        if row.declared:
            return Edge(row.left_id, row.right_id, row.weight, Outcome.MATCH, declared=True)
        if within(rules, row.weight):
            self.moved |= {row.left_id, row.right_id}
        if rules.effect.weights is not None and not (left.changed or right.changed):
            outcome = _by_threshold(rules, row.weight, row.vetoes)
            return Edge(row.left_id, row.right_id, row.weight, outcome, tuple(row.vetoes))
        if left.keys.isdisjoint(right.keys):
            return None
        scored = score(rules.after.match, left.comparable, right.comparable)
        return Edge(row.left_id, row.right_id, scored.weight, scored.outcome, scored.vetoes)


def within(rules: Rules, weight: float) -> bool:
    """Tell whether the new rules take a pair of such a weight for something else."""
    bounds = rules.effect.weights
    return bounds is not None and bounds[0] <= weight < bounds[1]


def _by_threshold(rules: Rules, weight: float, vetoes: Sequence[str]) -> Outcome:
    model = rules.after.match
    if weight < model.review:
        return Outcome.DISTINCT
    return Outcome.MATCH if weight >= model.match and not vetoes else Outcome.REVIEW

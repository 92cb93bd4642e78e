"""From scored pairs and stewards' constraints to clusters, one per real-world thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mdm.core.matching.folding import near
from mdm.core.matching.model import Outcome, Rules

CANNOT_LINK, SIZE_LIMIT, ONE_PER_SOURCE = "cannot_link", "size_limit", "one_per_source"
CONFLICTING_IDENTIFIER, WEAK_BRIDGE = "conflicting_identifier", "weak_bridge"


@dataclass(frozen=True, slots=True)
class Node:
    """A source record: `name` is stable (`source/key`), `strong` its strong identifiers (`vat:DE123`)."""

    id: int
    name: str
    source: str
    strong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A scored pair, or one that a source has `declared` to be one thing: only a steward keeps that apart."""

    left: int
    right: int
    weight: float
    outcome: Outcome
    vetoes: tuple[str, ...] = ()
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Constraint:
    """A steward's decision about two records."""

    left: int
    right: int
    kind: Literal["must", "cannot"]


@dataclass(frozen=True, slots=True)
class Demoted:
    """A match between two clusters that was kept back, and the veto that did."""

    edge: Edge
    veto: str


@dataclass(frozen=True, slots=True)
class Clusters:
    """A partition of the records, ordered by name, and the matches that were kept back."""

    groups: tuple[frozenset[int], ...]
    demoted: tuple[Demoted, ...]


@dataclass(slots=True)
class _Group:
    members: list[int]
    sources: dict[str, int]  # records per source of which a master may hold one
    strong: dict[tuple[str, str], set[str]]  # (column, scope) → values
    apart: set[int] = field(default_factory=set)  # records a steward keeps out
    matches: dict[int, int] = field(default_factory=dict)  # record outside → matches with members


def clustering(
    nodes: Iterable[Node], edges: Iterable[Edge], constraints: Iterable[Constraint], rules: Rules
) -> Clusters:
    """Partition records by their matches, strongest first, each checked against the clusters it would join.

    Must-links come first and transitively, whatever stands against them; a contradiction among constraints is decided
    for must. The result depends on names, not on ids or on the order of the arguments. Constraints and edges on
    records that are not among the nodes are left out.
    """
    return _Clustering(nodes, edges, constraints, rules).run()


class _Clustering:
    """The state of one run: which group every record is in."""

    def __init__(
        self, nodes: Iterable[Node], edges: Iterable[Edge], constraints: Iterable[Constraint], rules: Rules
    ) -> None:
        self.rules = rules
        self.nodes = {node.id: node for node in nodes}
        self.group = {node.id: self._alone(node) for node in self.nodes.values()}
        known = [c for c in constraints if c.left in self.nodes and c.right in self.nodes]
        self.musts = [c for c in known if c.kind == "must"]
        for constraint in known:
            if constraint.kind == "cannot":
                self.group[constraint.left].apart.add(constraint.right)
                self.group[constraint.right].apart.add(constraint.left)
        matches = {
            self._place(edge): edge
            for edge in edges
            if edge.outcome == Outcome.MATCH and edge.left in self.nodes and edge.right in self.nodes
        }
        self.matches = [matches[place] for place in sorted(matches)]
        for edge in self.matches:
            for one, other in ((edge.left, edge.right), (edge.right, edge.left)):
                counted = self.group[one].matches
                counted[other] = counted.get(other, 0) + 1

    def _alone(self, node: Node) -> _Group:
        sources = {node.source: 1} if node.source in self.rules.one_per_master else {}
        strong: dict[tuple[str, str], set[str]] = {}
        for identifier in node.strong:
            column, _, value = identifier.partition(":")
            if column in self.rules.strong:
                strong.setdefault((column, value[: self.rules.strong[column]]), set()).add(value)
        return _Group([node.id], sources, strong)

    def _place(self, edge: Edge) -> tuple[float, str, str]:
        names = sorted((self.nodes[edge.left].name, self.nodes[edge.right].name))
        return -edge.weight, names[0], names[1]

    def run(self) -> Clusters:
        for must in self.musts:
            self._join(self.group[must.left], self.group[must.right])
        demoted = []
        for edge in self.matches:
            left, right = self.group[edge.left], self.group[edge.right]
            if left is right:
                continue
            if veto := self._veto(left, right, edge):
                demoted.append(Demoted(edge, veto))
            else:
                self._join(left, right)
        kept_back = tuple(d for d in demoted if self.group[d.edge.left] is not self.group[d.edge.right])
        return Clusters(self._groups(), kept_back)

    def _groups(self) -> tuple[frozenset[int], ...]:
        distinct = {id(group): group.members for group in self.group.values()}
        return tuple(
            frozenset(members)
            for members in sorted(distinct.values(), key=lambda ids: min(self.nodes[record].name for record in ids))
        )

    def _veto(self, left: _Group, right: _Group, edge: Edge) -> str | None:
        small, large = (left, right) if len(left.members) <= len(right.members) else (right, left)
        if any(record in large.apart for record in small.members):
            return CANNOT_LINK
        return None if edge.declared else self._doubt(small, large, edge)

    def _doubt(self, small: _Group, large: _Group, edge: Edge) -> str | None:
        """Return the veto of a scored match, none of which stands against a declared one."""
        if len(small.members) + len(large.members) > self.rules.size_limit:
            return SIZE_LIMIT
        if small.sources.keys() & large.sources.keys():
            return ONE_PER_SOURCE
        if _conflict(small.strong, large.strong):
            return CONFLICTING_IDENTIFIER
        if len(small.members) > 1 and edge.weight < self.rules.bridge_weight:
            crossing = sum(large.matches.get(record, 0) for record in small.members)
            if crossing < self.rules.bridge_share * len(small.members) * len(large.members):
                return WEAK_BRIDGE
        return None

    def _join(self, left: _Group, right: _Group) -> None:
        if left is right:
            return
        small, large = (left, right) if len(left.members) <= len(right.members) else (right, left)
        large.members += small.members
        large.apart |= small.apart
        for source, count in small.sources.items():
            large.sources[source] = large.sources.get(source, 0) + count
        for place, values in small.strong.items():
            large.strong.setdefault(place, set()).update(values)
        for record, count in small.matches.items():
            large.matches[record] = large.matches.get(record, 0) + count
        for record in small.members:
            self.group[record] = large


def _conflict(left: Mapping[tuple[str, str], set[str]], right: Mapping[tuple[str, str], set[str]]) -> bool:
    """Say whether two clusters have a strong identifier each that cannot be one, not even misspelt."""
    return any(not _compatible(left[place], right[place]) for place in left.keys() & right.keys())


def _compatible(left: set[str], right: set[str]) -> bool:
    return not left.isdisjoint(right) or any(near(a, b) for a in left for b in right)

"""Who would be who under other rules: what was gathered, clustered and compared with the masters there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mdm.core.matching import Clusters, Constraint, Node, Outcome, clustering, strong_identifiers
from mdm.hub.golden import Touched
from mdm.hub.releases.simulation.surroundings import Surroundings
from mdm.hub.resolution.assignment import assign
from mdm.store import golden


@dataclass(slots=True)
class Partition:
    """The masters around some records as they would be.

    `place` says for each record in which master it would be, `current` in which it is. `answers` tells for each
    component (named by its masters) the master by which one portion answers for it; None: nothing in it is compared.
    """

    around: Surroundings
    masters: dict[UUID, Touched]
    place: dict[int, UUID]
    current: dict[int, UUID]
    answers: dict[UUID, UUID | None]

    def owned(self, mine: Collection[UUID]) -> set[UUID]:
        """Return the masters that the portion of `mine` answers for."""
        return {master for master, by in self.answers.items() if by in mine}

    def moved(self) -> set[UUID]:
        """Return the masters that would gain or lose records."""
        return {master for master, touched in self.masters.items() if touched.moved}


def partition(around: Surroundings) -> Partition:
    """Cluster what was gathered and find out which masters it would be.

    Portions overlap where components do. For a component answers the least of the masters that have records which are
    compared again, so that it is counted once.
    """
    ids = sorted(around.gathered)
    rows = {record: around.look.seen[record].row for record in ids}
    current = {record: row.master_id for record, row in rows.items() if row.master_id is not None}
    stored = golden.masters(around.look.work.session, set(current.values()))
    masters = {key: Touched.of(key, master) for key, master in stored.items()}
    assigned = assign(_cluster(around, ids).groups, current=current, masters=masters)
    place = {record: m.id for m in assigned.values() for record in m.joined}
    place |= {record: master for record, master in current.items() if record not in place}
    return Partition(around, assigned, place, current, _answers(around, current, place))


def _cluster(around: Surroundings, ids: Sequence[int]) -> Clusters:
    match, seen = around.look.rules.after.match, around.look.seen
    nodes = [
        Node(
            record,
            f"{seen[record].row.source}/{seen[record].row.source_key}",
            seen[record].row.source,
            strong_identifiers(match, seen[record].comparable),
        )
        for record in ids
    ]
    constraints = [Constraint(c.left_id, c.right_id, c.kind) for c in around.constraints.values()]
    return clustering(nodes, around.edges.values(), constraints, match.rules)


def _answers(around: Surroundings, current: Mapping[int, UUID], place: Mapping[int, UUID]) -> dict[UUID, UUID | None]:
    component = _components(around, current)
    masters: dict[int, set[UUID]] = defaultdict(set)
    compared: dict[int, set[UUID]] = defaultdict(set)
    for record in around.gathered:
        known = {m for m in (current.get(record), place.get(record)) if m is not None}
        masters[component[record]] |= known
        if record in current and around.touched(record):
            compared[component[record]].add(current[record])
    return {m: min(compared[name], default=None) for name, found in masters.items() for m in found}


def _components(around: Surroundings, current: Mapping[int, UUID]) -> dict[int, int]:
    """Return for each record the least one of its component: joined by matches, must-links and common masters."""
    leader = {record: record for record in around.gathered}

    def find(record: int) -> int:
        while leader[record] != record:
            leader[record] = leader[leader[record]]
            record = leader[record]
        return record

    first: dict[UUID, int] = {}
    ties = [(record, first.setdefault(master, record)) for record, master in sorted(current.items())]
    ties += [pair for pair, edge in around.edges.items() if edge.outcome == Outcome.MATCH]
    ties += [pair for pair, constraint in around.constraints.items() if constraint.kind == "must"]
    for pair in ties:
        if pair[0] in leader and pair[1] in leader:
            one, other = sorted(map(find, pair))
            leader[other] = one
    return {record: find(record) for record in around.gathered}

"""From changed records to a changed crosswalk, under locks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.matching import Clusters, Comparable, Constraint, Edge, Node, Outcome, clustering, strong_identifiers
from mdm.errors import Moved
from mdm.hub.golden import Touched
from mdm.hub.resolution.assignment import assign
from mdm.hub.resolution.candidates import compare
from mdm.hub.resolution.evidence import question_decisions
from mdm.store import golden, resolution
from mdm.store.resolution import Link
from mdm.store.rows import Row
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Resolution:
    """The masters to rebuild, and the veto of every match that clustering kept back: (smaller, larger id) → veto."""

    touched: dict[UUID, Touched]
    kept_back: dict[tuple[int, int], str] = field(default_factory=dict)


def resolve(
    work: Work,
    domain: Domain,
    *,
    changed: Collection[int],
    compared: Mapping[int, Comparable],
    counted: Mapping[int, UUID | None] | None = None,
) -> Resolution:
    """Bring the crosswalk around changed records to what the edges say.

    `compared` holds the new form for matching of the records whose form changed, a subset of `changed`. The caller
    holds the locks on their keys. `counted` is that of `assign`. Raises Moved when another transaction changed the
    ground in between.
    """
    if compared:
        compare(work, domain, compared)
        question_decisions(work, domain, compared)
    back = {master for master in (counted or {}).values() if master is not None}
    rows = _locked_component(work, changed, besides=back)
    masters = {row.master_id: Touched.of(row.master_id, row) for row in rows if row.master_id is not None}
    masters |= {m.id: Touched.of(m.id, m) for m in golden.masters(work.session, back).values()} if back else {}
    current = {row.id: row.master_id for row in rows if row.master_id is not None}
    clusters = _cluster(work, domain, rows)
    assigned = assign(clusters.groups, current=current, masters=masters, counted=counted)
    _write_links(work, assigned)
    own = {current[record] for record in changed if record in current}
    touched = {key: m for key, m in assigned.items() if m.moved or key in own}
    resolution.touch(work.session, masters.keys() - touched.keys())
    resolution.write_merges(
        work.session, {m.id: m.merged_into for m in assigned.values() if m.merged_into is not None or m.revived}
    )
    return Resolution(touched, {(d.edge.left, d.edge.right): d.veto for d in clusters.demoted})


def partition(work: Work, domain: Domain, records: Collection[int]) -> Clusters:
    """Lock the component of records and return how it would be clustered now, without changing anything."""
    return _cluster(work, domain, _locked_component(work, records))


def standing_partition(work: Work, domain: Domain, records: Collection[int]) -> Clusters:
    """Return how the component of records would be clustered now, without locks: to be shown, not decided upon."""
    return _cluster(work, domain, resolution.component(work.session, records))


def _locked_component(work: Work, changed: Collection[int], *, besides: Collection[UUID] = ()) -> Sequence[Row]:
    """Read the component, lock its masters, and read again what moved while waiting for the locks.

    Masters that only a question may join to it are locked too: who moves a record renews the questions around it, and
    two who did so at once would each ask about the master that the other's record was in before.
    """
    rows = resolution.component(work.session, changed)
    around = resolution.masters_around(work.session, [row.id for row in rows])
    work.reach("component_read")
    read = {row.master_id: row.revision for row in rows if row.master_id is not None}
    locked = resolution.lock(work.session, {*around, *read, *besides})
    if {master: locked.get(master) for master in read} != read:
        rows = resolution.component(work.session, changed)
    around = resolution.masters_around(work.session, [row.id for row in rows])
    if not around | {row.master_id for row in rows if row.master_id is not None} <= locked.keys():
        raise Moved
    return rows


def _cluster(work: Work, domain: Domain, rows: Sequence[Row]) -> Clusters:
    if len(rows) == 1:
        return Clusters((frozenset([rows[0].id]),), ())
    ids = [row.id for row in rows]
    nodes = [
        Node(row.id, f"{row.source}/{row.source_key}", row.source, strong_identifiers(domain.match, row.comparable))
        for row in rows
    ]
    edges = [
        Edge(e.left_id, e.right_id, e.weight, Outcome(e.outcome), tuple(e.vetoes), declared=e.declared)
        for e in resolution.edges(work.session, ids)
    ]
    constraints = [Constraint(c.left_id, c.right_id, c.kind) for c in resolution.constraints(work.session, ids)]
    return clustering(nodes, edges, constraints, domain.match.rules)


def _write_links(work: Work, masters: Mapping[UUID, Touched]) -> None:
    joined = [record for m in masters.values() for record in m.joined]
    if not joined:
        return
    numbers = resolution.last_link_numbers(work.session, joined)
    resolution.close_links(
        work.session, [Link(m.id, record, m.version + 1) for m in masters.values() for record in m.left]
    )
    resolution.open_links(
        work.session,
        [
            Link(m.id, record, m.version + 1, numbers.get(record, 0) + 1, m.reason)
            for m in masters.values()
            for record in m.joined
        ],
    )

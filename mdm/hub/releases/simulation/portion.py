"""One portion of a simulation: a range of masters with everything that other rules would change around them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from mdm.hub.golden import Touched
from mdm.hub.releases.simulation.effects import Effects
from mdm.hub.releases.simulation.masters import Masters
from mdm.hub.releases.simulation.partition import Partition, partition
from mdm.hub.releases.simulation.records import Look
from mdm.hub.releases.simulation.reviews import count_reviews
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.surroundings import Found, Surroundings
from mdm.hub.releases.simulation.tally import Tally
from mdm.store.releases import simulation
from mdm.store.rows import Row
from mdm.store.work import Work

Range = tuple[UUID, UUID | None]  # of master ids; None: to the end


def try_portion(work: Work, rules: Rules, span: Range, found: Mapping[int, Sequence[Found]]) -> Tally:
    """Count what the new rules would change of the masters in a range; `found` are new pairs, by record."""
    tally, look = Tally(), Look(work, rules)
    rows = {row.id: row for row in simulation.masters(work.session, rules.after.name, first=span[0], until=span[1])}
    compared = _compared(look, rows) if rules.clustered else set()
    tally.count("records", "compared", by=len(compared))
    parted = _part(look, compared, found) if compared else None
    if parted is not None:
        count_reviews(parted, tally, mine=rows.keys())
    moving = _moving(rows, parted)
    staying = _staying(rules, rows, parted)
    if moving or staying:
        masters = Masters.read(look, _involved(moving, parted) | staying.keys())
        staying = masters.concerned(staying)
        Effects(rules, tally).count(masters.drafts({**moving, **staying}, parted), work)
    again = staying.keys() | {parted.current[r] for r in compared if parted is not None and r in parted.current}
    tally.count("masters", "looked_at", by=len(rows))
    tally.count("masters", "rebuilt", by=len(again))
    if read := rules.effect.read:
        folded = simulation.count_claiming(work.session, rows.keys(), attributes=read)
        tally.count("records", "folded", by=folded)
    return tally


def _compared(look: Look, rows: Mapping[UUID, Row]) -> set[int]:
    """Return which records of these masters the new rules compare again."""
    session, rules = look.work.session, look.rules
    weights = rules.effect.weights if not rules.seen_otherwise else None
    ids = {row.record_id for row in simulation.members(session, rows.keys(), weights=weights)}
    if rules.effect.compared:
        return ids
    look.at(ids)
    return {record for record in ids if look.seen[record].changed}


def _part(look: Look, compared: set[int], found: Mapping[int, Sequence[Found]]) -> Partition:
    """Cluster records that are compared again with all that hangs together with them."""
    around = Surroundings(look, found)
    around.gather(compared)
    around.gather_neighbours()
    return partition(around)


def _moving(rows: Mapping[UUID, Row], parted: Partition | None) -> dict[UUID, Touched]:
    """Return the masters that gain or lose records, and for which this portion answers."""
    if parted is None:
        return {}
    return {key: parted.masters[key] for key in parted.moved() & parted.owned(rows.keys())}


def _staying(rules: Rules, rows: Mapping[UUID, Row], parted: Partition | None) -> dict[UUID, Touched]:
    """Return the masters of the range that keep their records, if their values may be others."""
    if not rules.rebuilt:
        return {}
    moved = parted.moved() if parted is not None else set()
    return {key: Touched.of(key, row) for key, row in rows.items() if key not in moved}


def _involved(moving: Mapping[UUID, Touched], parted: Partition | None) -> set[UUID]:
    """Return the masters whose records and values say what becomes of those that move."""
    if parted is None:
        return set()
    joined = {parted.current[r] for m in moving.values() for r in m.joined if r in parted.current}
    return {*moving, *joined, *(other for m in moving.values() for other in m.absorbed)}

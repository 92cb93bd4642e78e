"""Writing stewards' constraints so that records end up together or apart, whatever scores say."""

from collections.abc import Collection, Iterable, Mapping
from itertools import product

from mdm.core.domains import Domain
from mdm.core.matching import Comparable
from mdm.errors import Contradiction
from mdm.hub.resolution import evidence_of, partition
from mdm.store import records, resolution
from mdm.store.work import Work

TRIES = 4
MOST_PAIRS = 5_000  # cannot-links one decision may write

Pair = tuple[int, int]


def pair(one: int, other: int) -> Pair:
    """Return two records in the order in which constraints name them."""
    return min(one, other), max(one, other)


def must(work: Work, domain: Domain, pairs: Iterable[Pair], *, reason: str) -> None:
    """Decide that the two records of each pair are one thing."""
    _write(work, domain, pairs, kind="must", reason=reason)


def keep_apart(work: Work, domain: Domain, one: Collection[int], other: Collection[int], *, reason: str) -> None:
    """Decide that no record of one side is the same as one of the other; earlier must-links between them end."""
    pairs = [pair(a, b) for a, b in product(sorted(one), sorted(other))]
    if len(pairs) > MOST_PAIRS:
        raise Contradiction(
            f"{len(one)} records are to be kept apart from {len(other)}: more than one decision can say.",
            hint="Split off fewer records at a time.",
        )
    _write(work, domain, pairs, kind="cannot", reason=reason)


def hold_together(work: Work, domain: Domain, wanted: Collection[int], *, reason: str) -> None:
    """Add the must-links without which the wanted records would fall apart; raises Contradiction if none help."""
    for _ in range(TRIES):
        groups = partition(work, domain, wanted).groups
        parts = sorted(sorted(group & set(wanted)) for group in groups if not group.isdisjoint(wanted))
        if len(parts) == 1:
            return
        must(work, domain, [pair(parts[0][0], part[0]) for part in parts[1:]], reason=reason)
    raise Contradiction(
        "Earlier decisions keep these records apart in a way that this one cannot undo.",
        hint="Relink the records one by one.",
    )


def forget(work: Work, *, kind: str, between: Iterable[Collection[int]]) -> list[Pair]:
    """End earlier decisions of a kind between different ones of these sets of records; returns the pairs."""
    sets = [frozenset(side) for side in between]
    place = {record: at for at, side in enumerate(sets) for record in side}
    gone = [
        (c.left_id, c.right_id)
        for c in resolution.constraints_of(work.session, place)
        if c.kind == kind and c.left_id in place and c.right_id in place and place[c.left_id] != place[c.right_id]
    ]
    resolution.delete_constraints(work.session, gone)
    return gone


def strongest_pairs(work: Work, sides: Collection[Collection[int]]) -> list[Pair]:
    """Return for every side after the first the pair that speaks most for joining it to the ones before."""
    first, *rest = [sorted(side) for side in sides]
    weights = {
        pair(e.left_id, e.right_id): e.weight
        for e in resolution.edges(work.session, [r for side in sides for r in side])
    }
    joined, chosen = list(first), []
    for side in rest:
        pairs = [pair(a, b) for a, b in product(joined, side)]
        chosen.append(max(pairs, key=lambda p: (weights.get(p, float("-inf")), -p[0], -p[1])))
        joined += side
    return chosen


def _write(work: Work, domain: Domain, pairs: Iterable[Pair], *, kind: str, reason: str) -> None:
    given = list(pairs)
    known: Mapping[int, Comparable] = records.comparables(work.session, {record for p in given for record in p})
    rows = [
        {"left_id": a, "right_id": b, "kind": kind, "evidence": evidence_of(domain, known[a], known[b])}
        for a, b in given
    ]
    resolution.write_constraints(work.session, rows, reason=reason, by=work.actor.name, now=work.now)

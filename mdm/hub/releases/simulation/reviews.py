"""The questions to stewards about pairs of masters that would come up and fall away under other rules."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from mdm.hub.releases.simulation.partition import Partition
from mdm.hub.releases.simulation.surroundings import Pair
from mdm.hub.releases.simulation.tally import Tally
from mdm.hub.resolution.evidence import evidence_of, what_changed
from mdm.hub.tasks import MATCH_REVIEW
from mdm.store import tasks

Asked = tuple[UUID, UUID]  # the smaller master id first


def count_reviews(found: Partition, tally: Tally, *, mine: Collection[UUID]) -> None:
    """Count the match reviews that would be opened and closed, of those that the portion of `mine` answers for."""
    owned = found.owned(mine)
    wanted = _wanted(found)
    standing = tasks.open_around(found.around.look.work.session, owned, kind=MATCH_REVIEW)
    asked = {(place[0], place[1]) for place in standing}
    eldest = _least_records(found)
    for pair, records in wanted.items():
        if pair not in asked and _answering(found, pair, eldest) in owned:
            tally.count("tasks", MATCH_REVIEW, "opened")
            about = "-".join(map(str, min(records)))
            if tally.wants(("review",), about):
                tally.keep(("review",), about, _example(found, pair, min(records)))
    untouched = {master for master, by in found.answers.items() if by is None}
    for one, other in asked:
        if (one, other) not in wanted and (one in owned or (other in owned and one in untouched)):
            tally.count("tasks", MATCH_REVIEW, "closed")


def _wanted(found: Partition) -> dict[Asked, list[Pair]]:
    """Return the pairs of masters to ask about, each with the pairs of records that lead from one to the other."""
    around = found.around
    pairs: dict[Asked, list[Pair]] = defaultdict(list)
    for left, right in around.edges:
        if (asked := _between(found, left, right)) is not None:
            pairs[asked].append((left, right))
    answered, aged = set(), defaultdict(list)
    for left, right in (pair for pair, c in around.constraints.items() if c.kind == "cannot"):
        if (asked := _between(found, left, right)) is not None:
            answered.add(asked)
            if _has_aged(found, (left, right)):
                aged[asked].append((left, right))
    return {asked: records for asked, records in pairs.items() if asked not in answered} | dict(aged)


def _between(found: Partition, left: int, right: int) -> Asked | None:
    one, other = found.place.get(left), found.place.get(right)
    if one is None or other is None or one == other:
        return None
    return (one, other) if one < other else (other, one)


def _has_aged(found: Partition, pair: Pair) -> bool:
    """Tell whether what a decision rested on has changed, by the new rules where they compare the two again."""
    around, decided = found.around, found.around.constraints[pair]
    left, right = (around.look.seen[record] for record in pair)
    if not any(around.touched(record) for record in pair if record in around.gathered):
        return decided.changed is not None
    now = evidence_of(around.look.rules.after, left.comparable, right.comparable)
    return what_changed(decided.evidence, now) is not None


def _answering(found: Partition, pair: Asked, eldest: Mapping[UUID, int]) -> UUID:
    """Return the master of a pair whose component counts it: one in which something is compared, then the older."""
    compared = [master for master in pair if found.answers.get(master) is not None]
    return min(compared or pair, key=lambda master: eldest[master])


def _least_records(found: Partition) -> dict[UUID, int]:
    least: dict[UUID, int] = {}
    for record, master in found.place.items():
        least[master] = min(least.get(master, record), record)
    return least


def _example(found: Partition, pair: Asked, records: Pair) -> dict[str, object]:
    seen, edge = found.around.look.seen, found.around.edges.get(records)
    return {
        "kind": "review",
        "masters": [str(found.current.get(record, master)) for record, master in zip(records, pair, strict=True)],
        "records": [f"{seen[r].row.source}/{seen[r].row.source_key}" for r in records],
        "weight": None if edge is None else edge.weight,
        "vetoes": [] if edge is None else list(edge.vetoes),
    }

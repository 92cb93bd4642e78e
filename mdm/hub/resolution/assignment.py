"""Which cluster keeps which master: the difference between the crosswalk and a new partition."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from mdm.core.ids import new_id
from mdm.hub.golden import Touched


def assign(
    groups: Iterable[Collection[int]],
    *,
    current: Mapping[int, UUID],
    masters: Mapping[UUID, Touched],
    counted: Mapping[int, UUID | None] | None = None,
) -> dict[UUID, Touched]:
    """Give every group of records one master and note on each master what it gains and loses.

    `counted` says for which master a record counts if not for its own: one that a steward brings back, or none.

    A master stays with the group that holds most of its records (then: the one with fewest others, so that a record
    that leaves does not take it along; then: the one with the smallest record id). Of several masters in one group
    the oldest survives (then: the smallest id; a retired one only among its like), the others merge into it; a group
    without one gets a new master. Returns the given masters and the new ones by id.
    """
    ordered = sorted((sorted(group) for group in groups), key=lambda group: group[0])
    kept = _masters_by_group(ordered, {**current, **(counted or {})})
    assigned = dict(masters)
    for place, group in enumerate(ordered):
        candidates = sorted(kept.get(place, ()), key=lambda m: _seniority(masters[m]))
        survivor = masters[candidates[0]] if candidates else Touched(new_id())
        survivor.revived = survivor.status == "merged"
        assigned[survivor.id] = survivor
        for loser in candidates[1:]:
            masters[loser].merged_into = survivor.id
            survivor.absorbed.append(loser)
        _move(group, survivor, current=current, masters=masters)
    return assigned


def _seniority(master: Touched) -> tuple[bool, datetime | None, UUID]:
    """Order masters as survivors of a merge: what is in use does not disappear in what is no longer used."""
    return master.retired_at is not None, master.created_at, master.id


def _masters_by_group(groups: Sequence[Sequence[int]], counted: Mapping[int, UUID | None]) -> dict[int, list[UUID]]:
    places: dict[UUID, Counter[int]] = {}
    for place, group in enumerate(groups):
        for record in group:
            master = counted.get(record)
            if master is not None:
                places.setdefault(master, Counter())[place] += 1
    kept: dict[int, list[UUID]] = {}
    for master, counts in places.items():
        best = min(counts, key=lambda place: (-counts[place], len(groups[place]), place))
        kept.setdefault(best, []).append(master)
    return kept


def _move(
    group: Sequence[int], target: Touched, *, current: Mapping[int, UUID], masters: Mapping[UUID, Touched]
) -> None:
    target.records.update(group)
    for record in group:
        origin = current.get(record)
        if origin == target.id:
            continue
        target.joined.append(record)
        if origin is not None:
            masters[origin].left.append(record)
            masters[origin].records.add(record)
            if masters[origin].merged_into != target.id and target.id not in masters[origin].split_to:
                masters[origin].split_to.append(target.id)

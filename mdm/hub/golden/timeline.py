"""Golden records over valid time: comparing timelines and keeping the slices that did not change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from mdm.hub.approval.guard import Stretch
from mdm.store.golden import Ended
from survivorship.intervals import bounds_of, first_at, joined


class Stored(Stretch, Protocol):
    """A stretch as the store keeps it."""

    @property
    def id(self) -> int: ...
    @property
    def from_version(self) -> int: ...


class Announced(NamedTuple):
    """What a timeline says to subscribers: values over time, however they came about."""

    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, Any]


def announced(stretches: Iterable[Stretch]) -> list[Announced]:
    """Join neighbours that differ in provenance alone."""
    return joined(
        (Announced(s.valid_from, s.valid_to, s.attributes) for s in stretches),
        lambda one, other: one.attributes == other.attributes,
        lambda one, end: one._replace(valid_to=end),
    )


def at(timeline: Sequence[Announced], instant: datetime) -> dict[str, Any]:
    """Return the attributes in force at an instant, empty where there is no slice."""
    found = first_at(timeline, instant)
    return {} if found is None else found.attributes


def first_difference(
    before: Sequence[Announced], after: Sequence[Announced], *, now: datetime
) -> tuple[datetime, dict[str, Any], dict[str, Any]]:
    """Return the earliest instant from now on at which two timelines differ (else now), with both states there."""
    for instant in [now, *sorted(bound for bound in bounds_of([*before, *after]) if bound > now)]:
        old, new = at(before, instant), at(after, instant)
        if old != new:
            return instant, old, new
    return now, at(before, now), at(after, now)


@dataclass(slots=True)
class Replacement:
    """How stored slices become the wanted ones at a version."""

    ended: list[Ended] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    new: list[Stretch] = field(default_factory=list)


def replacement(stored: Sequence[Stored], wanted: Sequence[Stretch], *, version: int) -> Replacement:
    """Keep what is equal; end the rest at `version`, or delete what began with that very version."""
    kept, result = set(), Replacement()
    by_start = {s.valid_from: s for s in stored}
    for s in wanted:
        old = by_start.get(s.valid_from)
        if old and (old.valid_to, old.attributes, old.provenance) == (s.valid_to, s.attributes, s.provenance):
            kept.add(old.id)
        else:
            result.new.append(s)
    for old in stored:
        if old.id not in kept:
            if old.from_version == version:
                result.deleted.append(old.id)
            else:
                result.ended.append(Ended(old.id, version))
    return result

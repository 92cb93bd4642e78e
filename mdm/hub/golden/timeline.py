"""Golden records over valid time: comparing timelines and keeping the slices that did not change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from mdm.store.golden import Ended


class Stretch(Protocol):
    """Attributes over `[valid_from, valid_to)`; None is open."""

    @property
    def valid_from(self) -> datetime | None: ...
    @property
    def valid_to(self) -> datetime | None: ...
    @property
    def attributes(self) -> dict[str, Any]: ...
    @property
    def provenance(self) -> dict[str, Any]: ...


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
    joined: list[Announced] = []
    for s in stretches:
        if joined and joined[-1].valid_to == s.valid_from and joined[-1].attributes == s.attributes:
            joined[-1] = joined[-1]._replace(valid_to=s.valid_to)
        else:
            joined.append(Announced(s.valid_from, s.valid_to, s.attributes))
    return joined


def at(timeline: Sequence[Announced], instant: datetime) -> dict[str, Any]:
    """Return the attributes in force at an instant, empty where there is no slice."""
    for s in timeline:
        if (s.valid_from is None or s.valid_from <= instant) and (s.valid_to is None or instant < s.valid_to):
            return s.attributes
    return {}


def first_difference(
    before: Sequence[Announced], after: Sequence[Announced], *, now: datetime
) -> tuple[datetime, dict[str, Any], dict[str, Any]]:
    """Return the earliest instant from now on at which two timelines differ (else now), with both states there."""
    ends = {s.valid_from for s in (*before, *after)} | {s.valid_to for s in (*before, *after)}
    for instant in [now, *sorted(end for end in ends if end is not None and end > now)]:
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

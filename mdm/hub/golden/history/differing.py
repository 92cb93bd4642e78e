"""What differs between golden records, and between whole timelines: pure comparisons of what an actor sees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mdm.hub.golden.history.timeline import Shown
from survivorship import intervals

NOWHERE = Shown(None, None, {}, {}, [])  # where there is no slice


@dataclass(frozen=True, slots=True)
class Differing:
    """An attribute before and after, each with the record and the rule it comes from; None: no value."""

    attribute: str
    before: Any
    after: Any
    before_from: dict[str, Any] | None
    after_from: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class DifferingStretch:
    """What differs between two timelines over an interval of valid time."""

    valid_from: datetime | None
    valid_to: datetime | None
    attributes: list[Differing]


def differing(before: Shown, after: Shown) -> list[Differing]:
    """Return the attributes whose values differ, by name; one that is masked on either side is left out."""
    masked = {*before.masked, *after.masked}
    names = sorted((before.attributes.keys() | after.attributes.keys()) - masked)
    return [
        Differing(
            attribute=name,
            before=before.attributes.get(name),
            after=after.attributes.get(name),
            before_from=before.provenance.get(name),
            after_from=after.provenance.get(name),
        )
        for name in names
        if before.attributes.get(name) != after.attributes.get(name)
    ]


def differing_stretches(before: Sequence[Shown], after: Sequence[Shown]) -> list[DifferingStretch]:
    """Return the intervals of valid time over which two timelines differ, in order, as few as possible."""
    every = (
        DifferingStretch(*intervals.opened(interval), differing(old or NOWHERE, new or NOWHERE))
        for interval, old, new in intervals.side_by_side(before, after)
    )
    found = (stretch for stretch in every if stretch.attributes)
    return intervals.joined(found, _says_the_same, lambda stretch, end: replace(stretch, valid_to=end))


def _says_the_same(one: DifferingStretch, other: DifferingStretch) -> bool:
    return one.attributes == other.attributes

"""Which slices of a golden record change, and how: from when to when, and what follows from what was asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mdm.core.domains import Domain
from mdm.hub.approval.guard import Stretch
from survivorship.intervals import Bound, Interval, covers, joined, opened, side_by_side

MOST = 100  # slices that are shown
PAST, NOW, FUTURE = "past", "now", "future"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: a source record, a union's records or a pin, and the rule that decided."""

    record: Any
    rule: str


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that becomes another; one that was not `asked` follows from what was. None: nothing was asked by name."""

    attribute: str
    before: Any
    after: Any
    origin_before: Origin | None
    origin_after: Origin | None
    asked: bool | None


@dataclass(frozen=True, slots=True)
class SliceChange:
    """An interval of valid time in which values change; `when` it lies: past, now or future."""

    valid_from: Bound
    valid_to: Bound
    when: str
    changes: list[ValueChange]
    masked: list[str]


@dataclass(frozen=True, slots=True)
class SliceChanges:
    """The slices that change, in time order: the first of them, and how many more there are."""

    slices: list[SliceChange]
    more: int


def changed_slices(
    domain: Domain,
    before: Sequence[Stretch],
    after: Sequence[Stretch],
    *,
    asked: Collection[str] | None,
    visible: Collection[str],
    now: datetime,
) -> SliceChanges:
    """Compare two timelines: every interval in which a value differs; what is not visible is named, not shown.

    `asked` are the attributes and coupled groups that were to change, None where none were named.
    """
    named = None if asked is None else {name for unit in asked for name in domain.members_of(unit)}
    found = [
        _slice(interval, changes, visible, now)
        for interval, old, new in side_by_side(before, after)
        if (changes := _changes(old, new, named))
    ]
    whole = joined(found, _same, lambda one, end: replace(one, valid_to=end, when=_when(one.valid_from, end, now)))
    return SliceChanges(whole[:MOST], max(len(whole) - MOST, 0))


def _changes(old: Stretch | None, new: Stretch | None, named: Collection[str] | None) -> list[ValueChange]:
    before, after = ({} if s is None else s.attributes for s in (old, new))
    return [
        ValueChange(
            attribute=name,
            before=before.get(name),
            after=after.get(name),
            origin_before=_origin(old, name),
            origin_after=_origin(new, name),
            asked=None if named is None else name in named,
        )
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _origin(stretch: Stretch | None, name: str) -> Origin | None:
    found = None if stretch is None else stretch.provenance.get(name)
    return None if found is None else Origin(found["record"], found["rule"])


def _slice(interval: Interval, changes: list[ValueChange], visible: Collection[str], now: datetime) -> SliceChange:
    start, end = opened(interval)
    return SliceChange(
        start,
        end,
        _when(start, end, now),
        [change for change in changes if change.attribute in visible],
        [change.attribute for change in changes if change.attribute not in visible],
    )


def _when(start: Bound, end: Bound, now: datetime) -> str:
    if covers(start, end, now):
        return NOW
    return PAST if end is not None and end <= now else FUTURE


def _same(one: SliceChange, other: SliceChange) -> bool:
    return (one.changes, one.masked) == (other.changes, other.masked)

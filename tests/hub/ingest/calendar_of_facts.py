"""The obvious, slow fold of a record's facts: a calendar with an entry for every attribute and day, and no intervals.

That a record is there at all is one more attribute, about which every fact speaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DAYS = range(16)
THERE = "*"


@dataclass(frozen=True)
class Told:
    """What a source says, on days; those that come first come first in its own order."""

    operation: str
    said: int
    received: int
    effective: int | None = None
    replace: bool = False
    values: Mapping[str, Any] | None = None

    def starts(self, *, time_trusted: bool) -> int:
        if self.effective is not None:
            return self.effective
        return self.said if time_trusted else self.received

    def speaks_of(self, name: str, *, may_blank: bool) -> bool:
        values = self.values or {}
        if self.operation == "delete" or name == THERE:
            return True
        if name in values:
            return may_blank or values[name] is not None
        return self.operation == "full"


Calendar = dict[str, dict[int, Told | None]]  # attribute → day → the fact that counts


def calendar(facts: Sequence[Told], names: Sequence[str], *, time_trusted: bool, may_blank: bool) -> Calendar:
    """Fill the calendar fact by fact."""
    days: Calendar = {name: dict.fromkeys(DAYS) for name in [THERE, *names]}
    for n, fact in enumerate(facts):
        gone = days[THERE][DAYS[-1]]
        if fact.operation == "delete" and fact.effective is not None and gone and gone.operation == "delete":
            rest = [f for f in facts[:n] if f is not gone]  # another day for the deletion: the first never was
            return calendar([*rest, *facts[n:]], names, time_trusted=time_trusted, may_blank=may_blank)
        start = fact.starts(time_trusted=time_trusted)
        for name, held in days.items():
            if not fact.speaks_of(name, may_blank=may_blank):
                continue
            counting = [f for f in held.values() if f and (name != THERE or f.operation == "delete")]
            later = [f.effective for f in counting if f.effective is not None and f.effective > start]
            limitless = fact.replace or fact.operation == "delete"
            end = DAYS.stop if limitless else min(later, default=DAYS.stop)
            held.update(dict.fromkeys(range(start, end), fact))
    return days


def value_on(held: Mapping[int, Told | None], name: str, day: int) -> list[Any]:
    """What the source says about an attribute on a day: [] where it says nothing."""
    fact = held[day]
    said = {} if fact is None or fact.operation == "delete" else fact.values or {}
    return [said[name]] if name in said else []


def is_deleted(days: Calendar, day: int) -> bool:
    """Whether the record is deleted on a day."""
    fact = days[THERE][day]
    return fact is not None and fact.operation == "delete"

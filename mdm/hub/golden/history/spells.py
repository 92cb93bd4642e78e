"""What slices of all versions say of one attribute, put together to the intervals over which nothing changed: pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from survivorship import intervals

Provenance = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spell:
    """A value of one origin over `[valid_from, valid_to)` of valid time and `[from_version, until_version)`."""

    valid_from: datetime | None
    valid_to: datetime | None
    from_version: int
    until_version: int | None
    value: Any
    origin: Provenance

    def says_the_same(self, other: Self) -> bool:
        """Tell whether another one has the same value of the same origin."""
        return (self.value, self.origin) == (other.value, other.origin)


def spells(parts: Iterable[Spell]) -> list[Spell]:
    """Join what slices say to as few spells as possible, in order of version and of valid time."""
    begun, ended = defaultdict(list), defaultdict(list)
    for part in parts:
        begun[part.from_version].append(part)
        if part.until_version is not None:
            ended[part.until_version].append(part)
    standing: dict[datetime | None, Spell] = {}  # by start, as are those that go on
    going: dict[datetime | None, Spell] = {}
    found: list[Spell] = []
    for version in sorted(begun.keys() | ended.keys()):
        for part in ended[version]:
            del standing[part.valid_from]
        standing |= {part.valid_from: part for part in begun[version]}
        now = {s.valid_from: s for s in _joined(standing.values())}
        for start, spell in list(going.items()):
            if start not in now or not (now[start].valid_to == spell.valid_to and now[start].says_the_same(spell)):
                found.append(replace(going.pop(start), until_version=version))
        new = (s for start, s in now.items() if start not in going)
        going |= {s.valid_from: replace(s, from_version=version, until_version=None) for s in new}
    return sorted([*found, *going.values()], key=lambda s: (s.from_version, _order(s)))


def _joined(parts: Iterable[Spell]) -> list[Spell]:
    """Join neighbours in valid time that say the same."""
    ordered = sorted(parts, key=_order)
    return intervals.joined(ordered, Spell.says_the_same, lambda part, end: replace(part, valid_to=end))


def _order(spell: Spell) -> datetime:
    return spell.valid_from or intervals.START

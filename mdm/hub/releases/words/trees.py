"""Documents of rules side by side: lists of named parts are trees too, and the leaves that differ are found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Path = tuple[str, ...]
NAMED = ("name", "level")  # what tells the parts of a list apart
ORDER = "(order)"  # the last part of the path to the order of such a list


class Absent:
    """The value of what is not declared."""

    def __repr__(self) -> str:
        """Return how it reads."""
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Place:
    """A place at which two documents differ: where it is, and what either says there (ABSENT: nothing)."""

    path: Path
    before: Any
    after: Any
    rules: Any  # the newer document as a whole

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]

    @property
    def added(self) -> bool:
        """Tell whether only the newer document says something here."""
        return self.before is ABSENT

    def inside(self, path: Path, before: Any, after: Any) -> "Place":
        """Return a place further down."""
        return Place((*self.path, *path), before, after, self.rules)

    @property
    def removed(self) -> bool:
        """Tell whether only the older document says something here."""
        return self.after is ABSENT


def children(place: Place) -> Iterator[Place] | None:
    """Return the places inside that differ, None if there is nothing to look into on both sides.

    Of lists of named parts the order is a child of its own.
    """
    before, after = _tree(place.before, place.after), _tree(place.after, place.before)
    return None if before is None or after is None else _differing(place, before, after)


def _differing(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Place]:
    for name in (*before, *(name for name in after if name not in before)):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if differ(old, new):
            yield place.inside((name,), old, new)
    if isinstance(place.before, list):
        old_order, new_order = [n for n in before if n in after], [n for n in after if n in before]
        if old_order != new_order:
            yield place.inside((ORDER,), old_order, new_order)


def differ(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are not the same: 1 and true are two, 1 and 1.0 are two as well."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() != other.keys() or any(differ(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) != len(other) or any(differ(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is not type(other) or bool(one != other)


def _tree(value: Any, other: Any) -> Mapping[str, Any] | None:
    """Return the parts of a mapping, or of a list whose elements all have a name of their own.

    What is not declared, or empty, has none beside an `other` that has some.
    """
    if value is ABSENT or value == []:
        return {} if isinstance(other, list | Mapping) and other else None
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, list) or not all(isinstance(part, Mapping) for part in value):
        return None
    for key in NAMED:
        names = [part.get(key) for part in value]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return dict(zip(names, value, strict=True))
    return None

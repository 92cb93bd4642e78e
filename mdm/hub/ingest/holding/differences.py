"""What facts change about a source record: values, whether it lives, and which values are lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mdm.hub.ingest.fold import Instant, Said, State, Terms, apply


class Kind(StrEnum):
    """What becomes of a source record."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Difference:
    """A source record before and after, by the values in force at one instant."""

    kind: Kind
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def changed(self) -> set[str]:
        """The attributes that get another value, or lose theirs."""
        if self.kind != Kind.CHANGED:
            return set()
        return {
            name for name in self.before.keys() | self.after.keys() if self.before.get(name) != self.after.get(name)
        }

    @property
    def blanked(self) -> set[str]:
        """The attributes that lose their value."""
        return self.before.keys() - self.after.keys() if self.kind == Kind.CHANGED else set()


def difference(before: State, after: State, instant: Instant) -> Difference:
    """Tell what became of a source record; one that its source had deleted counts as none."""
    known, alive = (bool(state.claims) and state.ended is None for state in (before, after))
    if not known:
        return Difference(Kind.NEW if alive else Kind.UNCHANGED, {}, {})
    old, new = _values(before, instant), _values(after, instant)
    if not alive:
        return Difference(Kind.DELETED, old, {})
    return Difference(Kind.UNCHANGED if old == new else Kind.CHANGED, old, new)


def told(state: State, facts: Iterable[Said], terms: Terms) -> tuple[State, int]:
    """Return a state with facts added, and how many of them come too late to be heard."""
    late = 0
    for said in sorted(facts, key=lambda said: said.order):
        if state.order is None or said.order > state.order:
            state = apply(state, said, terms)
        else:
            late += 1
    return state, late


def _values(state: State, instant: Instant) -> dict[str, Any]:
    found = {}
    for name, segments in state.claims.items():
        for segment in segments:
            if segment.start <= instant and (segment.end is None or instant < segment.end):
                if segment.value is not None:
                    found[name] = segment.value
                break
    return found

"""Where portions of a simulation are worked off: one look at the database, and the rules that are tried."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.hub.releases.simulation.new_pairs import Drawn, Keyed, compare_pairs, keys_in
from mdm.hub.releases.simulation.portion import Range, try_portion
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.surroundings import Found, Pair
from mdm.hub.releases.simulation.tally import Tally
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Brief:
    """What all who work on a simulation must know: the two releases, by number and document, and the instant."""

    id: UUID
    numbers: tuple[int, int]
    documents: tuple[Mapping[str, Any], Mapping[str, Any]]
    now: datetime

    def rules(self) -> Rules:
        """Compile the rules that are compared."""
        return Rules.of(*self.documents, numbers=self.numbers, now=self.now)


@dataclass(slots=True)
class Bench:
    """Works off one task after the other; `found` are the new pairs it has been told of, by record."""

    work: Work
    rules: Rules
    found: Mapping[int, Sequence[Found]] = field(default_factory=dict)

    def do(self, task: str, *given: Any) -> Any:
        """Do a task by its name."""
        tasks: dict[str, Callable[..., Any]] = {
            "keys": self.keys,
            "pairs": self.pairs,
            "learn": self.learn,
            "portion": self.portion,
        }
        return tasks[task](*given)

    def keys(self, span: Range, one_in: int) -> Keyed:
        """Return the keys that records would have."""
        return keys_in(self.work, self.rules, span, one_in=one_in)

    def pairs(self, pairs: Collection[Pair], hot: Collection[Pair], one_in: int) -> list[Drawn]:
        """Compare pairs that may be new."""
        return compare_pairs(self.work, self.rules, pairs, hot, one_in=one_in)

    def learn(self, found: Iterable[Found]) -> None:
        """Remember new pairs, to cluster with them."""
        by: dict[int, list[Found]] = defaultdict(list)
        for pair in found:
            by[pair.left].append(pair)
            by[pair.right].append(pair)
        self.found = by

    def portion(self, span: Range) -> Tally:
        """Count what the rules change of a range of masters."""
        return try_portion(self.work, self.rules, span, self.found)

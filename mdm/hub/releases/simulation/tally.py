"""What a simulation counts, portion by portion, and the examples it keeps of each kind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nsmallest
from typing import Any

EXAMPLES = 5  # of each kind, and of each attribute that changes
Place = tuple[str, ...]  # what is counted: ("changed", "phone", "now")
Example = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts by place, and examples by kind; those of portions add up to that of the whole, in whatever order.

    Examples are chosen by a digest of what they are about: the same ones in every run, from anywhere in the domain.
    """

    counts: Counter[Place] = field(default_factory=Counter)
    examples: dict[Place, list[tuple[str, Example]]] = field(default_factory=dict)

    def count(self, *place: str, by: int = 1) -> None:
        """Count something."""
        self.counts[place] += by

    def wants(self, place: Place, about: str) -> bool:
        """Tell whether an example would be among those that are kept."""
        kept = self.examples.get(place, [])
        return len(kept) < EXAMPLES or _lot(about) < kept[-1][0]

    def keep(self, place: Place, about: str, example: Example) -> None:
        """Keep an example, in the place of another one if there are enough."""
        kept = [*self.examples.get(place, ()), (_lot(about), example)]
        self.examples[place] = nsmallest(EXAMPLES, kept, key=lambda drawn: drawn[0])

    def add(self, other: "Tally") -> None:
        """Add what was counted elsewhere."""
        self.counts += other.counts
        for place, drawn in other.examples.items():
            kept = [*self.examples.get(place, ()), *drawn]
            self.examples[place] = nsmallest(EXAMPLES, kept, key=lambda one: one[0])

    def of(self, *place: str) -> int:
        """Return how often something was counted."""
        return self.counts[place]

    def below(self, *place: str) -> dict[str, int]:
        """Return what was counted one step below a place, by name."""
        depth = len(place)
        found = {key[depth]: n for key, n in self.counts.items() if key[:depth] == place and len(key) == depth + 1}
        return dict(sorted(found.items()))

    def shown(self) -> Iterator[Example]:
        """Yield the examples, kind by kind."""
        for place in sorted(self.examples):
            yield from (example for _, example in self.examples[place])


def _lot(about: str) -> str:
    return blake2b(about.encode(), digest_size=8).hexdigest()

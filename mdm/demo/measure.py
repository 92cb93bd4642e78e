"""How well a hub's links agree with the truth, counted in pairs of source records."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from mdm.demo.manifest import Record


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairs: truly the same, linked, both, and asked about that are truly the same; and how many questions."""

    true_pairs: int
    linked_pairs: int
    found_pairs: int
    asked_pairs: int
    questions: int

    @property
    def precision(self) -> float:
        """Share of the linked pairs that are true; 1 where nothing is linked."""
        return self.found_pairs / self.linked_pairs if self.linked_pairs else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are linked."""
        return self.found_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def review_recall(self) -> float:
        """Share of the true pairs that are linked or asked about."""
        return (self.found_pairs + self.asked_pairs) / self.true_pairs if self.true_pairs else 1.0


def measure(
    truth: Mapping[Record, str], masters: Mapping[Record, UUID], questions: Iterable[tuple[UUID, UUID]]
) -> Quality:
    """Compare links and open match reviews with the truth; records without truth count as entities of their own."""
    entities: dict[UUID, Counter[object]] = defaultdict(Counter)
    for record, master in masters.items():
        entities[master][truth.get(record, record)] += 1
    asked = list(questions)
    return Quality(
        true_pairs=sum(_pairs(n) for n in Counter(truth.values()).values()),
        linked_pairs=sum(_pairs(sum(counts.values())) for counts in entities.values()),
        found_pairs=sum(_pairs(n) for counts in entities.values() for n in counts.values()),
        asked_pairs=sum(_crossing(entities[left], entities[right]) for left, right in asked),
        questions=len(asked),
    )


def _pairs(records: int) -> int:
    return records * (records - 1) // 2


def _crossing(left: Counter[object], right: Counter[object]) -> int:
    return sum(n * right[entity] for entity, n in left.items())

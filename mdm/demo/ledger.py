"""The book of the demo: which record of which system is about what, and under which keys a thing is known."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate
from random import Random

from mdm.demo.exports import Exports
from mdm.demo.manifest import Record
from mdm.demo.message import Message
from mdm.demo.naming import weighted

RECORDS_PER_ENTITY = tuple(accumulate((55, 31, 9, 3.5, 1.5)))
SYSTEM_SHARES = tuple(accumulate((45, 35, 20, 12)))
SPREAD = 7_368_787  # a prime: walks through the key space so that neighbours in it are strangers
KEY_SPACE = 9_000_000


class Ledger:
    """A book of records, into which every domain enters its own."""

    def __init__(self, exports: Exports) -> None:
        """Write the messages of records to `exports`."""
        self.exports = exports
        self.truth: dict[Record, str] = {}
        self.deleted: list[Record] = []
        self.quiet: dict[Record, Message] = {}  # the records of which only one thing was ever said
        self._keys = 0
        self._known: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._holders: Counter[tuple[str, str]] = Counter()

    def number(self) -> int:
        """Return a number for a key that no other record has."""
        self._keys += 1
        return self._keys * SPREAD % KEY_SPACE

    def enter(self, record: Record, entity: str, messages: Sequence[Message]) -> None:
        """Enter what a system said about a record, and what it is about."""
        domain, system, key = record
        for message in messages:
            self.exports.add(domain, system, message)
        self.truth[record] = entity
        if any(message.operation == "delete" for message in messages):
            self.deleted.append(record)
        else:
            self._known[domain, system, entity].append(key)
        self._holders[domain, entity] += 1
        if len(messages) == 1 and not messages[0].batch:
            self.quiet[record] = messages[0]

    def key_of(self, domain: str, system: str, entity: str) -> str | None:
        """Return the key under which a system knows an entity, if it does."""
        keys = self._known.get((domain, system, entity))
        return keys[0] if keys else None

    def is_alone(self, record: Record) -> bool:
        """Tell whether nobody else has a record of the same thing."""
        return self._holders[record[0], self.truth[record]] == 1


def holders(rng: Random, systems: Sequence[str]) -> list[str]:
    """Return the systems that hold a record of one entity, a system twice if it has a duplicate."""
    count = 1 + weighted(rng, RECORDS_PER_ENTITY)
    chosen = [systems[weighted(rng, SYSTEM_SHARES[: len(systems)])]]
    while len(chosen) < count:
        others = [system for system in systems if system not in chosen]
        chosen.append(rng.choice(others) if others and rng.random() < 0.82 else rng.choice(systems))
    return chosen

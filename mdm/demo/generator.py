"""The generator of the demo: organisations, the systems that know them, and the files these export."""

from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Literal

from mdm.demo.exports import Exports
from mdm.demo.manifest import Manifest, Record
from mdm.demo.naming import weighted
from mdm.demo.partners.entity import Entity
from mdm.demo.partners.habits import SYSTEMS
from mdm.demo.partners.history import Histories
from mdm.demo.partners.population import Population
from mdm.demo.partners.view import Views

Size = Literal["small", "medium", "large"]
SIZES: dict[Size, dict[str, int]] = {
    "small": {"customer": 1_200, "supplier": 800},
    "medium": {"customer": 12_000, "supplier": 8_000},
    "large": {"customer": 120_000, "supplier": 80_000},
}
RECORDS_PER_ENTITY = tuple(accumulate((55, 31, 9, 3.5, 1.5)))
SYSTEM_SHARES = tuple(accumulate((45, 35, 20)))
SPREAD = 7_368_787  # a prime: walks through the key space so that neighbours in it are strangers
KEY_SPACE = 9_000_000


def generate(folder: Path, *, size: Size, seed: int) -> Manifest:
    """Write the exports and the truth into a folder; the same size and seed give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    manufacturer = Manufacturer(Random(f"{size}-{seed}"))
    for domain, count in SIZES[size].items():
        manufacturer.fill(domain, count)
    files = manufacturer.exports.write(folder)
    manifest = Manifest(
        folder=folder,
        size=size,
        seed=seed,
        files=files,
        records=manufacturer.exports.records,
        broken_rows=manufacturer.exports.broken_rows,
        truth=manufacturer.truth,
        deleted=frozenset(manufacturer.deleted),
    )
    manifest.save()
    return manifest


class Manufacturer:
    """A company with five systems and their overlapping views of the same partners."""

    def __init__(self, rng: Random) -> None:
        """Draw everything from `rng`."""
        self.rng = rng
        self.exports = Exports(rng)
        self.views = Views(rng)
        self.histories = Histories(rng, self.views)
        self.truth: dict[Record, str] = {}
        self.deleted: list[Record] = []
        self._keys = 0

    def fill(self, domain: str, count: int) -> None:
        """Enter so many records of a domain into its systems."""
        end = len(self.truth) + count
        for number, entity in enumerate(Population(self.rng).organisations(), 1):
            entity.id = f"{domain[0].upper()}{number:06d}"
            for at, system in enumerate(self._systems(domain)):
                if len(self.truth) == end:
                    return
                self._enter(domain, system, entity, outdated=at > 0 and self.rng.random() < 0.5)

    def _systems(self, domain: str) -> list[str]:
        """Return the systems that hold a record of one entity, a system twice if it has a duplicate."""
        rng, systems = self.rng, SYSTEMS[domain]
        count = 1 + weighted(rng, RECORDS_PER_ENTITY)
        first = systems[weighted(rng, SYSTEM_SHARES)]
        chosen = [first]
        while len(chosen) < count:
            others = [system for system in systems if system not in chosen]
            chosen.append(rng.choice(others) if others and rng.random() < 0.82 else rng.choice(systems))
        return chosen

    def _enter(self, domain: str, system: str, entity: Entity, *, outdated: bool) -> None:
        self._keys += 1
        key = KEYS[system](self._keys * SPREAD % KEY_SPACE)
        record = (domain, system, key)
        view = self.views.view(entity, system, outdated=outdated)
        messages = self.histories.messages(entity, system, key, view)
        for message in messages:
            self.exports.add(domain, system, message)
        self.truth[record] = entity.id
        if any(message.operation == "delete" for message in messages):
            self.deleted.append(record)


KEYS = {
    "erp": lambda number: f"{1_000_000 + number:010d}",
    "crm": lambda number: f"0015f00002{number:08X}",
    "shop": lambda number: str(7_012_000_000_000 + number * 32),
    "portal": lambda number: f"S-{10_000_000 + number}",
    "procurement": lambda number: f"V{number:07d}",
}

"""The generator of the demo: a manufacturer's partners, places and items, and the files its systems export."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Literal

from mdm.demo.changes import Changes
from mdm.demo.exports import Exports
from mdm.demo.items.families import FamilyRecords
from mdm.demo.items.fill import ItemRecords
from mdm.demo.items.item import Item
from mdm.demo.ledger import Ledger
from mdm.demo.locations.fill import LocationRecords
from mdm.demo.locations.location import Location
from mdm.demo.manifest import Manifest, Record
from mdm.demo.partners.fill import PartnerRecords
from mdm.demo.production.item_plants import ItemPlantRecords
from mdm.demo.production.work_centers import WorkCenterRecords

Size = Literal["small", "medium", "large"]
SIZES: dict[Size, dict[str, int]] = {
    "small": {
        "customer": 1_200, "supplier": 800, "location": 200, "item": 500, "work_center": 60, "item_plant": 100,
    },
    "medium": {
        "customer": 4_500, "supplier": 3_000, "location": 1_500, "item": 3_500, "work_center": 300, "item_plant": 700,
    },
    "large": {
        "customer": 120_000, "supplier": 80_000, "location": 20_000, "item": 60_000, "work_center": 8_000,
        "item_plant": 15_000,
    },
}  # fmt: skip


SOME_DAY = date(2030, 1, 1)


def generate(folder: Path, *, size: Size, seed: int, today: date = SOME_DAY) -> Manifest:
    """Write the exports and the truth into a folder; the same size, seed and day give the same bytes.

    Some changes of the last exports take effect in the days after `today`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manufacturer = Manufacturer(f"{size}-{seed}")
    for domain, count in SIZES[size].items():
        manufacturer.fill(domain, count)
    changes = Changes(Random(f"{size}-{seed}-changes"), manufacturer.ledger, today=today)
    for domain in SIZES[size]:
        changes.announce(domain)
    files = manufacturer.exports.write(folder)
    manifest = Manifest(
        folder=folder,
        size=size,
        seed=seed,
        today=str(today),
        files=files,
        first_files=manufacturer.exports.first_files,
        records=manufacturer.exports.records,
        broken_rows=manufacturer.exports.broken_rows,
        truth=manufacturer.truth,
        deleted=frozenset(manufacturer.ledger.deleted),
    )
    manifest.save()
    return manifest


class Manufacturer:
    """A company whose systems have overlapping views of the same partners, places and items."""

    def __init__(self, seed: int | str) -> None:
        """Draw everything from what follows the seed."""
        self.seed = seed
        self._draws: dict[str, Random] = {}
        self.exports = Exports(self._draw)
        self.ledger = Ledger(self.exports)
        self.plants: list[Location] = []
        self.items: list[Item] = []

    @property
    def truth(self) -> dict[Record, str]:
        """What every record is about."""
        return self.ledger.truth

    def fill(self, domain: str, count: int) -> None:
        """Enter so many records of a domain into its systems; product families come with the items that need them."""
        rng = self._draw(domain)
        match domain:
            case "location":
                self.plants = LocationRecords(rng, self.ledger).fill(count)
            case "item":
                self.items = ItemRecords(rng, self.ledger).fill(count)
                FamilyRecords(rng, self.ledger).fill(self.items)
            case "work_center":
                WorkCenterRecords(rng, self.ledger).fill(self.plants, count)
            case "item_plant":
                ItemPlantRecords(rng, self.ledger).fill(self.items, self.plants, count)
            case _:
                PartnerRecords(rng, self.ledger, domain).fill(count)

    def _draw(self, domain: str) -> Random:
        """Return what a domain draws from; customers and suppliers share one."""
        name = f"{self.seed}-{domain}" if domain not in ("customer", "supplier") else self.seed
        return self._draws.setdefault(str(name), Random(name))

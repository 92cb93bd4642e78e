"""What plants know of items: planning, stock and cost, as ERP, MES and WMS have them."""

from collections.abc import Sequence
from random import Random

from mdm.demo.items.item import Item
from mdm.demo.ledger import Ledger
from mdm.demo.locations.location import Location
from mdm.demo.message import View
from mdm.demo.stories import Stories

DOMAIN = "item_plant"
SYSTEMS = {"erp": 1.0, "mes": 0.8, "wms": 0.2}  # how often each has an item of a plant


class ItemPlantRecords:
    """The records of items in plants."""

    def __init__(self, rng: Random, ledger: Ledger) -> None:
        """Draw from `rng` and enter what is drawn into `ledger`."""
        self.rng = rng
        self.ledger = ledger
        self.stories = Stories(rng)

    def fill(self, items: Sequence[Item], plants: Sequence[Location], count: int) -> None:
        """Enter so many records of items that the ERP knows."""
        rng, left = self.rng, count
        known = [item for item in items if self.ledger.key_of("item", "erp", item.id)]
        shuffled = rng.sample(known, len(known))
        made = {item.id for item in known if self.ledger.key_of("item", "mes", item.id) and rng.random() < 0.7}
        for item in sorted(shuffled, key=lambda item: item.id not in made):
            for plant in rng.sample(plants, min(len(plants), rng.choice((1, 1, 1, 2, 3)))):
                for system, share in SYSTEMS.items():
                    if not left:
                        return
                    if rng.random() < share:
                        left -= self._enter(item, plant, system)

    def _enter(self, item: Item, plant: Location, system: str) -> int:
        """Enter the record of a system that knows both, and return how many that were."""
        item_key = self.ledger.key_of("item", system, item.id)
        plant_key = self.ledger.key_of("location", system, plant.id)
        if item_key is None or plant_key is None:
            return 0
        key = f"{item_key}/{plant_key}"
        view: View = {"item": item_key, "plant": plant_key} | self._about(item, system)
        told = self.stories.messages(key, view, earlier=self._earlier, planned=_phased_out)
        self.ledger.enter((DOMAIN, system, key), f"{item.id}@{plant.id}", told)
        return 1

    def _about(self, item: Item, system: str) -> View:
        rng = self.rng
        view: View = {"status": "active", "storage_location": f"{rng.randint(1, 9):04d}"}
        if system != "wms":
            view["supervisor"] = f"{rng.randint(1, 20):03d}"
        if system == "erp":
            cost = (0.4 + item.mass * rng.uniform(3, 14)) * (3 if item.kind.own else 1)
            view["procurement"] = "make" if item.kind.own else "buy"
            view["mrp_type"], view["lot_size"] = rng.choice(("PD", "VB", "ND")), rng.choice(("EX", "FX", "WB", "HB"))
            view["controller"] = f"{rng.randint(1, 30):03d}"
            view["lead_time"] = str(rng.choice((2, 5, 10, 15, 20, 30, 45, 60)))
            view["cost"] = f"{cost:.2f}"
        if rng.random() < 0.6:
            view["safety_stock"], view["unit"] = str(rng.choice((5, 10, 20, 50, 100, 500))), item.kind.unit
        if rng.random() < 0.7:
            view["abc"] = rng.choice("ABC")
        return view

    def _earlier(self, view: View) -> View:
        return view | {"storage_location": f"{self.rng.randint(1, 9):04d}"}


def _phased_out(view: View) -> View:
    return view | {"status": "phase_out"}

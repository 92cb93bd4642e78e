"""How locations come into the systems of the demo."""

from random import Random

from mdm.demo.ledger import Ledger, holders
from mdm.demo.locations.location import Location
from mdm.demo.locations.population import Locations
from mdm.demo.locations.view import HOURS, SYSTEMS, LocationViews
from mdm.demo.message import View
from mdm.demo.stories import Stories

DOMAIN = "location"
KEYS = {
    "erp": lambda number: f"L{number:07d}",
    "mes": lambda number: f"EQ-{number:07d}",
    "wms": lambda number: f"W{number:07d}",
    "tms": lambda number: f"STOP{number:07d}",
}


class LocationRecords:
    """The records of locations."""

    def __init__(self, rng: Random, ledger: Ledger) -> None:
        """Draw from `rng` and enter what is drawn into `ledger`."""
        self.rng = rng
        self.ledger = ledger
        self.views = LocationViews(rng)
        self.stories = Stories(rng)

    def fill(self, count: int) -> list[Location]:
        """Enter so many records, and return the plants among them."""
        left, plants = count, list[Location]()
        for number, location in enumerate(Locations(self.rng).locations(), 1):
            location.id = f"L{number:06d}"
            plant = location.type == "plant"
            if plant and left > 1:
                plants.append(location)
            systems = holders(self.rng, SYSTEMS[location.type])
            if plant:
                systems = ["erp", "mes", *(system for system in systems if system not in ("erp", "mes"))]
            for at, system in enumerate(systems):
                if not left:
                    return plants
                self._enter(location, system, outdated=at > 0 and self.rng.random() < 0.1)
                left -= 1
        return plants

    def _enter(self, location: Location, system: str, *, outdated: bool) -> None:
        plant = location.type == "plant"
        key = (location.plant_code or "") if plant and system == "erp" else KEYS[system](self.ledger.number())
        view = self.views.view(location, system, outdated=outdated)
        if location.parent and (parent := self.ledger.key_of(DOMAIN, system, location.parent.id)):
            view["parent"] = parent
        told = self.stories.messages(key, view, earlier=self._earlier, planned=self._planned, lasting=plant)
        self.ledger.enter((DOMAIN, system, key), location.id, told)

    def _earlier(self, view: View) -> View:
        return {name: value for name, value in view.items() if name not in ("phone", "gln")} | {"status": "planned"}

    def _planned(self, view: View) -> View:
        return view | ({"hours": self.rng.choice(HOURS)} if "hours" in view else {"status": "closed"})

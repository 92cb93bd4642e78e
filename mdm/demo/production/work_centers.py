"""The work centers of the demo: areas, lines and machines of every plant, as ERP and MES have them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from mdm.demo.ledger import Ledger
from mdm.demo.locations.location import Location
from mdm.demo.message import View
from mdm.demo.stories import Stories

DOMAIN = "work_center"
AREAS = (
    ("Mechanische Fertigung", "Machining", ("Drehzentrum=Turning centre", "Fräszentrum=Milling centre")),
    ("Montage", "Assembly", ("Montageplatz=Assembly station", "Prüfstand=Test bench")),
    ("Lackiererei", "Paint shop", ("Lackierkabine=Paint booth", "Trockner=Dryer")),
    ("Gießerei", "Foundry", ("Schmelzofen=Furnace", "Kernschießer=Core shooter")),
    ("Verpackung", "Packing", ("Verpackungslinie=Packing line", "Palettierer=Palletizer")),
)
CALENDARS = ("1S", "2S", "3S", "4K")


@dataclass(frozen=True, slots=True)
class WorkCenter:
    """A work center as it is, with what it is part of."""

    plant: Location
    code: str
    type: str
    german: str
    english: str
    parent: "WorkCenter | None" = None

    @property
    def id(self) -> str:
        """What names it in the truth."""
        return f"{self.plant.id}/{self.code}"


class WorkCenterRecords:
    """The records of work centers."""

    def __init__(self, rng: Random, ledger: Ledger) -> None:
        """Draw from `rng` and enter what is drawn into `ledger`."""
        self.rng = rng
        self.ledger = ledger
        self.stories = Stories(rng)

    def fill(self, plants: Sequence[Location], count: int) -> None:
        """Enter so many records, plant by plant in turn."""
        left = count
        parks = [self._park(plant) for plant in plants]
        for park in cycle(parks):
            for center in [next(park) for _ in range(self.rng.randint(3, 9))]:
                for system in ("erp", "mes") if self.rng.random() < 0.7 else (self.rng.choice(("erp", "mes")),):
                    if not left:
                        return
                    left -= self._enter(center, system)

    def _park(self, plant: Location) -> Iterator[WorkCenter]:
        """Yield what stands in a plant without end: an area, its lines, their machines, then the next area."""
        rng = self.rng
        for number, (german, english, machines) in enumerate(cycle(AREAS), 1):
            area = WorkCenter(plant, f"A{number:02d}", "area", f"{german} {number}", f"{english} {number}")
            yield area
            for at in range(1, rng.randint(2, 4)):
                title = f"Linie {number}.{at}", f"Line {number}.{at}"
                line = WorkCenter(plant, f"L{number:02d}{at}", "line", *title, parent=area)
                yield line
                for place in range(1, rng.randint(3, 6)):
                    names = rng.choice(machines).split("=")
                    title = f"{names[0]} {place}", f"{names[1]} {place}"
                    yield WorkCenter(plant, f"M{number:02d}{at}{place}", "machine", *title, parent=line)

    def _enter(self, center: WorkCenter, system: str) -> int:
        """Enter the record of a system, and return how many that were."""
        plant = self.ledger.key_of("location", system, center.plant.id)
        if plant is None:
            return 0
        rng, key = self.rng, f"{plant}-{center.code}"
        code = center.code.lower() if rng.random() < 0.05 else center.code
        english = rng.random() < (0.3 if system == "mes" else 0.05)
        view: View = {
            "code": code,
            "plant": plant,
            "type": center.type,
            "status": "active",
            "calendar": rng.choice(CALENDARS),
        }
        view["name"] = center.english if english else center.german
        if center.parent and self.ledger.key_of(DOMAIN, system, center.parent.id):
            view["parent"] = f"{plant}-{center.parent.code}"
        if rng.random() < 0.6:
            view["capacity"] = f"{rng.choice((7.5, 8, 15, 16, 22.5, 24)):g}"
        if system == "erp":
            view["cost_center"] = f"{rng.randint(4000, 4999)}"
        told = self.stories.messages(key, view, earlier=_planned_place, planned=_out_of_service)
        self.ledger.enter((DOMAIN, system, key), center.id, told)
        return 1


def _planned_place(view: View) -> View:
    return view | {"status": "planned"}


def _out_of_service(view: View) -> View:
    return view | {"status": "out_of_service"}

"""One system's record of a location: what its people know, written as they write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from mdm.demo.dirt import (
    city_as_written,
    code_as_written,
    folded,
    phone_as_written,
    street_as_written,
    typo,
    wrong_digit,
)
from mdm.demo.locations.location import Location
from mdm.demo.message import View


@dataclass(frozen=True, slots=True)
class Habit:
    """The habits of one system, as probabilities."""

    presence: Mapping[str, float]
    english: float
    operator: float  # the operator stands in the name
    town: float  # the town stands in the name
    careless: float
    upper: float


HABITS: dict[str, Habit] = {
    "erp": Habit(
        presence={
            "gln": 0.75, "phone": 0.5, "plant_code": 1.0, "zone": 0.8,
            "operator": 0.6, "capacity": 0.3, "hours": 0.2,
        },
        english=0.05, operator=0.15, town=0.5, careless=0.03, upper=0.1,
    ),
    "mes": Habit(
        presence={"gln": 0.4, "plant_code": 0.85, "zone": 0.5, "capacity": 0.4, "position": 0.2},
        english=0.35, operator=0.05, town=0.4, careless=0.04, upper=0.1,
    ),
    "wms": Habit(
        presence={
            "gln": 0.7, "phone": 0.5, "plant_code": 0.6,
            "operator": 0.5, "capacity": 0.8, "position": 0.3, "hours": 0.5,
        },
        english=0.15, operator=0.15, town=0.35, careless=0.06, upper=0.15,
    ),
    "tms": Habit(
        presence={
            "gln": 0.65, "phone": 0.75, "plant_code": 0.2, "zone": 0.4,
            "operator": 0.7, "position": 0.75, "hours": 0.7,
        },
        english=0.3, operator=0.6, town=0.4, careless=0.08, upper=0.08,
    ),
}  # fmt: skip
SYSTEMS = {
    "plant": ("erp", "mes", "tms", "wms"), "warehouse": ("wms", "erp", "tms", "mes"),
    "storage_area": ("wms", "erp", "mes"), "dock": ("wms", "tms", "mes"), "office": ("erp", "tms", "tms"),
    "customer_site": ("tms", "erp", "wms"), "supplier_site": ("tms", "erp", "wms"),
}  # fmt: skip
HOURS = ("Mo-Fr 06:00-22:00", "Mo-Fr 07:00-15:30", "Mon-Fri 8-16", "24/7", "Mo-Do 7-16, Fr 7-12")


class LocationViews:
    """A writer of records."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng

    def view(self, location: Location, system: str, *, outdated: bool = False) -> View:
        """Return the record of a location in a system; an outdated one has a number that is no longer in use."""
        rng, habit = self.rng, HABITS[system]
        known = {name for name, share in habit.presence.items() if rng.random() < share}
        view: View = {
            "type": location.type, "name": self._name(location, habit), "country": location.country.code,
            "status": location.status,
        }  # fmt: skip
        if system == "tms" and location.type in ("plant", "warehouse") and rng.random() < 0.02:
            view["type"] = "warehouse" if location.type == "plant" else "plant"
        self._address(view, location, habit)
        if location.gln and "gln" in known:
            view["gln"] = self._gln(location)
        if "phone" in known:
            number = location.phone if not outdated else location.phone[:-1] + str(rng.randint(0, 9))
            view["phone"] = phone_as_written(rng, number, location.place.city.area, location.country)
        if "operator" in known:
            view["operator"] = location.operator if rng.random() < 0.7 else location.operator.rsplit(" ", 1)[0]
        if "plant_code" in known and location.plant_code:
            view["plant_code"] = location.plant_code
        self._facts(view, location, known)
        return view

    def _name(self, location: Location, habit: Habit) -> str:
        rng = self.rng
        language = "EN" if rng.random() < habit.english else location.country.language
        name = location.called(language)
        if not location.own and (location.tag is None or rng.random() < 0.85):
            operator = location.operator if rng.random() < 0.6 else location.operator.rsplit(" ", 1)[0]
            name = f"{operator} {name}" if location.tag or rng.random() < 0.3 else operator
        elif rng.random() < habit.operator:
            name = f"{location.brand} {name}" if rng.random() < 0.6 else f"{location.operator}, {name}"
        if rng.random() < habit.town:
            town = location.place.city.name[1]
            name = rng.choice((f"{name} {town}", f"{town} {name}", f"{name}, {town}"))
        if rng.random() < habit.careless:
            name = typo(rng, name)
        if rng.random() < 0.1:
            name = folded(rng, name)
        return name.upper() if rng.random() < habit.upper else name

    def _address(self, view: View, location: Location, habit: Habit) -> None:
        rng, place, country = self.rng, location.place, location.country
        careless = habit.careless
        view["city"] = city_as_written(rng, place.city.name[1], careless=careless)
        view["postal_code"] = code_as_written(rng, place, country, careless=careless)
        if rng.random() < 0.96:
            view["street"] = street_as_written(rng, place.street[1], country, careless=careless)
        if rng.random() < (0.95 if country.code == "US" else 0.1):
            view["region"] = place.city.region

    def _gln(self, location: Location) -> str:
        """Return its number; now and then that of the whole site, or a mistyped one."""
        rng, number = self.rng, location.gln or ""
        dice = rng.random()
        if dice < 0.008 and location.parent and location.parent.gln:
            return location.parent.gln
        return wrong_digit(rng, number) if dice > 0.985 else number

    def _facts(self, view: View, location: Location, known: set[str]) -> None:
        rng = self.rng
        if location.zone and "zone" in known:
            view["zone"] = location.zone
        if location.capacity and "capacity" in known:
            view["capacity"] = str(location.capacity)
        if location.coordinates and "position" in known:
            view["position"] = [f"{degrees + rng.uniform(-0.0005, 0.0005):.5f}" for degrees in location.coordinates]
        if "hours" in known:
            view["hours"] = rng.choice(HOURS)

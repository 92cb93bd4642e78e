"""The locations of the demo: the manufacturer's sites with all that lies on them, and the sites of its partners."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from mdm.demo.country import Country, Pair, Place, countries
from mdm.demo.identifiers import Identifiers
from mdm.demo.locations.location import Location, tables
from mdm.demo.naming import Names, city, legal_form, phone, street, weighted, with_form

OWN = ("Nordquell Pumpen GmbH", "Nordquell")
LANGUAGES = ("DE", "EN", "IT", "FR", "ES", "PL", "CS", "TR")
WAREHOUSES = ("central", "high_bay", "parts", "warehouse", "warehouse")
TRIES = 30
STATUS = ("active",) * 12 + ("planned", "closed")


class Locations:
    """A maker of locations in a fixed order."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self.names = Names(rng)
        self.identifiers = Identifiers(rng)
        self.countries = [country for country in countries() if country.language in LANGUAGES]
        self._weights = tuple(accumulate(country.weight for country in self.countries))
        self._sites = 0
        self._towns: set[Pair] = set()

    def locations(self) -> Iterator[Location]:
        """Yield locations without end; those of one site come together, what others are part of first."""
        while True:
            self._sites += 1
            kin = self._own_site() if self._sites % 5 == 1 else self._foreign_site()
            for location in kin:
                self._describe(location)
            yield from kin

    def _own_site(self) -> list[Location]:
        """A plant with its warehouses, storage areas, docks and sometimes its offices."""
        rng = self.rng
        country, place = self._new_town()
        code = f"{1000 + 10 * (self._sites // 5)}"
        tag = rng.choice((None, None, "1", "2", "3"))
        plant = self._located("plant", "plant", tag, country, place, OWN)
        kin = [plant]
        kin += [self._part(plant, "warehouse", *word) for word in self._warehouses()]
        for at in range(rng.randint(1, 4)):
            word = "yard" if at == 3 else "hall"
            kin.append(self._part(rng.choice(kin[:2]), "storage_area", word, str(at + 1)))
        word = rng.choice(("gate", "ramp"))
        kin += [self._part(rng.choice(kin[:2]), "dock", word, str(at)) for at in range(1, rng.randint(2, 5))]
        if rng.random() < 0.4:
            kin.append(self._part(plant, "office", "office", None))
        for location in kin:
            location.plant_code = code
        return kin

    def _new_town(self) -> tuple[Country, Place]:
        """Return a place in a city where the manufacturer is not yet, if a few tries find one."""
        for _ in range(TRIES):
            country = self.countries[weighted(self.rng, self._weights)]
            place = self._place(country)
            if place.city.name not in self._towns:
                break
        self._towns.add(place.city.name)
        return country, place

    def _warehouses(self) -> list[tuple[str, str | None]]:
        rng = self.rng
        words = rng.sample(("central", "high_bay", "parts", "warehouse"), rng.randint(1, 3))
        return [(word, rng.choice("NSOW") if word == "warehouse" else None) for word in words]

    def _part(self, whole: Location, kind: str, word: str, tag: str | None) -> Location:
        part = self._located(kind, word, tag, whole.country, whole.place, OWN)
        part.parent, part.phone = whole, whole.phone
        return part

    def _foreign_site(self) -> list[Location]:
        """Sites of a customer, supplier or forwarder: one or several in other places, sometimes two in one yard."""
        rng = self.rng
        country = self.countries[weighted(rng, self._weights)]
        operator = self._operator(country)
        kind = rng.choice(("customer_site", "customer_site", "supplier_site", "supplier_site", "warehouse"))
        word = "central" if kind == "warehouse" else rng.choice(("plant", "plant", "warehouse"))
        count = rng.choice((1, 1, 1, 2, 2, 3))
        place = self._place(country)
        together = count > 1 and rng.random() < 0.3
        kin = []
        for at in range(count):
            where = place if together or at == 0 else self._place(country)
            tag = str(at + 1) if count > 1 or rng.random() < 0.2 else None
            kin.append(self._located(kind, word, tag, country, where, operator))
        if rng.random() < 0.2:
            kin.append(self._tenant(place, country))
        return kin

    def _tenant(self, place: Place, country: Country) -> Location:
        """A stranger's site at the same address."""
        return self._located("supplier_site", "plant", None, country, place, self._operator(country))

    def _operator(self, country: Country) -> tuple[str, str]:
        name = self.names.organisation(country)
        form = legal_form(self.rng, country).variants[0][1]
        return with_form(name.latin, form, country, local=False), name.words[0][1]

    def _place(self, country: Country) -> Place:
        town = city(self.rng, country)
        return Place(street(self.rng, country), town, self.rng.choice(town.codes))

    def _located(
        self, kind: str, word: str, tag: str | None, country: Country, place: Place, operator: tuple[str, str]
    ) -> Location:
        return Location(
            type=kind, word=word, tag=tag, country=country, place=place, operator=operator[0], brand=operator[1],
            phone=phone(self.rng, country, place.city.area), own=operator is OWN,
        )  # fmt: skip

    def _describe(self, location: Location) -> None:
        rng = self.rng
        share = {"plant": 0.95, "warehouse": 0.85, "dock": 0.5, "storage_area": 0.4}.get(location.type, 0.6)
        if rng.random() < share:
            location.gln = self.identifiers.gln()
        if centre := tables()["coordinates"].get(location.place.city.name[0]):
            home = location.parent.coordinates if location.parent else None
            latitude, longitude = home or (centre[0] + rng.uniform(-0.06, 0.06), centre[1] + rng.uniform(-0.08, 0.08))
            nearby = 0.001 if home else 0.0
            location.coordinates = (latitude + rng.uniform(-nearby, nearby), longitude + rng.uniform(-nearby, nearby))
        if location.type in ("warehouse", "storage_area"):
            location.capacity = rng.randint(2, 240) * 50
        location.status = rng.choice(STATUS)

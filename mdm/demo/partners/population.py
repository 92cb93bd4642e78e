"""The organisations of the demo: mostly strangers to each other, some in families of look-alikes."""

import dataclasses
from collections.abc import Callable, Iterator
from itertools import accumulate
from random import Random

from mdm.demo.country import Country, Pair, Place, countries
from mdm.demo.identifiers import Identifiers
from mdm.demo.naming import (
    DIVISIONS,
    Name,
    Names,
    city,
    coined,
    legal_form,
    phone,
    pick,
    slug,
    street,
    surname,
    weighted,
)
from mdm.demo.partners.entity import Entity, Person

FUNCTIONS = ("Einkauf", "Purchasing", "Sales", "Accounting", "Quality", "Logistics", "CEO", "Vendite", "Achats")
MAILBOXES = ("info", "office", "contact", "kontakt", "sales", "mail", "service", "zentrale")
INDUSTRIES = ("2511", "2562", "2829", "2222", "4669", "4941", "2732", "2410", "2016", "3320")
EUROPEAN_FORMS = ("AG", "SA", "S.A.", "S.p.A.", "a.s.", "plc", "Inc.")
TWINS = ("Holding", "Immobilien", "Verwaltungs", "Service", "Beteiligungs", "Leasing")


class Population:
    """A maker of organisations in a fixed order."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self.names = Names(rng)
        self.identifiers = Identifiers(rng)
        self.countries = countries()
        self._weights = tuple(accumulate(country.weight for country in self.countries))
        self._families = 0

    def organisations(self) -> Iterator[Entity]:
        """Yield organisations without end; families come together."""
        families: tuple[tuple[float, Callable[[], list[Entity]]], ...] = (
            (0.015, self._group),
            (0.027, self._namesakes),
            (0.033, self._franchise),
            (0.045, self._tenants),
            (0.05, self._twins),
            (0.056, self._agency),
        )
        while True:
            dice = self.rng.random()
            maker = next((make for limit, make in families if dice < limit), self._single)
            kin = maker()
            if len(kin) > 1:
                self._families += 1
                for entity in kin:
                    entity.kin = f"{maker.__name__[1:]}-{self._families}"
            yield from kin

    def _single(self) -> list[Entity]:
        return [self.organisation()]

    def country(self) -> Country:
        """Return a country by its share."""
        return self.countries[weighted(self.rng, self._weights)]

    def organisation(
        self, country: Country | None = None, *, name: Name | None = None, place: Place | None = None
    ) -> Entity:
        """Return one organisation with everything that identifies it."""
        rng = self.rng
        country = country or self.country()
        name = name or self.names.organisation(country)
        place = place or self.place(country)
        large = rng.random()
        domain = self.names.domain(name, country) if large > 0.14 else None
        email = f"{rng.choice(MAILBOXES)}@{domain}" if domain else self.names.free_mail(name, country)
        form = legal_form(rng, country)
        european = form.variants[0][1] in EUROPEAN_FORMS
        entity = Entity(
            country=country,
            name=name,
            form=form,
            place=place,
            phone=phone(rng, country, place.city.area),
            domain=domain,
            email=email,
            vat_id=self.identifiers.vat_id(country.code) if large > 0.05 else None,
            tax_number=self.identifiers.tax_number(country.code),
            duns=self.identifiers.duns() if large > 0.6 else None,
            gln=self.identifiers.gln() if large > 0.7 else None,
            lei=self.identifiers.lei() if european and large > 0.5 else None,
            industry=rng.choice(INDUSTRIES),
        )
        self._people(entity)
        self._accounts(entity)
        self._history(entity)
        return entity

    def place(self, country: Country) -> Place:
        """Return a place in the country."""
        town = city(self.rng, country)
        return Place(street(self.rng, country), town, self.rng.choice(town.codes))

    def _people(self, entity: Entity) -> None:
        rng, country = self.rng, entity.country
        for _ in range(rng.choice((1, 1, 2))):
            given, family = pick(rng, country.given), surname(rng, country)
            at = entity.domain or entity.email.split("@")[1]
            mailbox = f"{slug(given[1])[: rng.choice((1, 20))]}.{slug(family[1])}@{at}"
            number = phone(rng, country, entity.place.city.area) if rng.random() < 0.4 else None
            entity.people.append(Person(given, family, mailbox, number, rng.choice(FUNCTIONS)))

    def _accounts(self, entity: Entity) -> None:
        rng = self.rng
        for _ in range(rng.choice((1, 1, 1, 2))):
            if iban := self.identifiers.iban(entity.country.code):
                entity.accounts.append((iban, rng.choice(entity.country.banks)))

    def _history(self, entity: Entity) -> None:
        """Let some have moved, and some be known by a brand."""
        rng = self.rng
        if rng.random() < 0.06:
            elsewhere = self.place(entity.country)
            same_town = dataclasses.replace(elsewhere, city=entity.place.city, code=rng.choice(entity.place.city.codes))
            entity.former_place = same_town if rng.random() < 0.6 else elsewhere
        if rng.random() < 0.04:
            brand = coined(rng)[0]
            entity.trade_name = f"{brand} {rng.choice(DIVISIONS)}" if rng.random() < 0.5 else brand

    def _group(self) -> list[Entity]:
        """Subsidiaries: one brand, other divisions and countries, sometimes one switchboard and mailbox."""
        rng = self.rng
        brand, home = coined(rng) if rng.random() < 0.5 else surname(rng, self.country()), self.country()
        shared_mail, shared_phone, kin = rng.random() < 0.35, rng.random() < 0.25, list[Entity]()
        for _ in range(rng.randint(2, 5)):
            country = home if rng.random() < 0.55 else self.country()
            word = rng.choice(DIVISIONS) if rng.random() < 0.6 else pick(rng, country.industries)
            extra: Pair | None = (word, word) if isinstance(word, str) else word
            latin = (brand[1], brand[1]) if country.code != home.code else brand
            entity = self.organisation(country, name=Name((latin, *([extra] if extra else []))))
            entity.group = f"G{self._families:05d}"
            kin.append(entity)
        head = kin[0]
        for entity in kin[1:]:
            entity.domain = head.domain or entity.domain
            if head.domain:
                word = entity.country.code.lower() if rng.random() < 0.5 else slug(entity.name.words[-1][1])
                entity.email = head.email if shared_mail else f"{word}@{head.domain}"
            if shared_phone and entity.country is head.country:
                entity.phone = head.phone
        return _distinct(kin)

    def _namesakes(self) -> list[Entity]:
        """Strangers of the same name in other cities."""
        first = self.organisation()
        others = [self.organisation(first.country, name=first.name) for _ in range(self.rng.choice((1, 1, 2)))]
        for other in others:
            if self.rng.random() < 0.6:
                other.form = first.form
            if other.place.city is first.place.city:
                other.name = Name((*first.name.words, first.place.city.name), first.name.joint)
        return [first, *others]

    def _franchise(self) -> list[Entity]:
        """Independent owners under one brand, each with its city in the name."""
        rng, country = self.rng, self.country()
        brand, trade = coined(rng), pick(rng, country.industries)
        towns = rng.sample(range(len(country.cities)), min(len(country.cities), rng.randint(3, 6)))
        kin = []
        for at in towns:
            town = country.cities[at]
            place = Place(street(rng, country), town, rng.choice(town.codes))
            joint = "" if country.code == "JP" else " "
            kin.append(self.organisation(country, name=Name((brand, trade, town.name), joint), place=place))
        hotline, domain = kin[0].phone, kin[0].domain
        shared = rng.random() < 0.4
        for entity, at in zip(kin, towns, strict=True):
            if domain:
                entity.domain, entity.email = domain, f"{slug(country.cities[at].name[1])}@{domain}"
            if shared:
                entity.phone = hotline
        return kin

    def _tenants(self) -> list[Entity]:
        """Strangers in one building."""
        country = self.country()
        place = self.place(country)
        kin = [self.organisation(country, place=place) for _ in range(self.rng.randint(2, 4))]
        if self.rng.random() < 0.15:
            for entity in kin:
                entity.phone = kin[0].phone
        return kin

    def _twins(self) -> list[Entity]:
        """A company and the one that owns its building: the same owner, address, telephone and web site."""
        rng = self.rng
        first = self.organisation()
        word = rng.choice(TWINS)
        name = Name((*first.name.words[:1], (word, word)))
        second = self.organisation(first.country, name=name, place=first.place)
        second.phone, second.domain, second.email = first.phone, first.domain, first.email
        second.former_place, second.trade_name = None, None
        return [first, second]

    def _agency(self) -> list[Entity]:
        """Strangers whose bookkeeper gave his own mailbox or telephone number."""
        rng, country = self.rng, self.country()
        town = city(rng, country)
        kin = []
        for _ in range(rng.randint(3, 4)):
            place = Place(street(rng, country), town, rng.choice(town.codes))
            kin.append(self.organisation(country, place=place))
        mailbox = f"office@{slug(surname(rng, country)[1])}-accounting.com"
        number, by_mail = phone(rng, country, town.area), rng.random() < 0.6
        for entity in kin:
            if by_mail:
                entity.email = mailbox
            else:
                entity.phone = number
        return kin


def _distinct(kin: list[Entity]) -> list[Entity]:
    """Leave out members that cannot be told from an earlier one by name and country."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for entity in kin:
        mark = (entity.name.latin, entity.country.code)
        if mark not in seen:
            kept.append(entity)
        seen.add(mark)
    return kept

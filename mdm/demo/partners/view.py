"""One system's record of an organisation: what its people know, written as they write it."""

from random import Random
from typing import Any

from mdm.demo.country import Country, Pair, Place
from mdm.demo.dirt import (
    PLACEHOLDERS,
    city_as_written,
    code_as_written,
    conjunction,
    folded,
    phone_as_written,
    shortened,
    street_as_written,
    typo,
    vat_as_written,
    wrong_digit,
)
from mdm.demo.message import View
from mdm.demo.naming import phone, street, with_form
from mdm.demo.partners.entity import Entity
from mdm.demo.partners.habits import HABITS, Habit

TERMS = ("ZB30", "ZB14", "ZB60", "NT30", "NT45", "VORK")
INCOTERMS = ("DAP", "EXW", "FCA", "DDP", "CPT")


class Views:
    """A writer of records."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng

    def view(self, entity: Entity, system: str, *, outdated: bool = False) -> View:
        """Return the record of an organisation in a system; an outdated one knows its former place."""
        rng, habit = self.rng, HABITS[system]
        hard = bool(entity.former_place or entity.trade_name or entity.country.scripted)
        local = entity.country.scripted and self._is_local(habit)
        view: View = {"country": self._country(entity.country, system), "language": entity.country.language}
        view["name"] = self._name(entity, habit, local=local)
        if entity.country.scripted and not local and rng.random() < habit.local_name:
            view["name_local"] = with_form(entity.name.local, entity.form.variants[0][0], entity.country, local=True)
        place = entity.former_place if outdated and entity.former_place else entity.place
        view.update(self._address(place, entity.country, habit, local=local))
        if not hard and rng.random() > habit.presence["address"]:
            for name in ("street", "postal_code", "line2", "po_box"):
                view.pop(name, None)
        self._contact_data(view, entity, habit, hard=hard)
        self._identifiers(view, entity, habit, hard=hard)
        self._business(view, entity)
        self._recognisable(view, entity)
        return view

    def new_place(self, entity: Entity, known: View) -> View:
        """Return another address in the same city, in the script of the one already known."""
        rng, country, town = self.rng, entity.country, entity.place.city
        local = country.scripted and not known["street"].isascii()
        return {"street": street(rng, country)[0 if local else 1], "postal_code": rng.choice(town.codes)}

    def _is_local(self, habit: Habit) -> bool:
        limit = {"latin": 0.08, "local": 0.7, "either": 0.5}[habit.script]
        return self.rng.random() < limit

    def _country(self, country: Country, system: str) -> str:
        if system in ("erp", "procurement", "shop"):
            return country.code
        return self.rng.choice(country.names[:3]) if system == "portal" else self.rng.choice(country.names)

    def _name(self, entity: Entity, habit: Habit, *, local: bool) -> str:
        rng, country = self.rng, entity.country
        if entity.trade_name and rng.random() < habit.brand:
            return entity.trade_name
        words = self._words(entity, local=local)
        joint = entity.name.joint if local else " "
        name = self._with_form(joint.join(words), entity, habit, local=local)
        if rng.random() < habit.careless:
            name = typo(rng, name)
            if rng.random() < 0.12:
                name = typo(rng, name)
        if rng.random() < habit.ascii and not local:
            name = folded(rng, name)
        dice = rng.random()
        if dice < habit.upper:
            return name.upper()
        if dice < habit.upper + habit.lower:
            return name.lower()
        return name.replace(" ", "  ", 1) if dice > 0.99 and country.code != "JP" else name

    def _words(self, entity: Entity, *, local: bool) -> list[str]:
        rng, script = self.rng, 0 if local else 1
        words = [word[script] for word in entity.name.words]
        dice, simple = rng.random(), "&" not in words and len(words) > 1
        if "&" in words and dice < 0.35:
            words = conjunction(rng, words, entity.country)
        elif simple and dice < 0.03:
            words = words[::-1]
        elif simple and dice < 0.05 and not entity.kin:
            words = words[:-1]
        elif dice > 0.97:
            words = shortened(rng, words)
        elif dice > 0.95 and not entity.kin:
            words = [*words, entity.place.city.name[script]]
        return words

    def _with_form(self, name: str, entity: Entity, habit: Habit, *, local: bool) -> str:
        rng = self.rng
        if rng.random() < habit.no_form:
            return name
        variants = entity.form.variants
        variant: Pair = rng.choice(variants[1:]) if rng.random() < habit.other_form and variants[1:] else variants[0]
        return with_form(name, variant[0 if local else 1], entity.country, local=local)

    def _address(self, place: Place, country: Country, habit: Habit, *, local: bool) -> View:
        rng, script, careless = self.rng, 0 if local else 1, habit.careless
        address: View = {
            "street": street_as_written(rng, place.street[script], country, careless=careless),
            "city": city_as_written(rng, place.city.name[script], careless=careless),
            "postal_code": code_as_written(rng, place, country, careless=careless),
        }
        if rng.random() < habit.ascii:
            address["street"], address["city"] = folded(rng, address["street"]), folded(rng, address["city"])
        if rng.random() < (0.95 if country.code == "US" else 0.12):
            address["region"] = place.city.region
        dice = rng.random()
        if dice < 0.05:
            address["line2"] = rng.choice(
                ("Gebäude 4", "2. OG", "Building B", "Halle 3", "c/o Wareneingang", "Suite 200")
            )
        elif dice < 0.065:
            address["po_box"] = str(rng.randint(100, 9999) * 10)
            del address["street"]
        if rng.random() < 0.02:
            del address["postal_code"]
        return address

    def _contact_data(self, view: View, entity: Entity, habit: Habit, *, hard: bool) -> None:
        rng, country, area = self.rng, entity.country, entity.place.city.area
        presence = habit.presence
        if rng.random() < presence["phone"]:
            number = entity.phone
            dice = rng.random()
            if dice < 0.07 and entity.people[0].phone:
                number = entity.people[0].phone
            elif dice < 0.085:
                number = wrong_digit(rng, number)
            view["phone"] = phone_as_written(rng, number, area, country)
            if dice > 0.985 and not hard:
                view["phone"] = rng.choice(PLACEHOLDERS["phone"])
        if rng.random() < presence.get("fax", 0):
            view["fax"] = phone_as_written(rng, phone(rng, country, area), area, country)
        if rng.random() < presence["email"] or (hard and not entity.vat_id):
            view["email"] = self._email(entity, hard=hard)
        if entity.domain and rng.random() < presence.get("website", 0):
            view["website"] = rng.choice(("", "www.", "https://www.", "http://", "https://")) + entity.domain
        if rng.random() < presence["contacts"]:
            view["contacts"] = [self._person(person, area, country) for person in entity.people]

    def _email(self, entity: Entity, *, hard: bool) -> str:
        rng = self.rng
        dice = rng.random()
        if hard or dice < 0.7:
            return entity.email
        if dice < 0.93:
            return rng.choice(entity.people).email
        if dice < 0.975 and entity.domain:
            return f"{rng.choice(('sales', 'einkauf', 'invoice', 'office', 'orders'))}@{entity.domain}"
        if dice < 0.985:
            return entity.email.replace("@", "@ ", 1) if dice < 0.98 else typo(rng, entity.email)
        return rng.choice(PLACEHOLDERS["email"]) if dice > 0.992 else entity.email.upper()

    def _person(self, person: Any, area: str, country: Country) -> View:
        names = [person.given[1], person.family[1]]
        contact: View = {"name": " ".join(names if self.rng.random() < 0.85 else [f"{names[1]},", names[0]])}
        contact.update(email=person.email, function=person.function)
        if person.phone:
            contact["phone"] = phone_as_written(self.rng, person.phone, area, country)
        return contact

    def _identifiers(self, view: View, entity: Entity, habit: Habit, *, hard: bool) -> None:
        rng = self.rng
        wanted = rng.random() < habit.presence["vat_id"]
        if entity.vat_id and (wanted or hard):
            dice = rng.random()
            view["vat_id"] = vat_as_written(rng, entity.vat_id)
            if dice < 0.02 and not hard:
                view["vat_id"] = wrong_digit(rng, entity.vat_id)
            elif dice < 0.03 and not hard:
                view["vat_id"] = rng.choice(PLACEHOLDERS["vat_id"])
        for name in ("tax_number", "duns", "gln", "lei"):
            value = getattr(entity, name)
            if value and rng.random() < habit.presence.get(name, 0):
                view[name] = wrong_digit(rng, value) if name == "gln" and rng.random() < 0.03 else value
        if entity.accounts and rng.random() < habit.presence.get("accounts", 0):
            some = entity.accounts if rng.random() < 0.6 else entity.accounts[:1]
            view["accounts"] = [self._account(iban, bic) for iban, bic in some]

    def _account(self, iban: str, bic: str | None) -> View:
        spaced = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
        account: View = {"iban": iban if self.rng.random() < 0.7 else spaced}
        if bic:
            account["bic"] = bic
        return account

    def _business(self, view: View, entity: Entity) -> None:
        rng = self.rng
        view["currency"] = entity.country.currency if rng.random() < 0.9 else "EUR"
        view["payment_terms"], view["incoterms"] = rng.choice(TERMS), rng.choice(INCOTERMS)
        view["industry"] = entity.industry
        if rng.random() < 0.4:
            view["credit_limit"] = f"{rng.randint(1, 400) * 500}"
        if rng.random() < 0.03:
            view["blocked"] = True
        if entity.group:
            view["group"] = entity.group
        if rng.random() < 0.3:
            view["certificate"] = {
                "number": f"{rng.randint(10000, 99999)}-{rng.randint(100, 999)}",
                "standard": rng.choice(("ISO 9001", "ISO 14001", "IATF 16949", "ISO 45001")),
                "valid_until": f"{rng.randint(2026, 2029)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            }

    def _recognisable(self, view: View, entity: Entity) -> None:
        """Let no record stand without anything that a person could check."""
        known = [name for name in ("vat_id", "phone", "email", "street", "website") if name in view]
        known = [name for name in known if view[name] not in PLACEHOLDERS.get(name, ())]
        if len(known) < 2 or "street" not in view:
            view["email"] = entity.email
        if len(known) < 2 and "phone" not in known:
            view["phone"] = phone_as_written(self.rng, entity.phone, entity.place.city.area, entity.country)

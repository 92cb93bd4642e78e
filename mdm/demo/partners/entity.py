"""One real-world organisation of the demo, as an all-knowing clerk would describe it."""

from dataclasses import dataclass, field

from mdm.demo.country import Country, Form, Pair, Place
from mdm.demo.naming import Name


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to talk to."""

    given: Pair
    family: Pair
    email: str
    phone: str | None
    function: str


@dataclass(slots=True)
class Entity:
    """An organisation: what is true about it, and what once was."""

    country: Country
    name: Name
    form: Form
    place: Place
    phone: str
    domain: str | None
    email: str
    vat_id: str | None
    tax_number: str | None
    id: str = ""
    kin: str = ""  # the family of look-alikes it belongs to
    former_place: Place | None = None
    trade_name: str | None = None
    duns: str | None = None
    gln: str | None = None
    lei: str | None = None
    group: str | None = None
    industry: str = ""
    people: list[Person] = field(default_factory=list)
    accounts: list[tuple[str, str | None]] = field(default_factory=list)

"""How carefully each system of the demo is kept: what its people fill in, and how they write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Script = Literal["latin", "local", "either"]


@dataclass(frozen=True, slots=True)
class Habit:
    """The habits of one system, as probabilities."""

    presence: Mapping[str, float]
    script: Script
    local_name: float  # a second field with the name in local script
    no_form: float  # the legal form is left out
    other_form: float  # the legal form is written otherwise
    careless: float  # a name has a typo; streets, cities and codes in proportion
    ascii: float
    upper: float
    lower: float
    brand: float  # the brand is taken for the name


HABITS: dict[str, Habit] = {
    "erp": Habit(
        presence={
            "address": 0.97, "vat_id": 0.8, "tax_number": 0.55, "phone": 0.75, "fax": 0.3, "email": 0.5, "website": 0.2,
            "duns": 0.2, "gln": 0.2, "contacts": 0.5, "accounts": 0.75,
        },
        script="latin", local_name=0.6, no_form=0.05, other_form=0.2, careless=0.04, ascii=0.2, upper=0.1, lower=0.0,
        brand=0.05,
    ),
    "crm": Habit(
        presence={
            "address": 0.92, "vat_id": 0.45, "phone": 0.85, "fax": 0.1, "email": 0.6, "website": 0.7, "duns": 0.15,
            "contacts": 0.7,
        },
        script="either", local_name=0.4, no_form=0.16, other_form=0.2, careless=0.08, ascii=0.08, upper=0.02,
        lower=0.01, brand=0.5,
    ),
    "shop": Habit(
        presence={"address": 0.97, "vat_id": 0.4, "phone": 0.75, "email": 1.0, "contacts": 0.9},
        script="local", local_name=0.0, no_form=0.25, other_form=0.22, careless=0.11, ascii=0.1, upper=0.03, lower=0.07,
        brand=0.5,
    ),
    "portal": Habit(
        presence={
            "address": 0.98, "vat_id": 0.85, "tax_number": 0.6, "phone": 0.85, "email": 0.85, "website": 0.5,
            "duns": 0.3, "gln": 0.15, "contacts": 0.85, "accounts": 0.85,
        },
        script="local", local_name=0.0, no_form=0.1, other_form=0.22, careless=0.13, ascii=0.08, upper=0.05, lower=0.03,
        brand=0.12,
    ),
    "procurement": Habit(
        presence={
            "address": 0.93, "vat_id": 0.75, "tax_number": 0.6, "phone": 0.6, "email": 0.55, "website": 0.3,
            "duns": 0.5, "gln": 0.3, "lei": 0.8, "contacts": 0.6, "accounts": 0.5,
        },
        script="latin", local_name=0.45, no_form=0.06, other_form=0.18, careless=0.04, ascii=0.08, upper=0.03,
        lower=0.0, brand=0.1,
    ),
}  # fmt: skip
SYSTEMS = {"customer": ("crm", "erp", "shop"), "supplier": ("erp", "portal", "procurement")}

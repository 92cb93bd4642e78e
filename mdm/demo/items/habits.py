"""How carefully each system keeps its items: what its people fill in, and how they write it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habit:
    """The habits of one system, as probabilities."""

    presence: Mapping[str, float]
    short: float  # capitals in a field of 40 characters, cut at its end
    english: float
    brand: float  # the maker is named in the text
    careless: float
    grams: float


HABITS: dict[str, Habit] = {
    "plm": Habit(
        presence={
            "gtin": 0.35, "mpn": 0.88, "maker": 0.85, "drawing": 0.97, "material": 0.9, "size": 0.7, "mass": 0.85,
            "hazard": 0.5, "origin": 0.1, "lifecycle": 0.95, "second": 0.7,
        },
        short=0.0, english=0.2, brand=0.2, careless=0.03, grams=0.4,
    ),
    "erp": Habit(
        presence={
            "gtin": 0.6, "mpn": 0.7, "maker": 0.5, "supplier_part": 0.4, "drawing": 0.7, "material": 0.3, "size": 0.3,
            "mass": 0.8, "hazard": 0.85, "tariff": 0.75, "origin": 0.6, "lifecycle": 0.8, "shelf": 0.7, "packs": 0.6,
            "second": 0.3,
        },
        short=0.9, english=0.05, brand=0.25, careless=0.04, grams=0.25,
    ),
    "mes": Habit(
        presence={
            "mpn": 0.4, "maker": 0.35, "drawing": 0.75, "material": 0.5, "mass": 0.3, "gtin": 0.15, "hazard": 0.3,
            "second": 0.1,
        },
        short=0.45, english=0.15, brand=0.2, careless=0.07, grams=0.1,
    ),
    "wms": Habit(
        presence={
            "gtin": 0.78, "mpn": 0.35, "maker": 0.5, "supplier_part": 0.4, "size": 0.75, "mass": 0.9, "hazard": 0.8,
            "shelf": 0.6, "packs": 0.75,
        },
        short=0.25, english=0.25, brand=0.4, careless=0.1, grams=0.15,
    ),
}  # fmt: skip
SYSTEMS = ("erp", "plm", "wms", "mes")

"""What the demo knows of a country: how organisations, streets, cities and telephones are named there."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

Pair = tuple[str, str]  # the same text in local script and in Latin letters
TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Form:
    """A legal form and how people write it; the first variant is the official one."""

    weight: int
    variants: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class City:
    """A city with telephone area, region and real postal codes."""

    name: Pair
    area: str
    region: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is."""

    street: Pair
    city: City
    code: str


@dataclass(frozen=True, slots=True)
class Country:
    """The tables of one country."""

    code: str
    weight: int
    language: str
    currency: str
    calling: str
    trunk: str
    phone_length: int
    names: tuple[str, ...]
    forms: tuple[Form, ...]
    form_weights: tuple[int, ...]
    industries: tuple[Pair, ...]
    given: tuple[Pair, ...]
    family: tuple[Pair, ...]
    roots: tuple[Pair, ...]
    endings: tuple[Pair, ...]
    sons: tuple[Pair, ...]
    streets: tuple[Pair, ...]
    street_patterns: tuple[Pair, ...]
    street_number: Pair
    abbreviations: tuple[tuple[str, str], ...]
    cities: tuple[City, ...]
    city_weights: tuple[float, ...]
    banks: tuple[str, ...]

    @property
    def scripted(self) -> bool:
        """Whether names are written in another script than Latin."""
        return self.code in ("GR", "BG", "JP")


@cache
def countries() -> tuple[Country, ...]:
    """Return the tables of every country, by code."""
    return tuple(_country(file) for file in sorted(TABLES.glob("*.yaml")))


def _country(file: Path) -> Country:
    table: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    forms = tuple(Form(weight, _pairs(variants)) for weight, variants in table["forms"].values())
    cities = tuple(_city(line, table.get("code_words", 1)) for line in table["cities"])
    return Country(
        code=file.stem,
        **{name: table[name] for name in ("weight", "language", "currency", "calling", "trunk", "phone_length")},
        names=tuple(table["names"]),
        forms=forms,
        form_weights=tuple(accumulate(form.weight for form in forms)),
        industries=_pairs(table["industries"]),
        given=_pairs(table["given"]),
        family=_pairs(table["family"]),
        roots=_pairs(table["roots"]),
        endings=_pairs(table["endings"]),
        sons=_pairs(table["sons"]),
        streets=_pairs(table["streets"]),
        street_patterns=tuple(_pair(pattern) for pattern in table["street_patterns"]),
        street_number=_pair(table["street_number"]),
        abbreviations=tuple(_texts(table["abbreviations"]).items()),
        cities=cities,
        city_weights=tuple(accumulate(len(city.codes) ** 0.7 for city in cities)),
        banks=tuple(filter(None, table["banks"].split("|"))),
    )


def _pair(text: str) -> Pair:
    local, _, latin = text.partition("=")
    return local, latin or local


def _pairs(text: str) -> tuple[Pair, ...]:
    return tuple(_pair(item) for item in text.split("|"))


def _texts(table: Mapping[str, str]) -> dict[str, str]:
    return {str(name): str(value) for name, value in table.items()}


def _city(line: str, code_words: int) -> City:
    name, area, region, *codes = line.split("|")
    words = " ".join(codes).split()
    grouped = (" ".join(words[at : at + code_words]) for at in range(0, len(words), code_words))
    return City(_pair(name), area, region, tuple(grouped))

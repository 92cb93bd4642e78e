"""The kinds of items: what tells one of a kind from another, and how people put it into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

import yaml

TABLE = Path(__file__).parent / "kinds.yaml"
Language = Literal["de", "en", "short"]
LANGUAGES: tuple[Language, ...] = ("de", "en", "short")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a feature in every language; `otherwise` is a second designation of the same thing."""

    de: str
    en: str
    short: str
    otherwise: str | None = None

    def text(self, language: Language) -> str:
        """Return how it is written in a language."""
        return {"de": self.de, "en": self.en, "short": self.short}[language]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of items."""

    name: str
    share: int
    branded: bool
    own: bool
    type: str
    group: str
    unit: str
    tariff: str
    mass: tuple[float, float]
    size: tuple[int, int] | None
    packs: tuple[int, ...]
    hazard: str | None
    shelf: int | None
    material: str | None
    part: str | None
    texts: Mapping[Language, str]
    family: str | None
    varies: tuple[str, ...]
    features: Mapping[str, tuple[Value, ...]]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all kinds."""
    return tuple(map(_kind, yaml.safe_load(TABLE.read_text(encoding="utf-8"))))


@cache
def shares() -> tuple[int, ...]:
    """Return the cumulative shares of the kinds."""
    return tuple(accumulate(kind.share for kind in kinds()))


def _kind(table: dict[str, Any]) -> Kind:
    about = table["is"]
    low, high = about["mass"]
    size = about.get("size")
    return Kind(
        name=table["kind"],
        share=table["share"],
        branded=table.get("branded", False),
        own=table.get("own", False),
        type=about["type"],
        group=about["group"],
        unit=about["unit"],
        tariff=about["tariff"],
        mass=(low, high),
        size=(size[0], size[1]) if size else None,
        packs=tuple(about.get("packs", ())),
        hazard=about.get("hazard"),
        shelf=about.get("shelf"),
        material=table.get("material"),
        part=table.get("part"),
        texts={language: table[language] for language in LANGUAGES},
        family=table.get("family"),
        varies=tuple(table["varies"]),
        features={name: tuple(map(_value, text.split("|"))) for name, text in table["features"].items()},
    )


def _value(text: str) -> Value:
    text, _, otherwise = text.partition("~")
    parts = text.split("=")
    de, en, short = parts[0], parts[min(1, len(parts) - 1)], parts[-1]
    return Value(de, en, short, otherwise or None)

"""One location of the demo, as an all-knowing clerk would describe it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mdm.demo.country import Country, Place

TABLE = Path(__file__).parent / "words.yaml"


@dataclass(slots=True)
class Location:
    """A location; `word` says what it is, `tag` which of several, a number or a direction."""

    type: str
    word: str
    tag: str | None
    country: Country
    place: Place
    operator: str
    brand: str
    phone: str
    own: bool
    id: str = ""
    parent: "Location | None" = None
    gln: str | None = None
    plant_code: str | None = None
    coordinates: tuple[float, float] | None = None
    capacity: int | None = None
    status: str = "active"

    def called(self, language: str) -> str:
        """Return what people who work there call it: what it is and which one, in a language."""
        words, directions = tables()["words"], tables()["directions"]
        tag = directions[self.tag][language] if self.tag in directions else self.tag
        return " ".join(filter(None, (words[self.word][language], tag)))

    @property
    def zone(self) -> str | None:
        """The time zone, where a country has only one."""
        zone: str | None = tables()["zones"].get(self.country.code)
        return zone


@cache
def tables() -> dict[str, Any]:
    """Return the words, zones and coordinates."""
    read: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return read

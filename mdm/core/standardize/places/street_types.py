"""The words for kinds of streets, and where a country writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mdm.core.standardize.tables import read_table

UNKNOWN_COUNTRY = ("en", "de")  # whose habits are assumed
SHORTEST_STEM = 3  # letters before an abbreviated ending: Hauptstr., not Astr.
GERMAN = frozenset(["DE", "AT", "CH", "LI"])


@dataclass(frozen=True, slots=True)
class StreetTypes:
    """The habits of a country, as replacements of whole words (written with a blank on both sides) and of endings."""

    number_first: bool
    starts: tuple[tuple[str, str], ...]  # longest first
    inner: tuple[tuple[str, str], ...]
    endings: tuple[tuple[re.Pattern[str], str], ...]
    joined: frozenset[str]


@cache
def street_types(country: str) -> StreetTypes:
    """Return the habits of a country; "" if unknown."""
    table = read_table("street_types")
    spoken = [part for part in table.values() if country in part["countries"]]
    parts: list[Mapping[str, Any]] = spoken or [table[name] for name in UNKNOWN_COUNTRY]
    endings = [pair for part in parts for pair in part.get("ending", {}).items()]
    return StreetTypes(
        number_first=bool(parts[0].get("first")),
        starts=_replacements(parts, "start"),
        inner=_replacements(parts, "inner"),
        endings=tuple((_ending(short), full) for full, short in endings),
        joined=frozenset(word for part in parts for word in part.get("joined", ())),
    )


def _replacements(parts: list[Mapping[str, Any]], place: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for part in parts:
        for full, shorts in part.get(place, {}).items():
            for short in map(str.strip, shorts.split("|")):
                if short != full:
                    found.setdefault(f" {short} ", f" {full} " if full else " ")
    return tuple(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _ending(short: str) -> re.Pattern[str]:
    stem = rf"(?<=[a-z]{{{SHORTEST_STEM}}})"
    return re.compile(rf"{stem}{re.escape(short)}(?![a-z])" if short.endswith(".") else rf"{stem}{short}(?![a-z])\.?")

"""The product families of the demo: levels of what is bought, and the type series of what is made."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml

from mdm.demo.items.item import Item
from mdm.demo.ledger import Ledger
from mdm.demo.message import View
from mdm.demo.stories import Stories

DOMAIN = "item_family"
TABLE = Path(__file__).parent / "families.yaml"
BOUGHT, MADE = "BUY", "OWN"
KEYS = {"plm": "FAM-{}", "erp": "{}"}


@dataclass(frozen=True, slots=True)
class Family:
    """A product family and the one it is part of."""

    code: str
    german: str
    english: str
    parent: str | None


def key_of(code: str, system: str) -> str | None:
    """Return the key of a family in a system, if it has families."""
    return KEYS[system].format(code) if system in KEYS else None


def families_of(items: Iterable[Item]) -> list[Family]:
    """Return the families that items need, with all they are part of."""
    found: dict[str, Family] = {}
    for item in items:
        family: Family | None = _family(item.family)
        while family and family.code not in found:
            found[family.code] = family
            family = _family(family.parent) if family.parent else None
    return sorted(found.values(), key=lambda family: family.code)


def _family(code: str) -> Family:
    named = _names().get(code)
    if named is None:
        series, _, size = code.partition("-")
        return Family(code, f"Baureihe {code}", f"Series {code}", series if size else MADE)
    german, _, english = named.partition("=")
    if code in (BOUGHT, MADE):
        return Family(code, german, english, None)
    whole = MADE if code == "MECH" else BOUGHT
    return Family(code, german, english, code[:-2] if code[-1].isdigit() else whole)


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return names


class FamilyRecords:
    """The records of product families, which the PLM and the ERP have alike."""

    def __init__(self, rng: Random, ledger: Ledger) -> None:
        """Draw from `rng` and enter what is drawn into `ledger`."""
        self.rng = rng
        self.ledger = ledger
        self.stories = Stories(rng)

    def fill(self, items: Iterable[Item]) -> None:
        """Enter the families of the items."""
        for family in families_of(items):
            for system, form in KEYS.items():
                english = system == "plm" and self.rng.random() < 0.5
                view: View = {"code": family.code, "name": family.english if english else family.german}
                if family.parent:
                    view["parent"] = form.format(family.parent)
                key = form.format(family.code)
                told = self.stories.messages(key, view, earlier=_earlier, planned=_renamed, lasting=True)
                self.ledger.enter((DOMAIN, system, key), family.code, told)


def _earlier(view: View) -> View:
    return view | {"name": f"{view['name']} (neu)"}


def _renamed(view: View) -> View:
    return view | {"name": f"{view['name']} 2.0"}

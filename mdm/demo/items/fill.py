"""How items come into the systems of the demo."""

from random import Random

from mdm.demo.items.families import key_of
from mdm.demo.items.habits import SYSTEMS
from mdm.demo.items.item import Item
from mdm.demo.items.population import Items
from mdm.demo.items.view import ItemViews
from mdm.demo.ledger import Ledger, holders
from mdm.demo.message import View
from mdm.demo.stories import Stories

DOMAIN = "item"
LATER_KNOWN = (("net", "gross", "mass_unit"), ("tariff",), ("english", "german"))
KEYS = {
    "erp": lambda number: f"{100_000_000 + number:018d}",
    "plm": lambda number: f"P-{1_000_000 + number}",
    "mes": lambda number: f"MAT{number:08d}",
    "wms": lambda number: str(40_000_000 + number),
}


class ItemRecords:
    """The records of items."""

    def __init__(self, rng: Random, ledger: Ledger) -> None:
        """Draw from `rng` and enter what is drawn into `ledger`."""
        self.rng = rng
        self.ledger = ledger
        self.views = ItemViews(rng)
        self.stories = Stories(rng)

    def fill(self, count: int) -> list[Item]:
        """Enter so many records, and return the items they are about."""
        left, known = count, list[Item]()
        for number, item in enumerate(Items(self.rng).items(), 1):
            item.id = f"I{number:06d}"
            known.append(item)
            systems = holders(self.rng, SYSTEMS)
            for at, system in enumerate(systems):
                if not left:
                    return known
                self._enter(item, system, outdated=at > 0 and self.rng.random() < 0.1)
                left -= 1
        return known

    def _enter(self, item: Item, system: str, *, outdated: bool) -> None:
        key = KEYS[system](self.ledger.number())
        view = self.views.view(item, system, key, outdated=outdated)
        family = key_of(item.family, system)
        if family and self.rng.random() < 0.8:
            view["family"] = family
        told = self.stories.messages(key, view, earlier=self._earlier, planned=_planned)
        self.ledger.enter((DOMAIN, system, key), item.id, told)

    def _earlier(self, view: View) -> View:
        """Return what was known when the item was new."""
        unknown = [names for names in LATER_KNOWN if self.rng.random() < 0.5]
        first = {name: value for name, value in view.items() if not any(name in names for names in unknown)}
        return first | {"lifecycle": "design"} if "lifecycle" in view else first


def _planned(view: View) -> View:
    """Let the item be discontinued, with its text saying so where there is no other place."""
    return view | ({"lifecycle": "discontinued"} if "lifecycle" in view else {"name": f"{view['name']} ALT"})

"""How customers and suppliers come into the systems of the demo."""

from random import Random

from mdm.demo.ledger import Ledger, holders
from mdm.demo.message import View
from mdm.demo.partners.entity import Entity
from mdm.demo.partners.habits import SYSTEMS
from mdm.demo.partners.history import Histories
from mdm.demo.partners.population import Population
from mdm.demo.partners.view import Views

KEYS = {
    "erp": lambda number: f"{1_000_000 + number:010d}",
    "crm": lambda number: f"0015f00002{number:08X}",
    "shop": lambda number: str(7_012_000_000_000 + number * 32),
    "portal": lambda number: f"S-{10_000_000 + number}",
    "procurement": lambda number: f"V{number:07d}",
}


class PartnerRecords:
    """The records of customers or suppliers."""

    def __init__(self, rng: Random, ledger: Ledger, domain: str) -> None:
        """Draw from `rng` and enter what is drawn into `ledger`."""
        self.rng = rng
        self.ledger = ledger
        self.domain = domain
        self.views = Views(rng)
        self.histories = Histories(rng, self.views)
        self._heads: dict[str, str] = {}

    def fill(self, count: int) -> None:
        """Enter so many records."""
        left = count
        for number, entity in enumerate(Population(self.rng).organisations(), 1):
            entity.id = f"{self.domain[0].upper()}{number:06d}"
            for at, system in enumerate(holders(self.rng, SYSTEMS[self.domain])):
                if not left:
                    return
                self._enter(system, entity, outdated=at > 0 and self.rng.random() < 0.5)
                left -= 1

    def _enter(self, system: str, entity: Entity, *, outdated: bool) -> None:
        key = KEYS[system](self.ledger.number())
        view = self.views.view(entity, system, outdated=outdated)
        self._name_parent(view, system, entity)
        messages = self.histories.messages(entity, system, key, view)
        self.ledger.enter((self.domain, system, key), entity.id, messages)

    def _name_parent(self, view: View, system: str, entity: Entity) -> None:
        """Name the account of the group's head, if the system has it."""
        if entity.group:
            head = self._heads.setdefault(entity.group, entity.id)
            parent = self.ledger.key_of(self.domain, system, head) if head != entity.id else None
            view.pop("group", None)
            if parent:
                view["group"] = parent

"""What happened after the systems were taken over: values that need approval, and changes from some day ahead."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from mdm.demo.identifiers import Identifiers
from mdm.demo.ledger import Ledger
from mdm.demo.manifest import Record
from mdm.demo.message import Message, View
from mdm.demo.partners.view import TERMS

BATCH = 2
BEGIN = datetime(2025, 11, 3, 7, tzinfo=UTC)
FURTHEST = 9  # days ahead
HAZARDS = ("3", "4.1", "6.1", "8", "9")
SHARE = 1_000  # one change of a kind to so many records, and a few at least
FEWEST = 3


class Changes:
    """A writer of changes, all of them said by the ERP, whose word counts most."""

    def __init__(self, rng: Random, ledger: Ledger, *, today: date) -> None:
        """Draw from `rng`, and date what lies ahead from `today`."""
        self.rng = rng
        self.ledger = ledger
        self.today = today
        self.identifiers = Identifiers(rng)
        self._time = BEGIN
        self._changed: set[Record] = set()

    def announce(self, domain: str) -> None:
        """Change some records of a domain, one thing at a time."""
        records = [record for record in self.ledger.quiet if record[:2] == (domain, "erp")]
        wanted = max(FEWEST, len(records) // SHARE)
        for edit, alone in self._critical(domain):
            self._tell(records, edit, wanted=wanted, alone=alone, ahead=False)
        for edit in self._planned(domain):
            self._tell(records, edit, wanted=wanted, alone=False, ahead=True)

    def _tell(
        self, records: list[Record], edit: Callable[[View], View | None], *, wanted: int, alone: bool, ahead: bool
    ) -> None:
        rng = self.rng
        for record in rng.sample(records, len(records)):
            if not wanted:
                return
            if record in self._changed or (alone and not self.ledger.is_alone(record)):
                continue
            last = self.ledger.quiet[record]
            if (view := edit(last.view)) is None:
                continue
            wanted -= 1
            self._changed.add(record)
            self._time += timedelta(minutes=rng.randint(1, 90))
            day = str(self.today + timedelta(days=rng.randint(1, FURTHEST))) if ahead else None
            message = Message(last.key, view, last.version + 1, self._time, effective_from=day, batch=BATCH)
            self.ledger.exports.add(record[0], record[1], message)

    def _critical(self, domain: str) -> Iterator[tuple[Callable[[View], View | None], bool]]:
        """Yield changes that an owner decides; `alone` those that would tear a record from its like."""
        match domain:
            case "supplier":
                yield self._other_account, False
            case "customer":
                yield self._more_credit, False
            case "item":
                yield self._other_gtin, True
                yield self._other_hazard, False
            case "location":
                yield self._other_gln, True
            case "item_plant":
                yield self._other_cost, False

    def _planned(self, domain: str) -> Iterator[Callable[[View], View | None]]:
        """Yield changes that are announced for a day ahead."""
        match domain:
            case "supplier" | "customer":
                yield lambda view: view | {"payment_terms": self._another(TERMS, view["payment_terms"])}
            case "item":
                yield lambda view: view | {"lifecycle": "phase_out"} if view.get("lifecycle") == "active" else None
            case "location":
                yield lambda view: view | {"status": "closed"} if view["status"] == "active" else None

    def _another(self, values: tuple[str, ...], value: str | None) -> str:
        return self.rng.choice([other for other in values if other != value])

    def _other_account(self, view: View) -> View | None:
        if not view.get("accounts"):
            return None
        first, *others = view["accounts"]
        country = first["iban"][:2]
        return view | {"accounts": [first | {"iban": self.identifiers.iban(country) or first["iban"]}, *others]}

    def _more_credit(self, view: View) -> View | None:
        return view | {"credit_limit": f"{int(view['credit_limit']) * 3}"} if "credit_limit" in view else None

    def _other_gtin(self, view: View) -> View | None:
        return view | {"gtin": self.identifiers.gln()} if "gtin" in view else None

    def _other_hazard(self, view: View) -> View | None:
        if not view["group"].startswith("CHEM"):
            return None
        return view | {"hazard": self._another(HAZARDS, view.get("hazard"))}

    def _other_cost(self, view: View) -> View:
        return view | {"cost": f"{float(view['cost']) * self.rng.uniform(1.1, 1.9):.2f}"}

    def _other_gln(self, view: View) -> View | None:
        return view | {"gln": self.identifiers.gln()} if "gln" in view else None

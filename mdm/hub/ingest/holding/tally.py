"""What a load would change, counted: the form in which it is kept while the load is compared piece by piece."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mdm.hub.ingest.holding.differences import Difference, Kind

LATE = "late"
UNREADABLE = "unreadable"
SAMPLED = 5  # deliveries remembered of everything that is counted


@dataclass(slots=True)
class Tally:
    """What a load says about the records of one domain: how many become what, and per attribute.

    `had` counts the records that have a value, of those in the load that are neither new nor deleted. `samples` are the
    first deliveries by what they do: `deleted`, `changed`, `changed.<attribute>`, `blanked.<attribute>`.
    """

    records: Counter[str] = field(default_factory=Counter)
    had: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    blanked: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[int]] = field(default_factory=dict)

    @property
    def known(self) -> int:
        """How many records of the load live already."""
        return sum(self.records[kind] for kind in (Kind.UNCHANGED, Kind.CHANGED, Kind.DELETED))

    def add_unchanged(self, had: Iterable[str]) -> None:
        """Count one record that stays as it is."""
        self.records[Kind.UNCHANGED.value] += 1
        self.had.update(had)

    def add(self, found: Difference, delivery: int) -> None:
        """Count one record, and the last delivery that speaks of it."""
        self.records[found.kind.value] += 1
        if found.kind in (Kind.CHANGED, Kind.DELETED):
            _sample(self.samples, [found.kind.value], delivery)
        if found.kind == Kind.DELETED:
            return
        self.had.update(found.before.keys())
        if found.kind == Kind.CHANGED:
            changed, blanked = found.changed, found.blanked
            self.changed.update(changed)
            self.blanked.update(blanked)
            _sample(self.samples, [f"{Kind.CHANGED}.{name}" for name in changed], delivery)
            _sample(self.samples, [f"blanked.{name}" for name in blanked], delivery)


@dataclass(slots=True)
class Comparison:
    """How far a load is compared (the id of the last delivery, and rows), and what it would change by domain."""

    after: int = 0
    rows: int = 0
    unreadable: int = 0
    domains: dict[str, Tally] = field(default_factory=dict)
    samples: dict[str, list[int]] = field(default_factory=dict)

    def of(self, domain: str) -> Tally:
        """Return the tally of a domain."""
        return self.domains.setdefault(domain, Tally())

    def refuse(self, delivery: int) -> None:
        """Count a row that cannot be used."""
        self.unreadable += 1
        _sample(self.samples, [UNREADABLE], delivery)

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form that is stored."""
        return {
            "after": self.after,
            "rows": self.rows,
            "unreadable": self.unreadable,
            "samples": self.samples,
            "domains": {
                name: {part: dict(getattr(tally, part)) for part in Tally.__dataclass_fields__}
                for name, tally in self.domains.items()
            },
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> "Comparison":
        """Read the stored form; None: nothing is compared yet."""
        if document is None:
            return cls()
        domains = {name: _tally(kept) for name, kept in document["domains"].items()}
        return cls(document["after"], document["rows"], document["unreadable"], domains, document["samples"])


def _tally(kept: Mapping[str, Any]) -> Tally:
    records, had, changed, blanked = (Counter[str](kept[part]) for part in ("records", "had", "changed", "blanked"))
    return Tally(records, had, changed, blanked, kept["samples"])


def _sample(samples: dict[str, list[int]], names: Iterable[str], delivery: int) -> None:
    for name in names:
        kept = samples.setdefault(name, [])
        if len(kept) < SAMPLED:
            kept.append(delivery)

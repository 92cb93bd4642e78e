"""Source records as they would be under other rules: folded again, and in their new form for matching."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mdm.core.domains import block_keys_of, comparable_of
from mdm.core.matching import Comparable
from mdm.hub.ingest.fold import State
from mdm.hub.ingest.interpret import utc
from mdm.hub.ingest.judging import Examined, judged_by
from mdm.hub.ingest.refolding import named_in_facts, read_again, refold
from mdm.hub.relations.references import Leads
from mdm.hub.releases.simulation.rules import Rules
from mdm.store.records import RecordName
from mdm.store.releases import simulation
from mdm.store.rows import Row
from mdm.store.work import Work


@dataclass(slots=True)
class Seen:
    """A record as the new rules see it; `changed`: it looks different to matching than before."""

    row: Row
    comparable: Comparable
    keys: frozenset[str]
    changed: bool


@dataclass(slots=True)
class Look:
    """Looks at records by the new rules, once each."""

    work: Work
    rules: Rules
    seen: dict[int, Seen] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    leads: Leads = field(init=False)

    def __post_init__(self) -> None:
        """Follow references by the same transaction."""
        self.leads = Leads(self.work)

    def at(self, ids: Collection[int]) -> None:
        """Look at records that have not been seen yet."""
        anew = self.rules.seen_otherwise
        rows = simulation.records(self.work.session, set(ids) - self.seen.keys(), states=anew)
        if anew and self.rules.effect.read:
            self.refold(rows)
        for row in rows:
            comparable = self._comparable(row) if anew else row.comparable
            keys = frozenset(block_keys_of(self.rules.after, comparable))
            self.seen[row.id] = Seen(row, comparable, keys, comparable != row.comparable)

    def refold(self, rows: Iterable[Any]) -> None:
        """Fold the facts of records (their rows or links) by the new rules, if these read or judge them otherwise."""
        read = self.rules.effect.read
        named = {_id(row): self._name(row) for row in rows if _id(row) not in self.states}
        told = simulation.told(self.work.session, named, attributes=read)
        new = {record: name for record, name in named.items() if record in told}
        if not new:
            return
        domain, kept = self.rules.after, simulation.facts(self.work.session, new)
        said = {record: read_again(domain, new[record].source, facts) for record, facts in kept.items()}
        if domain.references:
            for record, facts in said.items():
                self.leads.learn(named_in_facts(domain, new[record].source, facts))
        folded = [
            Examined(record, new[record], refold(self.leads, domain, new[record].source, facts))
            for record, facts in said.items()
        ]
        self.states |= {one.id: one.state for one in folded if one.id is not None}
        if domain.quality:
            judged = judged_by(self.work, domain, folded, now=utc(self.rules.now))
            self.states |= {
                one.id: found.state for one, found in zip(folded, judged, strict=True) if one.id is not None
            }

    def _name(self, row: Any) -> RecordName:
        return RecordName(self.rules.after.name, row.source, row.source_key)

    def claims(self, record: int, state: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the stored form of a record's state as it would be."""
        return self.states[record].to_document() if record in self.states else state

    def claimed(self, record: int) -> Collection[str]:
        """Return what a record would claim something about, if its facts were folded again."""
        return self.states[record].claims if record in self.states else ()

    def ended_at(self, record: int, stored: datetime | None) -> datetime | None:
        """Return when a record would have been deleted."""
        if record not in self.states:
            return stored
        ended = self.states[record].ended
        return None if ended is None else datetime.fromisoformat(ended)

    def _comparable(self, row: Row) -> Comparable:
        state = self.states.get(row.id) or State.from_document(row.state)
        return comparable_of(self.rules.after, state.at(utc(self.rules.now)))


def _id(row: Any) -> int:
    """Return the id of a record, from a row of its own or of a link."""
    return int(row.record_id if hasattr(row, "record_id") else row.id)

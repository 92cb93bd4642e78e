"""A moment of recorded time of a master: the facts that were known, what they said by any rules, and where it led."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from mdm.core.domains import Domain
from mdm.hub.golden.draft import EFFECTIVE
from mdm.hub.ingest.fold import State
from mdm.hub.ingest.interpret import utc
from mdm.hub.ingest.judging import Examined, judged_by
from mdm.hub.ingest.refolding import named_in_facts, read_again, refold
from mdm.hub.relations.references import Leads, target
from mdm.store import golden
from mdm.store.records import RecordName, as_known
from mdm.store.rows import Row
from mdm.store.tables import GoldenVersion
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class LinkThen:
    """A record of a master with the state it had then, in the shape of a link of today."""

    record_id: int
    source: str
    source_key: str
    ended_at: datetime | None
    state: Mapping[str, Any]
    linked: bool = True

    @classmethod
    def of(cls, member: Any, state: State) -> Self:
        """Return a record with another state than it has now."""
        ended_at = None if state.ended is None else datetime.fromisoformat(state.ended)
        return cls(member.record_id, member.source, member.source_key, ended_at, state.to_document())


@dataclass(frozen=True, slots=True)
class Moment:
    """A version of a master at an instant of recorded time, None: now."""

    work: Work
    version: GoldenVersion | Row
    instant: datetime | None

    @classmethod
    def at(cls, work: Work, version: GoldenVersion | Row, instant: datetime) -> Self:
        """Return an instant in the time of a version.

        One that announced a boundary on the way to another version says what the one before it did, and rests on that.
        """
        while instant == version.recorded_at and version.event_type == EFFECTIVE and version.version > 1:
            later, earlier = (
                as_known.version(work.session, version.master_id, version.version + step) for step in (1, -1)
            )
            if earlier is None or later is None or later.evaluated_at != version.evaluated_at:
                break
            version, instant = earlier, earlier.recorded_at
        return cls(work, version, instant)

    def facts(self, records: Collection[int]) -> dict[int, list[Row]]:
        """Return all facts of records; `known` says of each whether it was known."""
        found: dict[int, list[Row]] = defaultdict(list)
        rows = as_known.facts(
            self.work.session,
            records,
            master_id=self.version.master_id,
            version=self.version.version,
            known_at=self.instant or self.work.now,
        )
        for row in rows:
            found[row.record_id].append(row)
        return found

    def refolded(self, rules: Domain, members: Iterable[Any], facts: Mapping[int, Sequence[Row]]) -> list[LinkThen]:
        """Return what records said by rules, as facts had it; those of which nothing was known are left out."""
        heard = [m for m in members if facts.get(m.record_id)]
        said = {m.record_id: read_again(rules, m.source, facts[m.record_id]) for m in heard}
        leads = self.leads(rules, {name for m in heard for name in named_in_facts(rules, m.source, said[m.record_id])})
        examined = [
            Examined(
                m.record_id,
                RecordName(rules.name, m.source, m.source_key),
                refold(leads, rules, m.source, said[m.record_id]),
            )
            for m in heard
        ]
        judged = judged_by(self.work, rules, examined, now=utc(self.instant or self.work.now))
        return [LinkThen.of(m, one.state) for m, one in zip(heard, judged, strict=True)]

    def leads(self, rules: Domain, names: Collection[RecordName]) -> Leads:
        """Return where references led: as the version itself says it, else as the crosswalk stood."""
        leads = Leads(self.work)
        if self.instant is None:
            leads.learn(names)
        else:
            leads.known |= dict.fromkeys(names) | as_known.masters(self.work.session, names, self.instant)
            leads.known |= {name: master for name, master in self._led(rules).items() if name in leads.known}
        return leads

    def _led(self, rules: Domain) -> dict[RecordName, UUID | None]:
        """Return where the references of the version itself led."""
        found: dict[RecordName, UUID | None] = {}
        for stretch in golden.slices_at(self.work.session, self.version.master_id, self.version.version):
            for attribute in rules.references:
                value = stretch.attributes.get(attribute)
                if isinstance(value, dict) and "source" in value:
                    name = target(rules, attribute, value, sender=value["source"])
                    found[name] = None if value["master"] is None else UUID(value["master"])
        return found

"""Folding the facts of a chunk into their source records, under the locks of their keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mdm.core.domains import Domain, block_keys_of, comparable_of
from mdm.core.ids import lock_number
from mdm.core.matching import Comparable
from mdm.errors import Moved, VersionConflict
from mdm.hub.ingest.fold import EMPTY, UNVERSIONED, State, apply
from mdm.hub.ingest.interpret import Parsed, Refused, utc
from mdm.hub.ingest.judging import NOT_JUDGED, Examined, Judged, Value, judge_records, unique_values, unjudged
from mdm.hub.ingest.referring import follow_said, follow_state, named_in_state, named_in_values
from mdm.hub.ingest.refolding import named_in_facts, read_again, refold, terms_of
from mdm.hub.relations.references import Leads
from mdm.store import records
from mdm.store.records import RecordName
from mdm.store.records.redo import Depth
from mdm.store.rows import Row
from mdm.store.work import Work


@dataclass(slots=True)
class Folded:
    """A source record with the facts of this chunk in it, before it is written; `again`: without any, so deep.

    `unique` are the values it has or had that are to be said once only.
    """

    name: RecordName
    before: Row | None
    state: State
    comparable: Comparable = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    kept: list[Parsed] = field(default_factory=list)
    outcomes: dict[int, str] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    changed: bool = False
    declared: bool = False
    again: Depth | None = None
    stored: State = EMPTY
    judged: Judged = NOT_JUDGED
    unique: frozenset[Value] = frozenset()

    @property
    def concerned(self) -> bool:
        """Tell whether there is anything to write: a fact that is kept, or another look that shows a difference."""
        return bool(self.kept) or (self.again is not None and self.changed)

    @property
    def speaks(self) -> bool:
        """Tell whether the record ever claimed anything: until then it is linked to no master."""
        return bool(self.state.claims) or self.spoke

    @property
    def spoke(self) -> bool:
        """Tell whether the record had claimed something before this chunk."""
        return self.before is not None and bool(self.before.state["claims"])

    @property
    def compared(self) -> bool:
        """Tell whether the record looks different to matching than before, or is to be compared again."""
        again = self.again is not None and self.again >= Depth.COMPARE
        return again or self.before is None or self.comparable != self.before.comparable

    @property
    def lock_numbers(self) -> set[int]:
        """The locks that protect this record: its own name, and all keys it has had and will have."""
        keys = [*self.keys, *(f"unique|{attribute}|{key}" for attribute, key in self.unique)]
        return {lock_number("|".join(self.name)), *(records.key_number(self.name.domain, key) for key in keys)}


def fold_records(
    work: Work, parsed: Sequence[Parsed], *, again: Mapping[RecordName, Depth] | None = None
) -> list[Folded]:
    """Lock and fold the records of a chunk; raises Moved if one changed so much that other locks are needed.

    Records are read once without locks to learn which keys to lock, and again afterwards. Those named `again` are
    looked at as of now without a new fact: their references are followed anew, and so deep they are done again.
    """
    depths = again or {}
    names = {*depths, *(p.name for p in parsed)}
    work.hold_rules([work.catalog.domain(name) for name in sorted({name.domain for name in names})])
    by_record: dict[RecordName, list[Parsed]] = defaultdict(list, {name: [] for name in depths})
    for p in parsed:
        by_record[p.name].append(p)
    folded = _fold_all(work, by_record, depths)
    numbers = _lock_numbers(work, folded)
    records.take_locks(work.session, numbers)
    work.reach("locked")
    seen = {f.name: f.before.revision for f in folded if f.before is not None}
    found = records.read(work.session, by_record)
    if {name: row.revision for name, row in found.items()} == seen:
        return _judged(work, folded)
    folded = _fold_all(work, by_record, depths)
    if not _lock_numbers(work, folded) <= numbers:
        raise Moved
    return _judged(work, folded)


def _judged(work: Work, folded: list[Folded]) -> list[Folded]:
    """Judge records by the rules of quality, and tell which differ from what is stored."""
    examined = [Examined(None if f.before is None else f.before.id, f.name, f.state) for f in folded]
    for f, judged in zip(folded, judge_records(work, examined, now=utc(work.now)), strict=True):
        f.state, f.judged = judged.state, judged
        f.changed = f.compared or not _says_the_same(f.state, f.stored)
    return folded


def _lock_numbers(work: Work, folded: Iterable[Folded]) -> set[int]:
    numbers: set[int] = set()
    for f in folded:
        numbers |= f.lock_numbers
        if f.before is not None:
            domain = work.catalog.domain(f.name.domain)
            old = block_keys_of(domain, f.before.comparable)
            numbers |= {records.key_number(domain.name, key) for key in old}
    return numbers


def _fold_all(
    work: Work, by_record: Mapping[RecordName, Sequence[Parsed]], depths: Mapping[RecordName, Depth]
) -> list[Folded]:
    before = records.read(work.session, by_record)
    repeated = {
        (before[name].id, p.fact.version)
        for name, facts in by_record.items()
        if name in before
        for p in facts
        if p.fact.version is not None
    }
    known = records.fact_digests(work.session, repeated)
    leads = _leads(work, by_record, before)
    instant = utc(work.now)
    return [
        _fold_one(leads, name, before.get(name), facts, known=known, instant=instant, again=depths.get(name))
        for name, facts in by_record.items()
    ]


def _leads(work: Work, by_record: Mapping[RecordName, Sequence[Parsed]], before: Mapping[RecordName, Row]) -> Leads:
    """Look up at once where the references of records lead, of what was said and is being said."""
    leads, named = Leads(work), set[RecordName]()
    for name, facts in by_record.items():
        domain = work.catalog.domain(name.domain)
        if domain.references:
            for p in facts:
                named.update(named_in_values(domain, name.source, p.said.values))
            if name in before:
                named.update(named_in_state(domain, name.source, State.from_document(before[name].state)))
    leads.learn(named)
    return leads


def _fold_one(
    leads: Leads,
    name: RecordName,
    before: Row | None,
    facts: Sequence[Parsed],
    *,
    known: Mapping[tuple[int, int], str],
    instant: str,
    again: Depth | None,
) -> Folded:
    domain = leads.work.catalog.domain(name.domain)
    stored = EMPTY if before is None else State.from_document(before.state)
    state = unjudged(stored)
    folded = Folded(name, before, follow_state(leads, domain, name.source, state), again=again, stored=stored)
    digests = {version: digest for (record, version), digest in known.items() if before and record == before.id}
    for p in sorted(facts, key=lambda p: p.delivery.id):
        said = follow_said(leads, domain, name.source, p.said)
        _take(domain, folded, replace(p, said=said), digests)
    if "late" in folded.outcomes.values() or again == Depth.FOLD:
        folded.state = _fold_again(leads, domain, folded)
    if folded.kept or before is not None:
        folded.comparable = comparable_of(domain, folded.state.at(instant))
        folded.keys = block_keys_of(domain, folded.comparable)
    folded.unique = unique_values(domain, folded.state, instant) | unique_values(domain, state, instant)
    folded.declared = folded.state.master_id != (state.master_id if folded.spoke else None)
    return folded


def _take(domain: Domain, folded: Folded, p: Parsed, digests: dict[int, str]) -> None:
    """Fold one fact into its record, or say why it cannot be; a late one waits until all are taken."""
    version = p.fact.version
    if version is not None and version in digests:
        if digests[version] == p.digest:
            folded.outcomes[p.delivery.id] = "unchanged"
        else:
            folded.refused.append(Refused(p.delivery, _version_conflict(p), p.name))
        return
    order = folded.state.order
    if version is None and order is not None and order.version != UNVERSIONED:
        folded.refused.append(Refused(p.delivery, _version_missing(p, order.version), p.name))
        return
    if version is not None:
        digests[version] = p.digest
    if order is None or p.said.order > order:
        new = apply(folded.state, p.said, terms_of(domain, folded.name.source))
        same = order is not None and _says_the_same(new, folded.state)
        folded.outcomes[p.delivery.id] = "unchanged" if same else "applied"
        folded.state = new
    else:
        folded.outcomes[p.delivery.id] = "late"
    folded.kept.append(p)


def _fold_again(leads: Leads, domain: Domain, folded: Folded) -> State:
    """Fold everything the record has ever been told: once a chunk, however many facts of it are late."""
    source = folded.name.source
    earlier = [] if folded.before is None else records.facts(leads.work.session, folded.before.id)
    said = read_again(domain, source, earlier)
    leads.learn(named_in_facts(domain, source, said))
    return refold(leads, domain, source, [*said, *(p.said for p in folded.kept)])


def _says_the_same(one: State, other: State) -> bool:
    """Tell whether two states differ in the place of their last fact at most."""
    return (one.claims, one.ended, one.master_id) == (other.claims, other.ended, other.master_id)


def _version_conflict(p: Parsed) -> VersionConflict:
    return VersionConflict(
        f"Version {p.fact.version} of {p.name.source}/{p.name.key} was accepted before with other content.",
        hint="The source must give every change its own version; discard this message or have it sent again.",
    )


def _version_missing(p: Parsed, last: int) -> VersionConflict:
    return VersionConflict(
        f"{p.name.source}/{p.name.key} is versioned (last {last}); a message without one has no place.",
        hint="Have the source send its version with every message.",
    )

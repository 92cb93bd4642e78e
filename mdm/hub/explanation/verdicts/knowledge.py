"""What was known about a master at any recorded time: its records and what they said, pinned values and holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import cast

from mdm.core.domains import Domain, effect_of
from mdm.core.standardize.references import HUB
from mdm.hub.approval import Held
from mdm.hub.approval.guard import Case
from mdm.hub.explanation.verdicts.moment import LinkThen, Moment
from mdm.hub.golden.claims import deleted_claims
from mdm.hub.golden.draft import case_of
from mdm.hub.relations.references import target
from mdm.store import golden, stewardship
from mdm.store.records import as_known
from mdm.store.rows import Row


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a golden record is rebuilt from, by which rules and for which moment."""

    rules: Domain
    links: Sequence[Row | LinkThen]
    overrides: Sequence[Row]
    held: Sequence[Held]
    evaluated_at: datetime

    def case(self) -> Case:
        """Return what survivorship decides on; deleted records are named in it and bring no value."""
        links = cast("Sequence[Row]", self.links)
        case = case_of(self.rules, links, self.overrides, evaluated_at=self.evaluated_at)
        return replace(case, claims=[*case.claims, *deleted_claims(links)])


def known(moment: Moment, rules: Domain) -> Knowledge:
    """Return what was known at a moment, where it is not kept as it was read by the rules of then."""
    return _known_now(moment, rules) if moment.instant is None else _known_then(moment, moment.instant, rules)


def read_otherwise(moment: Moment, knowledge: Knowledge, rules: Domain) -> Knowledge:
    """Return the same knowledge as it would be read by other rules; what does not fit them is left out."""
    links = knowledge.links
    if effect_of(knowledge.rules, rules).read:
        members = [link for link in links if link.linked]
        facts = moment.facts([member.record_id for member in members])
        heard = {r: [f for f in own if moment.instant is None or f.known] for r, own in facts.items()}
        links = moment.refolded(rules, members, heard)
    return Knowledge(
        rules=rules,
        links=links,
        overrides=[row for row in knowledge.overrides if _fits(rules, row.attribute, row.value)],
        held=[held for held in knowledge.held if _fits(rules, held.attribute, held.approved)],
        evaluated_at=knowledge.evaluated_at,
    )


def _known_now(moment: Moment, rules: Domain) -> Knowledge:
    session, master = moment.work.session, moment.version.master_id
    return Knowledge(
        rules=rules,
        links=golden.links(session, [master]).get(master, []),
        overrides=stewardship.overrides(session, [master]).get(master, []),
        held=[Held.of(row) for row in stewardship.holds(session, [master]).get(master, [])],
        evaluated_at=golden.masters(session, [master])[master].evaluated_at,
    )


def _known_then(moment: Moment, instant: datetime, rules: Domain) -> Knowledge:
    session, version = moment.work.session, moment.version
    members = as_known.members(session, version.master_id, version.version)
    facts = moment.facts([member.record_id for member in members])
    heard = {record: [fact for fact in own if fact.known] for record, own in facts.items()}
    moved = [m for m in members if m.updated_at > instant or len(heard.get(m.record_id, ())) < len(facts[m.record_id])]
    then = {link.record_id: link for link in moment.refolded(rules, moved, heard)}
    gone = {m.record_id for m in moved} - then.keys()
    overrides = as_known.overrides(session, version.master_id, instant)
    return Knowledge(
        rules=rules,
        links=[then.get(m.record_id) or _as_kept(m) for m in members if m.record_id not in gone],
        overrides=_led(moment, rules, overrides),
        held=[Held.of(row) for row in stewardship.holds_at(session, version.master_id, instant)],
        evaluated_at=_evaluated_at(moment, instant, [f for own in heard.values() for f in own], overrides),
    )


def _as_kept(member: Row) -> LinkThen:
    return LinkThen(member.record_id, member.source, member.source_key, member.ended_at, member.state)


def _led(moment: Moment, rules: Domain, overrides: Sequence[Row]) -> list[Row]:
    """Return pinned values, with references as they led then."""
    pins = [row for row in overrides if row.attribute in rules.references and row.value]
    if not pins:
        return list(overrides)
    named = {row.id: target(rules, row.attribute, row.value, sender=HUB) for row in pins}
    leads = moment.leads(rules, set(named.values()))

    def led(row: Row) -> Row:
        if row.id not in named:
            return row
        standard = leads.follow(rules, row.attribute, row.value, sender=HUB)
        return cast("Row", SimpleNamespace(**{**row._asdict(), "value": standard.value, "std": standard.std}))

    return [led(row) for row in overrides]


def _evaluated_at(moment: Moment, instant: datetime, facts: Iterable[Row], overrides: Iterable[Row]) -> datetime:
    """Return for which moment the master had been rebuilt last: each fact that counts and each pin has it rebuilt."""
    version = moment.version
    stored = golden.masters(moment.work.session, [version.master_id])[version.master_id]
    if stored.version == version.version and stored.evaluated_at <= instant:
        return stored.evaluated_at
    pinned: list[datetime] = [row.since for row in overrides]
    processed: list[datetime] = [fact.ended_at for fact in facts if fact.applied and fact.ended_at <= instant]
    return max([version.evaluated_at, *processed, *pinned])


def _fits(rules: Domain, unit: str, value: object) -> bool:
    """Tell whether rules still decide on an attribute or coupled group as a whole."""
    if unit in rules.groups:
        return value is None or (isinstance(value, dict) and set(value) <= set(rules.members_of(unit)))
    return unit in rules.attributes and rules.unit_of(unit) == unit

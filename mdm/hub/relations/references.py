"""Where the references of records lead, and who must be told when that changes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.standardize import Standard
from mdm.core.standardize.references import HUB, name_of, resolved
from mdm.hub.announce import Cause
from mdm.hub.golden import Touched
from mdm.store import resolution, stewardship
from mdm.store.records import RecordName, redo, references
from mdm.store.work import Work

PIN = "pin"  # why a record is done again: a reference pinned on its master leads to one that has changed


@dataclass(slots=True)
class Leads:
    """The masters that references lead to, looked up once each in a Work."""

    work: Work
    known: dict[RecordName, UUID | None] = field(default_factory=dict)

    def learn(self, names: Iterable[RecordName]) -> None:
        """Look up where references lead, all at once."""
        new = set(names) - self.known.keys()
        if new:
            self.known |= dict.fromkeys(new) | references.masters(self.work.session, new)

    def follow(self, domain: Domain, attribute: str, value: dict[str, Any], *, sender: str) -> Standard:
        """Return a reference as it is now; what it names must have been learned."""
        name = target(domain, attribute, value, sender=sender)
        return resolved(value, sender=sender, master=self.known[name])


def target(domain: Domain, attribute: str, value: dict[str, Any], *, sender: str) -> RecordName:
    """Return the record that the value of a reference names."""
    return RecordName(domain.references[attribute], *name_of(value, sender=sender))


def complete(work: Work, domain: Domain, values: Mapping[str, Standard], *, sender: str) -> dict[str, Standard]:
    """Return standardized attributes with their references followed; a key without a source is one of the sender."""
    spoken = {name: values[name] for name in domain.references if name in values and values[name].value is not None}
    leads = Leads(work)
    leads.learn(target(domain, name, standard.value, sender=sender) for name, standard in spoken.items())
    followed = {name: leads.follow(domain, name, standard.value, sender=sender) for name, standard in spoken.items()}
    return {**values, **followed}


def follow_pinned(work: Work, domain: Domain, records: Collection[int]) -> None:
    """Let the references that are pinned on the masters of records lead to where what they name is now."""
    found = stewardship.overrides(work.session, resolution.masters_of(work.session, records))
    pins = [pin for rows in found.values() for pin in rows if pin.attribute in domain.references and pin.value]
    leads = Leads(work)
    leads.learn(target(domain, pin.attribute, pin.value, sender=HUB) for pin in pins)
    for pin in pins:
        now = leads.follow(domain, pin.attribute, pin.value, sender=HUB)
        if now.std != pin.std:
            stewardship.change_pinned(work.session, pin.id, value=now.value, std=now.std)


def moved(work: Work, domain: Domain, touched: Mapping[UUID, Touched], *, causes: Mapping[UUID, Cause]) -> None:
    """Have the records done again that refer to what has moved to another master.

    Those that are being written at this moment are not seen yet: they are looked for once more when all transactions
    that run now have ended.
    """
    if not work.catalog.referrers(domain.name):
        return
    gone = [m.id for m in touched.values() if m.merged_into is not None or m.absorbed or m.revived or m.left]
    if gone:
        redo.add_pinned(
            work.session, masters=gone, reason=PIN, origins={str(m): causes[m].origin() for m in gone}, now=work.now
        )
    records = sorted({record for master in touched.values() for record in master.joined})
    masters = sorted(m.id for m in touched.values() if m.merged_into is not None or m.absorbed or m.revived)
    if records or masters:
        origins = {str(id_): causes[m.id].origin() for m in touched.values() for id_ in (m.id, *m.joined)}
        redo.add_referrers(
            work.session, domain=domain.name, records=records, masters=masters, origins=origins, now=work.now
        )
        references.write_move(
            work.session, domain=domain.name, records=records, masters=masters, origins=origins, now=work.now
        )

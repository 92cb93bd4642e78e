"""Golden records as they would be under other rules: found with what they rest on, drafted and not written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from mdm.hub.announce import Cause
from mdm.hub.approval import Held
from mdm.hub.golden import Draft, Touched
from mdm.hub.golden.draft import Found, draft
from mdm.hub.releases.simulation.partition import Partition
from mdm.hub.releases.simulation.records import Look
from mdm.store import golden, stewardship
from mdm.store.rows import Row

CAUSE = Cause("release", correlation_id="simulation")


class Link(NamedTuple):
    """A link of a source record to a master, with the state that the record would have."""

    record_id: int | None
    link_no: int
    source: str
    source_key: str
    ended_at: datetime | None
    state: Any
    linked: bool = True


class Stretch(NamedTuple):
    """A stored slice, or the part of it that is looked at."""

    id: int
    valid_from: datetime | None
    valid_to: datetime | None
    from_version: int
    attributes: dict[str, Any]
    provenance: dict[str, Any]


@dataclass(slots=True)
class Masters:
    """The masters of a portion and everything their golden records rest on.

    Of those that are `narrowed` only the attributes are looked at that may come out otherwise: nobody has pinned or
    held anything there, and their records stay.
    """

    look: Look
    links: Mapping[UUID, Sequence[Row]]
    stored: Mapping[UUID, Sequence[Row]]
    overrides: Mapping[UUID, Sequence[Row]]
    holds: Mapping[UUID, Sequence[Row]]
    heard: frozenset[str] | None

    @classmethod
    def read(cls, look: Look, ids: Collection[UUID]) -> "Masters":
        """Read masters; the facts of their records are folded again if the rules ask for it."""
        session, rules = look.work.session, look.rules
        links = golden.links(session, ids)
        if rules.effect.read:
            look.refold(link for found in links.values() for link in found if link.linked)
        return cls(
            look,
            links,
            golden.current_slices(session, ids),
            stewardship.overrides(session, ids),
            stewardship.holds(session, ids),
            rules.heard if rules.heard < rules.after.attributes.keys() else None,
        )

    def concerned(self, touched: Mapping[UUID, Touched]) -> dict[UUID, Touched]:
        """Return those of masters that say anything where the rules change; what is shown otherwise is announced."""
        members, announced = self.look.rules.members, self.look.rules.effect.announced
        found = {}
        for key, master in touched.items():
            linked = [link for link in self.links.get(key, ()) if link.linked]
            spoken = {n for link in linked for n in link.state["claims"]}
            spoken |= {n for pin in self.overrides.get(key, ()) for n in self.look.rules.members_of(pin.attribute)}
            master.restored = not spoken.isdisjoint(announced)
            spoken |= {n for link in linked for n in self.look.claimed(link.record_id)}
            if master.restored or not spoken.isdisjoint(members):
                found[key] = master
        return found

    def drafts(self, touched: Mapping[UUID, Touched], found: Partition | None) -> list[Draft]:
        """Draft masters as the new rules would have them."""
        rules = self.look.rules
        return [
            draft(rules.after, master, self._known(master, found), cause=CAUSE, now=rules.now)
            for master in touched.values()
        ]

    def _known(self, master: Touched, found: Partition | None) -> Found:
        pins = list(self.overrides.get(master.id, ()))
        if found is not None:
            pins += [_inherited(pin, master) for other in master.absorbed for pin in self.overrides.get(other, ())]
        held = self.holds.get(master.id, ())
        heard = None if master.moved or pins or held else self.heard
        stored: list[Any] = [_stretch(row, heard) for row in self.stored.get(master.id, ())]
        baseline = [s for s in stored if s.attributes]
        return Found(
            links=self._links(master, found, heard),
            stored=baseline,
            overrides=pins if master.merged_into is None else (),
            held=[Held.of(row) for row in held],
            baseline=baseline,
        )

    def _links(self, master: Touched, found: Partition | None, heard: frozenset[str] | None) -> list[Any]:
        left, joined = set(master.left), set(master.joined)
        own = self.links.get(master.id, ())
        made: list[Any] = [_ended(row) for row in own if not row.linked or row.record_id in left]
        made += [self._linked(row, heard) for row in own if row.linked and row.record_id not in left]
        origins = {found.current[r] for r in joined if r in found.current} if found is not None else set()
        for origin in origins:
            theirs = self.links.get(origin, ())
            made += [self._linked(row, None) for row in theirs if row.linked and row.record_id in joined]
        return sorted(made, key=lambda link: (link.source, link.source_key, link.link_no))

    def _linked(self, row: Row, heard: frozenset[str] | None) -> Link:
        state = self.look.claims(row.record_id, row.state)
        if heard is not None:
            state = {**state, "claims": {name: said for name, said in state["claims"].items() if name in heard}}
        ended_at = self.look.ended_at(row.record_id, row.ended_at)
        return Link(row.record_id, row.link_no, row.source, row.source_key, ended_at, state)


def _ended(row: Row) -> Link:
    return Link(row.record_id, row.link_no, row.source, row.source_key, row.ended_at, None, linked=False)


def _stretch(row: Row, heard: frozenset[str] | None) -> Stretch:
    attributes, provenance = row.attributes, row.provenance
    if heard is not None:
        attributes = {name: value for name, value in attributes.items() if name in heard}
        provenance = {name: origin for name, origin in provenance.items() if name in heard}
    return Stretch(row.id, row.valid_from, row.valid_to, row.from_version, attributes, provenance)


def _inherited(pin: Row, master: Touched) -> Any:
    """Return a value pinned on a master that is merged away, as its survivor sees it."""
    return SimpleNamespace(**{**pin._asdict(), "master_id": master.id})

"""What golden records refer to, kept beside their slices so that it can be asked from the other end."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mdm.core.domains import Domain
from mdm.hub.golden.draft import Draft
from mdm.hub.golden.timeline import Announced, announced
from mdm.store.records import golden_references
from mdm.store.work import Work


class Led(NamedTuple):
    """A reference of a golden record over `[valid_from, valid_to)`; `upward`: it names the parent."""

    attribute: str
    target_id: UUID
    upward: bool
    valid_from: datetime | None
    valid_to: datetime | None


def keep_references(work: Work, domain: Domain, drafts: Collection[Draft]) -> None:
    """Write what rebuilt masters refer to where it differs from what is stored; it was so before, as of then."""
    if not domain.references:
        return
    stored: dict[UUID, dict[Led, int]] = {d.master.id: {} for d in drafts}
    for row in golden_references.current(work.session, [d.master.id for d in drafts if d.master.version]):
        led = Led(row.attribute, row.target_id, row.upward, row.valid_from, row.valid_to)
        stored[row.master_id][led] = row.id
    ended: dict[int, datetime] = {}
    new = []
    for d in drafts:
        wanted = set(references_of(domain, announced(d.rebuilt.slices)))
        known = stored[d.master.id]
        ended |= {known[led]: d.recorded_at for led in known.keys() - wanted}
        place = {"master_id": d.master.id, "recorded_at": d.recorded_at}
        new += [{**led._asdict(), **place} for led in sorted(wanted - known.keys(), key=str)]
    golden_references.end(work.session, ended)
    golden_references.write(work.session, new)


def references_of(domain: Domain, timeline: Sequence[Announced]) -> Iterator[Led]:
    """Yield what a timeline refers to, each reference once for as long as it lasts."""
    standing: dict[tuple[str, UUID, bool], Led] = {}
    for s in timeline:
        for attribute, target_id, upward in _led(domain, s):
            place = (attribute, target_id, upward)
            before = standing.get(place)
            if before is not None and before.valid_to == s.valid_from:
                standing[place] = before._replace(valid_to=s.valid_to)
                continue
            if before is not None:
                yield before
            standing[place] = Led(*place, s.valid_from, s.valid_to)
    yield from standing.values()


def _led(domain: Domain, stretch: Announced) -> Iterator[tuple[str, UUID, bool]]:
    found = {
        name: UUID(value["master"])
        for name in domain.references
        if (value := stretch.attributes.get(name)) is not None and value["master"] is not None
    }
    parent = next((name for name in domain.hierarchy if name in found), None)
    for name, target in found.items():
        yield name, target, name == parent

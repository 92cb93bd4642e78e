"""A golden record over the whole of valid time, as it was known at one recorded time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.errors import UnknownMaster
from mdm.hub.golden.read import readable, survivor, unknown
from mdm.hub.golden.sight import Sight, sight_of
from mdm.store import golden
from mdm.store.rows import Row
from mdm.store.work import Work


@dataclass(frozen=True, slots=True)
class Shown:
    """A slice as the actor may see it; `masked` names attributes with a value that is not shown."""

    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, Any]
    provenance: dict[str, Any]
    masked: list[str]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All slices of a golden record at one recorded time; those at sites out of the actor's sight are left out."""

    domain: str
    master_id: UUID
    version: int
    status: str
    recorded_at: datetime
    release: int
    slices: list[Shown]


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a master at a recorded time, nothing of it masked; `version` None: nothing yet."""

    domain: Domain
    version: Row | None
    stretches: Sequence[Row]


def timeline(work: Work, domain_name: str, master_id: UUID, *, known_at: datetime | None = None) -> Timeline:
    """Return the slices of a golden record; an id that was merged by `known_at` is answered with its survivor."""
    found = known(work, domain_name, master_id, known_at=known_at)
    domain, version = found.domain, found.version
    if version is None:
        raise UnknownMaster(f"The {domain.name} {master_id} was not yet known then.", hint="Ask for a later known_at.")
    sight = sight_of(work.actor, domain)
    check_sight(sight, found.stretches, master_id)
    return Timeline(
        domain=domain.name,
        master_id=version.master_id,
        version=version.version,
        status=version.status,
        recorded_at=version.recorded_at,
        release=version.release,
        slices=[shown(sight, s) for s in found.stretches if sight.reaches([s.attributes])],
    )


def known(work: Work, domain_name: str, master_id: UUID, *, known_at: datetime | None) -> Known:
    """Return what was known of a master, or of its survivor, at a recorded time: for the hub's own use."""
    domain = readable(work, domain_name)
    version = survivor(work, domain, master_id, known_at=known_at)
    stretches = () if version is None else golden.slices_at(work.session, version.master_id, version.version)
    return Known(domain, version, stretches)


def check_sight(sight: Sight, stretches: Iterable[Row], master_id: UUID) -> None:
    """Raise UnknownMaster if none of these slices is for the actor to know of."""
    if not sight.reaches(s.attributes for s in stretches):
        raise unknown(sight.domain, master_id)


def shown(sight: Sight, stretch: Row) -> Shown:
    """Return a slice as an actor sees it."""
    attributes = sight.shown(stretch.attributes)
    return Shown(
        valid_from=stretch.valid_from,
        valid_to=stretch.valid_to,
        attributes=attributes,
        provenance={name: stretch.provenance[name] for name in attributes},
        masked=sorted(stretch.attributes.keys() - attributes.keys()),
    )

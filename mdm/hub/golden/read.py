"""Reading golden records at any valid and recorded time, as the actor may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anyascii import anyascii

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.errors import InvalidInput, UnknownMaster
from mdm.hub.golden.sight import sight_of
from mdm.hub.golden.times import Times
from mdm.store import golden
from mdm.store.records import RecordName, golden_history
from mdm.store.rows import Row
from mdm.store.tables import GoldenVersion, Master
from mdm.store.work import Work
from survivorship import intervals
from survivorship.intervals import Bound

SHORTEST_SEARCH = 2


@dataclass(frozen=True, slots=True)
class Link:
    """A source record of a master."""

    source: str
    key: str
    link_no: int
    reason: str
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class GoldenView:
    """A golden record at one valid and one recorded time; `masked` names what the actor may not see."""

    domain: str
    master_id: UUID
    version: int
    status: str
    recorded_at: datetime
    release: int
    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, Any]
    masked: list[str]
    provenance: dict[str, Any]
    crosswalk: list[Link]
    aliases: list[UUID]


@dataclass(frozen=True, slots=True)
class Located:
    """A version of a master, and its slice at one valid time, if there is one; else how long it has no values."""

    domain: Domain
    version: Row
    stretch: Row | None
    valid_from: Bound
    valid_to: Bound

    @property
    def whole(self) -> dict[str, Any]:
        """Return all its attributes, whatever masks them."""
        return {} if self.stretch is None else self.stretch.attributes


@dataclass(frozen=True, slots=True)
class Found:
    """A search result."""

    master_id: UUID
    version: int
    status: str
    attributes: dict[str, Any]


def read(
    work: Work, domain_name: str, master_id: UUID, *, valid_at: datetime | None = None, known_at: datetime | None = None
) -> GoldenView:
    """Return a golden record; an id that was merged by `known_at` is answered with its survivor."""
    found = locate(work, domain_name, master_id, valid_at=valid_at, known_at=known_at)
    domain, version, stretch = found.domain, found.version, found.stretch
    shown = sight_of(work.actor, domain).shown(found.whole)
    return GoldenView(
        domain=domain.name,
        master_id=version.master_id,
        version=version.version,
        status=version.status,
        recorded_at=version.recorded_at,
        release=version.release,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        attributes=shown,
        masked=sorted(found.whole.keys() - shown.keys()),
        provenance={name: stretch.provenance[name] for name in shown} if stretch is not None else {},
        crosswalk=crosswalk(work, domain, version, known_at=known_at),
        aliases=golden.aliases(work.session, version.master_id, known_at),
    )


def locate(
    work: Work, domain_name: str, master_id: UUID, *, valid_at: datetime | None = None, known_at: datetime | None = None
) -> Located:
    """Return a golden record that is in the actor's sight, nothing of it masked: for the hub's own use."""
    domain = readable(work, domain_name)
    version = survivor(work, domain, master_id, known_at=known_at)
    if version is None:
        raise UnknownMaster(f"The {domain.name} {master_id} was not yet known then.", hint="Ask for a later known_at.")
    instant = Times(valid_at, known_at).instant(work.now)
    stretches = golden.slices_at(work.session, version.master_id, version.version)
    stretch = intervals.first_at(stretches, instant)
    in_question = stretches if stretch is None else [stretch]
    if not sight_of(work.actor, domain).reaches(s.attributes for s in in_question):
        raise unknown(domain, master_id)
    valid_from, valid_to = (
        (stretch.valid_from, stretch.valid_to) if stretch is not None else intervals.gap(stretches, instant)
    )
    return Located(domain, version, stretch, valid_from, valid_to)


def crosswalk(work: Work, domain: Domain, version: Row, *, known_at: datetime | None) -> list[Link]:
    """Return the links of one version of a master; deleted are the records that were known to be by `known_at`."""
    untimely = [name for name, source in domain.sources.items() if not source.time_trusted]
    rows = golden.links_at(work.session, version.master_id, version.version, known_at=known_at, untimely=untimely)
    return [Link(row.source, row.source_key, row.link_no, row.reason, row.ended_at) for row in rows]


def find(work: Work, domain_name: str, source: str, key: str, *, known_at: datetime | None = None) -> UUID:
    """Return the master a source record is linked to, or was as far as was known at `known_at`."""
    domain = readable(work, domain_name)
    name = RecordName(domain.name, source, key)
    if known_at is None:
        master_id = golden.master_of(work.session, name)
    else:
        master_id = golden_history.master_of(work.session, name, known_at=known_at)
    if master_id is None:
        linked = "is linked" if known_at is None else "was known then to be linked"
        raise UnknownMaster(f"No {domain.name} {linked} to {source}/{key}.")
    return master_id


def versions(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    known_at: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[GoldenVersion]:
    """Return the versions of a master, newest first, below `before`; a merged id keeps its own."""
    domain = readable(work, domain_name)
    check_domain(work, domain, master_id)
    if not in_sight(work, domain, [master_id]):
        raise unknown(domain, master_id)
    return golden.versions(work.session, master_id, known_at=known_at, before=before, limit=limit)


def search(
    work: Work, domain_name: str, text: str | None, *, after: UUID | None = None, limit: int = 50
) -> list[Found]:
    """Find live masters whose name, identifiers or place contain every word of the text, in id order; None: all."""
    domain = readable(work, domain_name)
    patterns = [] if text is None else [f"%{_literal(word)}%" for word in words_of(text)]
    sites = sight_of(work.actor, domain).sites
    rows = golden.search(
        work.session,
        domain=domain.name,
        patterns=patterns,
        after=after,
        limit=limit,
        site=None if sites is None else domain.site,
        sites=sites or (),
    )
    return shown_now(work, domain, rows)


def shown_now(work: Work, domain: Domain, rows: Sequence[Row | Master]) -> list[Found]:
    """Return masters (id, version, status) with the attributes in force, as the actor may see them.

    Those of other sites than the actor's are left out.
    """
    current = golden.current_slices(work.session, [row.id for row in rows])
    sight, now = sight_of(work.actor, domain), work.now
    return [
        Found(row.id, row.version, row.status, sight.shown(_attributes_now(current.get(row.id, []), now)))
        for row in rows
        if sight.reaches(s.attributes for s in current.get(row.id, ()))
    ]


def in_sight(
    work: Work, domain: Domain, master_ids: Collection[UUID], permission: Permission = Permission.READ
) -> set[UUID]:
    """Return which of these masters belong to the sites of a permission now; all in a domain without sites."""
    sight = sight_of(work.actor, domain, permission)
    if sight.sites is None:
        return set(master_ids)
    current = golden.current_slices(work.session, master_ids)
    return {one for one in master_ids if sight.reaches(s.attributes for s in current.get(one, ()))}


def unknown(domain: Domain, master_id: UUID) -> UnknownMaster:
    """Return the error for a master that is not there, or not for the actor to know of."""
    return UnknownMaster(f"There is no {domain.name} with the id {master_id}.")


def readable(work: Work, name: str) -> Domain:
    """Return a domain in which the actor may read; raises Forbidden."""
    domain = work.catalog.domain(name)
    work.actor.require(Permission.READ, domain=name)
    return domain


def survivor(work: Work, domain: Domain, master_id: UUID, *, known_at: datetime | None) -> Row | None:
    """Return the version at a recorded time of a master, or of that it was merged into; None: not yet known then."""
    version = golden.version_at(work.session, master_id, known_at)
    if version is None:
        check_domain(work, domain, master_id)
    elif version.domain != domain.name:
        raise unknown(domain, master_id)
    while version is not None and version.merged_into is not None:
        version = golden.version_at(work.session, version.merged_into, known_at)
    return version


def check_domain(work: Work, domain: Domain, master_id: UUID) -> None:
    """Raise UnknownMaster for what is no master of a domain."""
    if golden.domain_of(work.session, master_id) != domain.name:
        raise unknown(domain, master_id)


def _attributes_now(stretches: Sequence[Row], now: datetime) -> dict[str, Any]:
    in_force = intervals.at(stretches, now) or list(stretches)
    return in_force[0].attributes if in_force else {}


def words_of(text: str) -> list[str]:
    """Return the words of a search as golden records are found by: folded, in lower case."""
    folded = " ".join(anyascii(text).lower().split())
    if len(folded) < SHORTEST_SEARCH:
        raise InvalidInput(f"Search for at least {SHORTEST_SEARCH} letters or digits.", path="q")
    return folded.split()


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

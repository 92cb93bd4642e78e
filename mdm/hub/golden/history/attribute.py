"""All that an attribute ever was: values in both times, who said and who approved them, and what was kept back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.yaml_file import suggestion
from mdm.errors import InvalidInput
from mdm.hub.golden.history.spells import Spell, spells
from mdm.hub.golden.read import check_domain, readable, unknown
from mdm.hub.golden.sight import sight_of
from mdm.store.records import golden_history
from mdm.store.rows import Row
from mdm.store.tables import ChangeDecision, ChangeRequest, GoldenVersion
from mdm.store.work import Work

MOST_HOLDS = 200
Requests = Mapping[UUID, tuple[ChangeRequest, list[ChangeDecision]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What one owner said about a change request."""

    owner: str
    state: str
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A change request behind an approval: who asked why, and what its owners said."""

    id: UUID
    kind: str
    authors: list[str]
    reason: str | None
    owners: list[Said]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who allowed a value; `waived` says why nobody had to."""

    by: list[str]
    waived: str | None
    requests: list[Request]


@dataclass(frozen=True, slots=True)
class Entry:
    """A value over an interval of valid time, for as long as the hub held to it; of a group its members by name.

    `known_to` None: it still does. `approval` None: none was asked for.
    """

    value: Any
    valid_from: datetime | None
    valid_to: datetime | None
    known_from: datetime
    known_to: datetime | None
    version: int
    until_version: int | None
    provenance: dict[str, Any]
    release: int
    cause: dict[str, Any]
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A value that was kept back, and the one that stood in its place: from `since` on, until `ended_at`."""

    value: Any
    stood: Any
    valid_from: datetime | None
    valid_to: datetime | None
    state: str
    request_id: UUID | None
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """What an attribute or coupled group was, the newest first; `masked`: some of it is not shown.

    `last` is the version with which a page ends, None on the last one. `kept_back` is as much as is still known.
    """

    domain: str
    master_id: UUID
    attributes: list[str]
    masked: bool
    entries: list[Entry]
    kept_back: list[KeptBack]
    last: int | None


def attribute_history(
    work: Work, domain_name: str, master_id: UUID, name: str, *, before: int | None = None, limit: int = 100
) -> History:
    """Return all values of an attribute or coupled group that began below version `before`.

    A page ends with the version that fills it. An id that was merged keeps its own history.
    """
    domain = readable(work, domain_name)
    check_domain(work, domain, master_id)
    names = _members(domain, name)
    sight = sight_of(work.actor, domain)
    site = () if domain.site is None or domain.site in names else (domain.site,)
    rows = golden_history.attributes(work.session, master_id, [*names, *site])
    in_sight = [row for row in rows if sight.reaches([row.attributes or {}])]
    if not in_sight and sight.sites is not None:
        raise unknown(domain, master_id)
    parts = [row for row in in_sight if row.attributes is not None and not row.attributes.keys().isdisjoint(names)]
    open_to = [row for row in parts if sight.visible(row.attributes).issuperset(names)]
    whole = all(sight.visible(a).issuperset(names) for a in [row.attributes or {} for row in in_sight] or [{}])
    found = spells(_part(row, name, names) for row in open_to)
    page, last = _page(found, before=before, limit=limit)
    return History(
        domain=domain.name,
        master_id=master_id,
        attributes=list(names),
        masked=not whole,
        entries=list(_entries(work, domain, master_id, name, page)),
        kept_back=_kept_back(work, domain, master_id, name) if whole else [],
        last=last,
    )


def _members(domain: Domain, name: str) -> tuple[str, ...]:
    if name in domain.groups:
        return domain.members_of(name)
    if name not in domain.attributes:
        hint = suggestion(name, [*domain.attributes, *domain.groups])
        raise InvalidInput(f"{domain.name} has no attribute `{name[:80]}`.", hint=hint, path="attribute")
    return (name,)


def _part(row: Row, name: str, names: Sequence[str]) -> Spell:
    said = {member: row.attributes[member] for member in names if member in row.attributes}
    return Spell(
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        from_version=row.from_version,
        until_version=row.until_version,
        value=said[name] if names == (name,) else said,
        origin=row.origin,
    )


def _page(found: Sequence[Spell], *, before: int | None, limit: int) -> tuple[list[Spell], int | None]:
    """Return the newest spells below a version, and the version with which the page ends if there are more."""
    wanted = [s for s in reversed(found) if before is None or s.from_version < before]
    if len(wanted) <= limit:
        return wanted, None
    last = wanted[limit - 1].from_version
    page = [s for s in wanted if s.from_version >= last]
    return page, last if len(page) < len(wanted) else None


def _entries(work: Work, domain: Domain, master_id: UUID, name: str, page: Sequence[Spell]) -> Iterator[Entry]:
    numbers = {n for s in page for n in (s.from_version, s.until_version) if n is not None}
    versions = golden_history.versions(work.session, master_id, numbers)
    unit = domain.unit_of(name)
    approvals = {s.from_version: _approved(versions[s.from_version], unit) for s in page}
    asked = {UUID(r) for approval in approvals.values() if approval for r in approval.get("requests", ())}
    requests = golden_history.requests(work.session, asked)
    for s in page:
        version, approval = versions[s.from_version], approvals[s.from_version]
        yield Entry(
            value=s.value,
            valid_from=s.valid_from,
            valid_to=s.valid_to,
            known_from=version.recorded_at,
            known_to=None if s.until_version is None else versions[s.until_version].recorded_at,
            version=s.from_version,
            until_version=s.until_version,
            provenance=s.origin,
            release=version.release,
            cause=version.cause,
            approval=None if approval is None else _approval(approval, requests),
        )


def _approved(version: GoldenVersion, unit: str) -> dict[str, Any] | None:
    """Return what a version says of the approval of a unit, None if that did not need one."""
    approval = version.approval
    return approval if approval is not None and unit in approval["units"] else None


def _approval(document: Mapping[str, Any], requests: Requests) -> Approval:
    behind: Collection[str] = document.get("requests", ())
    return Approval(
        by=list(document.get("by", ())),
        waived=document.get("waived"),
        requests=[_request(*requests[UUID(r)]) for r in behind if UUID(r) in requests],
    )


def _request(request: ChangeRequest, decisions: Sequence[ChangeDecision]) -> Request:
    return Request(
        id=request.id,
        kind=request.kind,
        authors=list(request.authors),
        reason=request.reason,
        owners=[Said(d.owner, d.state, d.decided_by, d.decided_at, d.note) for d in decisions],
    )


def _kept_back(work: Work, domain: Domain, master_id: UUID, name: str) -> list[KeptBack]:
    rows = golden_history.holds(work.session, master_id, domain.unit_of(name), limit=MOST_HOLDS)
    return [
        KeptBack(
            value=row.std,
            stood=row.approved,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            state=row.state,
            request_id=row.request_id,
            since=row.since,
            ended_at=row.ended_at,
        )
        for row in rows
    ]

"""Releases and drafts as people see them: how they stand, who must approve them, and what they change, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mdm.core.domains import parse
from mdm.core.security import Permission
from mdm.hub.releases.approving import DRAFT, Standing, found, standing
from mdm.hub.releases.proposals import contract_changes
from mdm.hub.releases.words import Difference, differences
from mdm.store import releases
from mdm.store.tables import Release
from mdm.store.work import Work
from publishers.contracts import Change


@dataclass(frozen=True, slots=True)
class Asked:
    """A role that must approve a draft, and what it owns of the change."""

    owner: str
    concerns: list[str]
    approved: bool


@dataclass(frozen=True, slots=True)
class Approved:
    """What one person approved in one role; it counts unless other rules are in force since."""

    owner: str
    decided_by: str
    decided_at: datetime
    note: str | None
    counts: bool


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release or draft; of a draft also how it stands to the release in force."""

    domain: str
    number: int
    state: str
    hash: str
    reason: str | None
    proposed_by: str
    proposed_at: datetime
    authors: list[str]
    follows: int | None
    rolls_back: int | None
    origin: dict[str, Any] | None
    switched_on_at: datetime | None
    switched_on_by: str | None
    scheduled_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    note: str | None
    digest: str | None
    asked: list[Asked]
    approvals: list[Approved]
    approved: bool
    awaits_another: bool
    may_approve: bool
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the rules of a release differ from those of another, in words, and what of it subscribers notice."""

    domain: str
    number: int
    against: int
    differences: Sequence[Difference]
    contract: Sequence[Change]


def history(work: Work, domain: str) -> list[Release]:
    """Return every release and draft of a domain, oldest first; raises UnknownDomain."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    return list(releases.of_domain(work.session, domain))


def page(work: Work, domain: str, *, before: int | None = None, limit: int = 50) -> Sequence[Release]:
    """Return releases and drafts of a domain, newest first, below the number `before`."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    return releases.page(work.session, domain, before=before, limit=limit)


def show(work: Work, domain: str, number: int) -> ReleaseView:
    """Return a release or draft with its rules; raises NotFound."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    release = found(work, domain, number)
    stands = standing(work, release) if release.state == DRAFT else None
    counted = {(a.owner, a.decided_by) for a in stands.counted} if stands is not None else None
    approvals = [
        Approved(a.owner, a.decided_by, a.decided_at, a.note, counted is None or (a.owner, a.decided_by) in counted)
        for a in releases.approvals(work.session, domain, number)
    ]
    same = ("domain", "number", "state", "hash", "reason", "proposed_by", "proposed_at", "authors", "follows",
            "rolls_back", "origin", "switched_on_at", "switched_on_by", "scheduled_at", "ended_at", "ended_by", "note",
            "document")  # fmt: skip
    return ReleaseView(
        **{name: getattr(release, name) for name in same},
        approvals=approvals,
        digest=stands.digest if stands is not None else None,
        asked=_asked(stands) if stands is not None else [],
        approved=stands is None or stands.approved,
        awaits_another=stands is not None and stands.lonely and not stands.awaited,
        may_approve=stands is not None and bool(stands.roles_of(work.actor, domain)),
    )


def compare_releases(work: Work, domain: str, number: int, *, against: int | None = None) -> Comparison:
    """Return how a release differs from another: by default from the one it followed, a draft from the one in force."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    release = found(work, domain, number)
    other = found(work, domain, against if against is not None else _before(work, release))
    return Comparison(
        domain=domain,
        number=number,
        against=other.number,
        differences=differences(other.document, release.document),
        contract=contract_changes(parse(other.document), parse(release.document)),
    )


def _asked(stands: Standing) -> list[Asked]:
    return [Asked(role, list(units), role not in stands.awaited) for role, units in stands.asked.items()]


def _before(work: Work, release: Release) -> int:
    """Return what a release is compared with by default; the first one with itself."""
    if release.switched_on_at is not None:
        return release.follows or release.number
    return releases.in_force(work.session, release.domain).number

"""Releases: which rules are in force, and how files become proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mdm.core.domains import Domain, parse
from mdm.core.domains.changes.contract import contract
from mdm.core.ids import digest
from mdm.core.security import Permission
from mdm.hub.action_log import log_action
from mdm.store import releases
from mdm.store.tables import Release
from mdm.store.work import Work
from publishers.contracts import Change, compare

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a declaration file stands to the release in force, and what it would change for subscribers."""

    domain: str
    state: str  # "active" (as the file says), "draft" (kept as a new draft), "known draft", "first release" or "new"
    number: int
    hash: str
    changes: tuple[Change, ...] = ()  # of the attributes that events carry; of a draft


def store_first(work: Work, documents: Mapping[str, Document]) -> list[Proposal]:
    """Switch on release 1 of every domain that has none; files of other domains are left alone."""
    releases.lock(work.session)
    found = []
    for domain, document in sorted(documents.items()):
        if releases.last_number(work.session, domain) == 0:
            release = _release(work, domain, document, number=1, state="active")
            releases.add(work.session, release)
            found.append(Proposal(domain, "first release", 1, release.hash))
    return found


def propose(work: Work, documents: Mapping[str, Document]) -> list[Proposal]:
    """Keep every declaration that differs from the release in force as a draft, and tell how each file stands.

    A new domain is not kept: the next start switches on its first release.
    """
    work.actor.require(Permission.ADMINISTER)
    releases.lock(work.session)
    return [_propose(work, domain, document) for domain, document in sorted(documents.items())]


def _propose(work: Work, domain: str, document: Document) -> Proposal:
    proposed = parse(document)
    content = digest(document)
    last = releases.last_number(work.session, domain)
    if last == 0:
        return Proposal(domain, "new", 1, content)
    known = {r.hash: r for r in releases.of_domain(work.session, domain) if r.state in ("active", "draft")}
    before = next((r.document for r in known.values() if r.state == "active"), None)
    changes = _changes(before, proposed)
    if content in known:
        same = known[content]
        state = "active" if same.state == "active" else "known draft"
        return Proposal(domain, state, same.number, content, changes)
    releases.add(work.session, _release(work, domain, document, number=last + 1, state="draft"))
    subject = f"release/{domain}/{last + 1}"
    log_action(work, action="release.proposed", subject=subject, domain=domain, before=before, after=document)
    return Proposal(domain, "draft", last + 1, content, changes)


def _changes(before: Document | None, proposed: Domain) -> tuple[Change, ...]:
    """Return what a draft changes of the contract with subscribers."""
    return () if before is None else tuple(compare(contract(parse(before)), contract(proposed)))


def history(work: Work, domain: str) -> list[Release]:
    """Return every release and draft of a domain, oldest first; raises UnknownDomain."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    return list(releases.of_domain(work.session, domain))


def _release(work: Work, domain: str, document: Document, *, number: int, state: str) -> Release:
    return Release(
        domain=domain,
        number=number,
        state=state,
        hash=digest(document),
        document=document,
        proposed_by=work.actor.name,
        proposed_at=work.now,
        switched_on_at=work.now if state == "active" else None,
    )

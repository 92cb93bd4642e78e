"""Proposals: how files, documents and changes of what is in force become drafts of rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mdm.core.domains import Domain, parse
from mdm.core.domains.catalog import check_targets, note_priority
from mdm.core.domains.changes.contract import contract
from mdm.core.ids import canonical_json, digest
from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, DeclarationError, Forbidden
from mdm.hub.action_log import log_action
from mdm.hub.releases.approving import ACTIVE, DRAFT, WITHDRAWN, found
from mdm.sources import Registry
from mdm.store import releases
from mdm.store.tables import Release
from mdm.store.work import Work
from publishers.contracts import Change, compare

Document = dict[str, Any]
PARTS = ("declaration", "match")


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a declaration file stands to the release in force, and what it would change for subscribers."""

    domain: str
    state: str  # "active" (as the file says), "draft" (kept as a new draft), "known draft", "first release" or "new"
    number: int
    hash: str
    changes: tuple[Change, ...] = ()  # of the attributes that events carry; of a draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is said of a proposal beside its rules.

    It `replaces` a draft of the same author; `rolls_back` a release; `origin` is where it was imported from.
    """

    authors: tuple[str, ...]
    reason: str | None = None
    replaces: int | None = None
    rolls_back: int | None = None
    origin: Mapping[str, Any] | None = field(default=None)


def store_first(work: Work, documents: Mapping[str, Document]) -> list[Proposal]:
    """Switch on release 1 of every domain that has none; files of other domains are left alone."""
    releases.lock(work.session)
    kept = []
    for domain, document in sorted(documents.items()):
        if releases.last_number(work.session, domain) == 0:
            release = _release(work, domain, document, 1, Terms(authors=(work.actor.name,)))
            release.state, release.switched_on_at, release.switched_on_by = ACTIVE, work.now, work.actor.name
            releases.add(work.session, release)
            kept.append(Proposal(domain, "first release", 1, release.hash))
    return kept


def propose(work: Work, documents: Mapping[str, Document], *, reason: str | None = None) -> list[Proposal]:
    """Keep every declaration that differs from the release in force as a draft, and tell how each file stands.

    A new domain is not kept: the next start switches on its first release. Who owns something of a domain may propose
    its rules, as for `propose_rules`; files that say what is in force ask for nothing.
    """
    releases.lock(work.session)
    kept = []
    for domain, document in sorted(documents.items()):
        authors = proposing(work, domain) if _differs(work, domain, document) else ()
        kept.append(keep_draft(work, domain, document, Terms(authors=authors, reason=reason)))
    return kept


def propose_rules(
    work: Work,
    domain: str,
    document: Mapping[str, Any],
    *,
    registry: Registry,
    reason: str,
    replaces: int | None = None,
) -> Proposal:
    """Keep the rules of a domain that has some as a draft; who owns something of the domain may propose.

    Raises DeclarationError naming the path of what is wrong, also in a mapping that needs what the rules lack.
    """
    terms = Terms(authors=proposing(work, domain), reason=reason, replaces=replaces)
    releases.lock(work.session)
    return keep_draft(work, domain, checked(work, domain, document, registry), terms)


def propose_change(
    work: Work, domain: str, patch: Mapping[str, Any], *, registry: Registry, reason: str, replaces: int | None = None
) -> Proposal:
    """Keep the rules in force with a change as a draft: a JSON merge patch (RFC 7396) of the whole document."""
    terms = Terms(authors=proposing(work, domain), reason=reason, replaces=replaces)
    check_storable(patch)
    releases.lock(work.session)
    document = merged(releases.in_force(work.session, domain).document, patch)
    return keep_draft(work, domain, checked(work, domain, document, registry), terms)


def proposing(work: Work, domain: str) -> tuple[str, ...]:
    """Return who is behind what the actor proposes; raises Forbidden for who has nothing to say about the domain."""
    work.catalog.domain(domain)
    for permission in (Permission.ADMINISTER, Permission.APPROVE):
        if work.actor.may(permission, domain=domain):
            return work.actor.behind(permission, domain=domain)
    owners = ", ".join(sorted(work.catalog.domain(domain).owners))
    raise Forbidden(f"{work.actor.name} may not propose rules of {domain}.", hint=f"Owners may: {owners}.")


def checked(work: Work, domain: str, document: Mapping[str, Any], registry: Registry) -> Document:
    """Return a document as it is to be kept; raises DeclarationError naming the path of what is wrong."""
    if unknown := sorted(document.keys() - set(PARTS)):
        raise DeclarationError(f"{unknown[0]}: it is not known here.", hint="Rules are `declaration` and `match`.")
    check_storable(document)
    kept = dict(document)
    if isinstance(kept.get("declaration"), dict):
        kept["declaration"] = dict(kept["declaration"])
        note_priority(kept["declaration"])
    rules = parse(kept)
    if rules.name != domain:
        raise DeclarationError(
            f"declaration.domain: it says `{rules.name}`, not `{domain}`.", path="declaration.domain"
        )
    domains = {**work.catalog.domains, domain: rules}
    check_targets(rules, domains)
    registry.check({name: known.attributes for name, known in domains.items()})
    return kept


def check_storable(content: Mapping[str, Any]) -> None:
    """Refuse what is JSON but can be neither digested nor stored; raises DeclarationError."""
    try:
        told = canonical_json(content)
    except TypeError as error:
        raise DeclarationError(f"The rules cannot be kept: {error}.", hint="Write such a value as a text.") from None
    if b"\\u0000" in told:
        raise DeclarationError("The rules contain a NUL character.", hint="Remove it.")


def keep_draft(work: Work, domain: str, document: Document, terms: Terms) -> Proposal:
    """Keep a document as a draft unless there is one like it, or it is in force; whoever calls has numbered alone."""
    proposed = parse(document)
    content = digest(document)
    last = releases.last_number(work.session, domain)
    if last == 0:
        return Proposal(domain, "new", 1, content)
    in_force = releases.in_force(work.session, domain)
    known = {r.hash: r for r in releases.of_domain(work.session, domain) if r.state == DRAFT} | {
        in_force.hash: in_force
    }
    before = in_force.document
    changes = contract_changes(parse(before), proposed)
    if content in known and terms.rolls_back is None:
        same = known[content]
        return Proposal(domain, "active" if same.state == ACTIVE else "known draft", same.number, content, changes)
    if terms.replaces is not None:
        _replace(work, domain, terms.replaces, last + 1)
    releases.add(work.session, _release(work, domain, document, last + 1, terms))
    subject = f"release/{domain}/{last + 1}"
    log_action(
        work, action="release.proposed", subject=subject, domain=domain, reason=terms.reason, before=before,
        after=document,
    )  # fmt: skip
    return Proposal(domain, "draft", last + 1, content, changes)


def contract_changes(before: Domain, after: Domain) -> tuple[Change, ...]:
    """Return what changes of the contract with subscribers."""
    return tuple(compare(contract(before), contract(after)))


def merged(document: Any, patch: Any) -> Any:
    """Return a document with a JSON merge patch: null removes a name, a list takes the place of another."""
    if not isinstance(patch, Mapping):
        return patch
    base = document if isinstance(document, Mapping) else {}
    kept = {name: value for name, value in base.items() if patch.get(name, value) is not None}
    return kept | {name: merged(base.get(name), part) for name, part in patch.items() if part is not None}


def _differs(work: Work, domain: str, document: Document) -> bool:
    """Tell whether a domain has other rules in force than those of a document."""
    if releases.last_number(work.session, domain) == 0:
        return False
    return digest(document) != releases.in_force(work.session, domain).hash


def _replace(work: Work, domain: str, number: int, by: int) -> None:
    """Take back an earlier draft of the same author."""
    draft = found(work, domain, number)
    if draft.state != DRAFT:
        raise AlreadyDecided(f"Release {number} of {domain} is {draft.state}.", hint="Propose without replacing it.")
    if work.actor.name not in draft.authors:
        raise Forbidden(f"The draft {number} is not by {work.actor.name}.", hint="Propose beside it.")
    draft.state, draft.ended_at, draft.ended_by = WITHDRAWN, work.now, work.actor.name
    draft.note, draft.scheduled_at, draft.scheduled_by = f"Replaced by {by}.", None, None


def _release(work: Work, domain: str, document: Document, number: int, terms: Terms) -> Release:
    return Release(
        domain=domain,
        number=number,
        state=DRAFT,
        hash=digest(document),
        document=document,
        proposed_by=work.actor.name,
        proposed_at=work.now,
        authors=list(terms.authors),
        reason=terms.reason,
        rolls_back=terms.rolls_back,
        origin=None if terms.origin is None else dict(terms.origin),
    )

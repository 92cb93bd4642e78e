"""Drafts of rules, decided by the owners of what they change: never by an author alone, through no path."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mdm.core.ids import digest as digest_of
from mdm.core.security import SYSTEM, Actor, Permission
from mdm.core.security.actor import ALL
from mdm.errors import AlreadyDecided, Forbidden, NotFound, OutdatedRequest, OwnChange
from mdm.hub.action_log import log_action
from mdm.hub.releases.owners import owners_asked
from mdm.store import releases
from mdm.store.tables import Release, ReleaseApproval
from mdm.store.work import Work

DRAFT, ACTIVE, SUPERSEDED, REJECTED, WITHDRAWN = "draft", "active", "superseded", "rejected", "withdrawn"
LARGEST = 2**31 - 1
FOUR_EYES = 2  # people who have to do with a draft, as author or approver


@dataclass(frozen=True, slots=True)
class Standing:
    """How a draft stands to the release in force: who must approve it, and who has.

    `digest` names the rules and those they were compared with: approvals of anything else no longer count.
    """

    authors: frozenset[str]
    asked: Mapping[str, Sequence[str]]  # role → what it owns of what is changed
    digest: str
    counted: Sequence[ReleaseApproval]

    @property
    def awaited(self) -> list[str]:
        """The roles that have not approved."""
        return sorted(self.asked.keys() - {a.owner for a in self.counted})

    @property
    def people(self) -> frozenset[str]:
        """Everybody known to have a part in it; the hub itself is nobody."""
        return (self.authors - {SYSTEM.name}) | {a.decided_by for a in self.counted}

    @property
    def lonely(self) -> bool:
        """Tell whether one person alone has a part in it: then another holder of some role must approve too."""
        return len(self.people) < FOUR_EYES

    @property
    def approved(self) -> bool:
        """Tell whether it may be switched on."""
        return not self.awaited and not self.lonely

    def roles_of(self, actor: Actor, domain: str) -> list[str]:
        """Return the roles in which an actor may approve it now."""
        own = [role for role in self.asked if decides(actor, role, self.authors, domain)]
        missing = [role for role in own if role in self.awaited]
        if missing or self.awaited or not self.lonely or actor.name in self.people:
            return missing
        return own


def standing(work: Work, release: Release) -> Standing:
    """Return how a draft stands to the release in force."""
    in_force = releases.in_force(work.session, release.domain)
    approvals = releases.approvals(work.session, release.domain, release.number)
    content = digest_of([release.domain, release.number, release.hash, in_force.number, in_force.hash])
    return Standing(
        authors=frozenset(release.authors),
        asked=owners_asked(in_force.document, release.document),
        digest=content,
        counted=[approval for approval in approvals if approval.digest == content],
    )


def approve(work: Work, domain: str, number: int, *, digest: str, note: str | None = None) -> None:
    """Approve a draft in every role the actor holds that it awaits.

    `digest` is that of the draft as it was looked at; raises OutdatedRequest if other rules are in force by now,
    OwnChange for its authors and Forbidden for who owns nothing of it.
    """
    draft = locked_draft(work, domain, number)
    found = standing(work, draft)
    if digest != found.digest:
        raise OutdatedRequest(
            "Other rules have been switched on since this draft was looked at.",
            hint="Read it again and decide about what it changes now.",
        )
    roles = found.roles_of(work.actor, domain)
    if not roles:
        raise _refusal(work.actor, domain, found)
    for role in roles:
        releases.keep_approval(
            work.session,
            ReleaseApproval(
                domain=domain,
                number=number,
                owner=role,
                decided_by=work.actor.name,
                decided_at=work.now,
                digest=found.digest,
                note=note,
            ),
        )
    _log(work, "release.approved", draft, reason=note, details={"owners": roles})


def reject(work: Work, domain: str, number: int, *, reason: str) -> None:
    """End a draft as one of the owners it asks, or as owner of the domain; its authors withdraw it instead."""
    draft = locked_draft(work, domain, number)
    found = standing(work, draft)
    owner = work.catalog.domain(domain).owner
    if not any(decides(work.actor, role, draft.authors, domain) for role in {owner, *found.asked}):
        raise _refusal(work.actor, domain, found)
    _end(work, draft, REJECTED, reason)


def withdraw(work: Work, domain: str, number: int, *, reason: str) -> None:
    """Take back a draft that one has proposed, or that an administrator has no use for."""
    draft = locked_draft(work, domain, number)
    if work.actor.name not in draft.authors and not work.actor.may(Permission.ADMINISTER, domain=domain):
        raise Forbidden("Only who proposed these rules may withdraw them.", hint="An owner may reject them.")
    _end(work, draft, WITHDRAWN, reason)


def decides(actor: Actor, role: str, authors: Collection[str], domain: str) -> bool:
    """Tell whether an actor may decide in a role about rules: they count for all sites, so the role must as well."""
    return actor.may_decide(role, authors=authors, domain=domain, sites=ALL)


def locked_draft(work: Work, domain: str, number: int) -> Release:
    """Return a draft that nobody else decides about until the transaction ends; raises AlreadyDecided for others."""
    work.actor.require(Permission.READ, domain=domain)
    work.catalog.domain(domain)
    releases.lock(work.session)
    release = found(work, domain, number)
    if release.state != DRAFT:
        raise AlreadyDecided(f"Release {number} of {domain} is {release.state}.", hint="It is no draft any more.")
    return release


def found(work: Work, domain: str, number: int) -> Release:
    """Return a release or draft; raises NotFound."""
    release = releases.get(work.session, domain, number) if 0 < number <= LARGEST else None
    if release is None:
        raise NotFound(f"{domain} has no release {number}.", hint="`mdm rules show` lists them.")
    return release


def _refusal(actor: Actor, domain: str, found: Standing) -> Exception:
    holds = any(actor.holds(role, domain=domain, sites=ALL) for role in found.asked)
    awaited = ", ".join(found.awaited) or f"another holder of {', '.join(found.asked)}"
    if holds and not any(decides(actor, role, found.authors, domain) for role in found.asked):
        return OwnChange(
            f"{actor.name} has a part in this draft and cannot decide about it.", hint=f"It awaits {awaited}."
        )
    if holds:
        return AlreadyDecided(f"{actor.name} has approved this draft.", hint=f"It awaits {awaited}.")
    return Forbidden(f"{actor.name} does not own what this draft changes.", hint=f"It awaits {awaited}.")


def _end(work: Work, draft: Release, state: str, reason: str) -> None:
    draft.state, draft.ended_at, draft.ended_by, draft.note = state, work.now, work.actor.name, reason
    draft.scheduled_at = draft.scheduled_by = None
    work.session.flush()
    _log(work, f"release.{state}", draft, reason=reason)


def _log(
    work: Work, action: str, release: Release, *, reason: str | None, details: Mapping[str, Any] | None = None
) -> None:
    subject = f"release/{release.domain}/{release.number}"
    told = {"hash": release.hash, "authors": list(release.authors), **(details or {})}
    log_action(work, action=action, subject=subject, domain=release.domain, reason=reason, details=told)

"""When rules are switched on: approved ones now or at an instant, earlier ones again as soon as they are needed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from mdm.core.domains import parse
from mdm.core.security import Permission
from mdm.core.security.actor import ALL
from mdm.errors import (
    AlreadyDecided,
    BreakingContract,
    Forbidden,
    InvalidInput,
    MdmError,
    Moved,
    NotApproved,
    NotSimulated,
    Unavailable,
)
from mdm.hub.action_log import log_action
from mdm.hub.releases import simulation
from mdm.hub.releases.approving import SUPERSEDED, found, locked_draft, standing
from mdm.hub.releases.proposals import Terms, contract_changes, keep_draft
from mdm.hub.releases.rollout import expect
from mdm.hub.releases.switching import RATE, Switched, switch_on
from mdm.store import releases
from mdm.store.releases import rollouts
from mdm.store.tables import Release
from mdm.store.work import Work
from publishers.contracts import breaking

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

log = structlog.get_logger(__name__)


def switch_on_approved(work: Work, domain: str, number: int) -> Switched:
    """Put an approved draft in force now; raises NotApproved, NotSimulated or BreakingContract."""
    draft = locked_draft(work, domain, number)
    _may_switch(work, domain)
    _check(work, draft)
    return _switch(work, draft)


def schedule(work: Work, domain: str, number: int, *, at: datetime) -> None:
    """Have an approved draft put in force at an instant; it must pass the same checks now and then."""
    draft = locked_draft(work, domain, number)
    _may_switch(work, domain)
    if at <= work.now:
        raise InvalidInput(f"{at:%Y-%m-%d %H:%M %Z} is not ahead.", hint="Leave it out to switch on now.", path="at")
    _check(work, draft)
    draft.scheduled_at, draft.scheduled_by, draft.note = at, work.actor.name, None
    work.session.flush()
    subject, details = f"release/{domain}/{number}", {"at": at, "hash": draft.hash}
    log_action(work, action="release.scheduled", subject=subject, domain=domain, details=details)


def switch_on_due(begin: Begin) -> int:
    """Switch on what is scheduled, and return how many drafts were looked at.

    One that may no longer be switched on is taken from the schedule, and says why; raises Moved and Unavailable.
    """
    with begin() as work:
        due = releases.scheduled(work.session, now=work.now)
    for domain, number in due:
        try:
            with begin() as work:
                switch_on_approved(work, domain, number)
        except (Moved, Unavailable):
            raise
        except MdmError as error:
            log.warning("release_not_switched_on", domain=domain, release=number, reason=str(error))
            with begin() as work:
                _unschedule(work, domain, number, str(error))
    return len(due)


def roll_back(work: Work, domain: str, number: int, *, reason: str, to: int | None = None) -> Switched:
    """Put earlier rules of a domain in force again in the place of release `number`: by default those it followed.

    The owner of the domain or an administrator does so alone: those rules were approved before.
    """
    in_charge = work.catalog.domain(domain).owner
    if not (
        work.actor.holds(in_charge, domain=domain, sites=ALL) or work.actor.may(Permission.ADMINISTER, domain=domain)
    ):
        hint = f"Who holds {in_charge} or administers may."
        raise Forbidden(f"{work.actor.name} may not roll back rules of {domain}.", hint=hint)
    releases.lock(work.session)
    in_force = releases.in_force(work.session, domain)
    if in_force.number != number:
        message = f"Release {number} of {domain} is not in force; {in_force.number} is."
        raise AlreadyDecided(message, hint="Look at that one, and roll it back if it is wrong.")
    target = in_force.follows if to is None else to
    if target is None:
        raise AlreadyDecided(f"Release {number} of {domain} is its first.", hint="There is nothing to roll back to.")
    earlier = found(work, domain, target)
    if earlier.state != SUPERSEDED:
        raise AlreadyDecided(f"Release {target} of {domain} is {earlier.state}: it was never in force before.")
    terms = Terms(authors=(work.actor.name,), reason=reason, rolls_back=number)
    kept = keep_draft(work, domain, earlier.document, terms)
    again = found(work, domain, kept.number)
    _check_contract(in_force, again)
    return _switch(work, again)


def _may_switch(work: Work, domain: str) -> None:
    owner = work.catalog.domain(domain).owner
    if not (work.actor.holds(owner, domain=domain) or work.actor.may(Permission.OPERATE, domain=domain)):
        message = f"{work.actor.name} may not switch on rules of {domain}."
        raise Forbidden(message, hint=f"Who holds {owner}, operates or administers may.")


def _check(work: Work, draft: Release) -> None:
    """Raise unless a draft may be put in force."""
    stands = standing(work, draft)
    if not stands.approved:
        awaited = ", ".join(stands.awaited) or f"another holder of {', '.join(stands.asked)}"
        message = f"Release {draft.number} of {draft.domain} is not approved."
        raise NotApproved(message, hint=f"It awaits {awaited}.", awaited=stands.awaited)
    in_force = releases.in_force(work.session, draft.domain)
    _check_contract(in_force, draft)
    figures = simulation.foretold(work, draft.domain, draft.number, against=in_force.number)
    if figures is None and parse(in_force.document).releases.simulated:
        raise NotSimulated(
            f"Release {draft.number} of {draft.domain} was not tried on the data since {in_force.number} is in force.",
            hint=f"`mdm rules simulate {draft.domain} {draft.number}` does it.",
        )
    expect(draft, figures)


def _check_contract(in_force: Release, wanted: Release) -> None:
    broken = breaking(contract_changes(parse(in_force.document), parse(wanted.document)))
    if broken:
        told = ", ".join(map(str, broken))
        raise BreakingContract(
            f"Release {wanted.number} of {wanted.domain} breaks the contract with subscribers: {told}.",
            hint="Keep what they rely on: an attribute without sources stays empty, one that reads otherwise needs a"
            " name of its own.",
            changes=[str(change) for change in broken],
        )


def _switch(work: Work, release: Release) -> Switched:
    reason = release.reason
    work.session.flush()
    switched = switch_on(work, release.domain, release.number)
    now = work.now
    last = timedelta(seconds=switched.records / RATE)  # until then the others become due one after the other
    rollouts.wake(work.session, release.domain, late=now + last, now=now)
    details = {
        "hash": release.hash,
        "before": switched.before,
        "records": switched.records,
        "rolls_back": release.rolls_back,
        "scheduled_by": release.scheduled_by,
    }
    subject = f"release/{release.domain}/{release.number}"
    action = "release.switched_on" if release.rolls_back is None else "release.rolled_back"
    log_action(work, action=action, subject=subject, domain=release.domain, reason=reason, details=details)
    return switched


def _unschedule(work: Work, domain: str, number: int, why: str) -> None:
    """Take a draft from the schedule, unless somebody else has switched it on or ended it meanwhile."""
    releases.lock(work.session)
    draft = found(work, domain, number)
    if draft.scheduled_at is None:
        return
    draft.scheduled_at = None
    draft.note = f"Not switched on: {why}"
    work.session.flush()
    subject, details = f"release/{domain}/{number}", {"why": why, "scheduled_by": draft.scheduled_by}
    log_action(work, action="release.not_switched_on", subject=subject, domain=domain, details=details)

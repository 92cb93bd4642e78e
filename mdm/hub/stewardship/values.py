"""Values set by a steward: pinned, released again, and masters retired; what is critical awaits its owners."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.core.standardize import Standard
from mdm.errors import Contradiction, InvalidInput, NotFound
from mdm.hub import tasks
from mdm.hub.action_log import log_action
from mdm.hub.announce import Cause
from mdm.hub.approval.requests import ask_owners
from mdm.hub.golden import Draft, Touched, rebuild
from mdm.hub.golden.draft import Permit
from mdm.hub.golden.pins import ask_about_pins
from mdm.hub.settling import judge_referrers
from mdm.hub.stewardship.effects import Effects, check_versions, effects_of, owners_of
from mdm.hub.stewardship.given import check_leads, in_force_now, unit_named, units_of, value_of
from mdm.hub.stewardship.identity import decision_cause, lock_living, steward_of
from mdm.store import golden, stewardship
from mdm.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """For which valid time a value is pinned, and what (in recorded time) becomes of the pin.

    It ends at `expires_at`, or when one of the sources `until_agreed_by` (empty: any) says the same. At `review_at`, or
    when the domain wants it, stewards are asked whether the value is still right.
    """

    valid_from: datetime | None = None
    valid_to: datetime | None = None
    expires_at: datetime | None = None
    until_agreed_by: Collection[str] | None = None
    review_at: datetime | None = None


def pin(
    work: Work,
    domain_name: str,
    master_id: UUID,
    values: Mapping[str, Any],
    *,
    reason: str,
    terms: Terms | None = None,
    expected: Mapping[UUID, int] | None = None,
) -> Effects:
    """Set values of a golden record against all sources; None pins that there is none.

    Coupled attributes are pinned with their group. If any of them is critical, all wait in one change request.
    """
    domain = steward_of(work, domain_name)
    given = _checked(domain, terms or Terms(), now=work.now)
    (living,) = lock_living(work, domain, [master_id])
    shown = in_force_now(work, living)
    read = units_of(work, domain, values, shown)
    check_leads(work, domain, living, read, valid_at=given.valid_from or work.now)
    pins = [_row(living, unit, value, given) for unit, value in read.items()]
    asked = [_proposal(domain, pin, shown) for pin in pins]
    owners, cause = owners_of(domain, asked), decision_cause(work, domain, reason=reason)
    request_id, drafts = None, dict[UUID, Draft]()
    if owners:
        request_id = ask_owners(work, domain, master_id=living, owners=owners, changes=asked, cause=cause)
    else:
        stewardship.write_overrides(work.session, pins, reason=reason, by=work.actor.name, now=work.now)
        drafts = rebuild_one(work, domain, living, cause)
    check_versions(expected or {}, drafts or _as_is(work, living))
    log_action(
        work,
        action="values.proposed" if owners else "values.pinned",
        domain=domain.name,
        subject=f"{domain.name}/{living}",
        reason=reason,
        before={pin["attribute"]: value_of(domain, pin["attribute"], shown) for pin in pins},
        after={pin["attribute"]: pin["value"] for pin in pins},
        details={"attributes": [pin["attribute"] for pin in pins]},
    )
    if not owners:
        return effects_of(work, "pin", domain, drafts)
    return effects_of(work, "pin", domain, {}, request_id=request_id, proposed_on=living, proposed=asked)


def apply_pins(
    work: Work,
    domain: Domain,
    master_id: UUID,
    pins: Collection[Mapping[str, Any]],
    *,
    author: str,
    reason: str,
    request_id: UUID,
    cause: Cause,
    permit: Permit,
) -> dict[UUID, Draft]:
    """Pin the values of an approved change request on a locked master."""
    given = {"master_id": master_id, "request_id": request_id}
    rows = [{**pin, **given, "id": new_id(), "agreement": pin.get("until_agreed_by")} for pin in pins]
    stewardship.write_overrides(work.session, rows, reason=reason, by=author, now=work.now)
    return rebuild_one(work, domain, master_id, cause, permit=permit)


def unpin(
    work: Work,
    domain_name: str,
    master_id: UUID,
    attributes: Collection[str],
    *,
    reason: str,
    expected: Mapping[UUID, int] | None = None,
) -> Effects:
    """Release pinned values: the sources' values survive again, and critical ones await their owner."""
    domain = steward_of(work, domain_name)
    (living,) = lock_living(work, domain, [master_id])
    units = {unit_named(domain, name) for name in attributes}
    pinned = [o for o in stewardship.overrides(work.session, [living]).get(living, ()) if o.attribute in units]
    if missing := sorted(units - {o.attribute for o in pinned}):
        raise NotFound(f"Nothing is pinned on {', '.join(missing)}.", hint="The provenance of a value says if it is.")
    stewardship.end_overrides(work.session, [o.id for o in pinned], by=work.actor.name, now=work.now)
    drafts = rebuild_one(work, domain, living, decision_cause(work, domain, reason=reason))
    check_versions(expected or {}, drafts)
    log_action(
        work,
        action="values.unpinned",
        domain=domain.name,
        subject=f"{domain.name}/{living}",
        reason=reason,
        before={o.attribute: o.value for o in pinned},
        details={"attributes": sorted(units)},
    )
    return effects_of(work, "unpin", domain, drafts)


def retire(
    work: Work, domain_name: str, master_id: UUID, *, reason: str, expected: Mapping[UUID, int] | None = None
) -> Effects:
    """Retire a master: it keeps its values and records, and subscribers learn that it is no longer used."""
    return _set_retired(work, domain_name, master_id, retired=True, reason=reason, expected=expected)


def reinstate(
    work: Work, domain_name: str, master_id: UUID, *, reason: str, expected: Mapping[UUID, int] | None = None
) -> Effects:
    """Take a retired master back into use."""
    return _set_retired(work, domain_name, master_id, retired=False, reason=reason, expected=expected)


def locked(work: Work, master_id: UUID) -> Touched:
    """Return a locked master, ready to be rebuilt."""
    m = golden.masters(work.session, [master_id])[master_id]
    return Touched.of(m.id, m)


def _set_retired(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    retired: bool,
    reason: str,
    expected: Mapping[UUID, int] | None,
) -> Effects:
    domain = steward_of(work, domain_name)
    (living,) = lock_living(work, domain, [master_id])
    touched = locked(work, living)
    if (touched.retired_at is not None) == retired:
        raise Contradiction(f"The {domain.name} {living} is {'' if retired else 'not '}retired.")
    touched.retired_at = work.now if retired else None
    waiting = stewardship.open_tasks(work.session, [living])
    cause = decision_cause(work, domain, reason=reason)
    drafts = rebuild_one(work, domain, living, cause, touched=touched)
    judge_referrers(work, domain, living, cause)
    check_versions(expected or {}, drafts)
    log_action(
        work,
        action="master.retired" if retired else "master.reinstated",
        domain=domain.name,
        subject=f"{domain.name}/{living}",
        reason=reason,
    )
    operation = "retire" if retired else "reinstate"
    return effects_of(work, operation, domain, drafts, open_before=waiting)


def rebuild_one(
    work: Work,
    domain: Domain,
    master_id: UUID,
    cause: Cause,
    *,
    permit: Permit | None = None,
    touched: Touched | None = None,
) -> dict[UUID, Draft]:
    """Rebuild a locked master, and renew the questions about it."""
    found = touched or locked(work, master_id)
    drafts = rebuild(
        work, domain, {master_id: found}, causes={master_id: cause}, permits={master_id: permit} if permit else None
    )
    tasks.renew_orphans(work, domain, {key: draft.status for key, draft in drafts.items()})
    ask_about_pins(work, domain, drafts)
    return drafts


def _as_is(work: Work, master_id: UUID) -> dict[UUID, Any]:
    """Return a master that is left as it is, in the shape in which its version is checked."""
    return {master_id: _Unchanged(locked(work, master_id))}


@dataclass(frozen=True, slots=True)
class _Unchanged:
    master: Touched


def _row(master_id: UUID, unit: str, standard: Standard, terms: Terms) -> dict[str, Any]:
    return {
        "id": new_id(),
        "master_id": master_id,
        "attribute": unit,
        "value": standard.value,
        "std": standard.std,
        "valid_from": terms.valid_from and terms.valid_from.isoformat(),
        "valid_to": terms.valid_to and terms.valid_to.isoformat(),
        "expires_at": terms.expires_at and terms.expires_at.isoformat(),
        "agreement": None if terms.until_agreed_by is None else sorted(set(terms.until_agreed_by)),
        "review_at": terms.review_at and terms.review_at.isoformat(),
        "request_id": None,
    }


def _proposal(domain: Domain, pin: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change request asks about a value: that of now, the proposed one and its terms."""
    kept = ("attribute", "std", "valid_from", "valid_to", "expires_at", "review_at")
    return {
        **{name: pin[name] for name in kept},
        "until_agreed_by": pin["agreement"],
        "current": value_of(domain, pin["attribute"], shown),
        "proposed": pin["value"],
    }


def _checked(domain: Domain, terms: Terms, *, now: datetime) -> Terms:
    """Return the terms with the day of review that the domain wants; raises InvalidInput if they cannot be kept."""
    if terms.expires_at is not None and terms.expires_at <= now:
        raise InvalidInput("A value that is pinned must expire in the future.", path="expires_at")
    if terms.valid_from is not None and terms.valid_to is not None and terms.valid_from >= terms.valid_to:
        raise InvalidInput("A value must be valid for some time.", path="valid_to")
    if terms.review_at is not None and terms.review_at <= now:
        raise InvalidInput("A value that is pinned is reviewed in the future.", path="review_at")
    if unknown := sorted(set(terms.until_agreed_by or ()) - domain.sources.keys()):
        raise InvalidInput(
            f"{domain.name} has no source {', '.join(unknown)}.",
            hint=f"Sources are {', '.join(domain.sources)}.",
            path="until_agreed_by",
        )
    if terms.review_at is None and domain.due.review_after_days is not None:
        return replace(terms, review_at=now + timedelta(days=domain.due.review_after_days))
    return terms

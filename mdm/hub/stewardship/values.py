"""Values set by a steward: pinned, released again, and masters retired; what is critical awaits its owners."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import STEWARD_SOURCE, Domain, standardize_record
from mdm.core.ids import new_id
from mdm.core.standardize import Standard
from mdm.errors import Contradiction, InvalidAttributes, InvalidInput, NotFound
from mdm.hub import tasks
from mdm.hub.action_log import log_action
from mdm.hub.announce import Cause
from mdm.hub.approval.requests import ask_owners
from mdm.hub.golden import Draft, Touched, rebuild
from mdm.hub.golden.draft import Permit
from mdm.hub.golden.timeline import announced, at
from mdm.hub.relations.hierarchy import check_parent
from mdm.hub.relations.references import complete
from mdm.hub.stewardship.effects import Effects, check_versions, effects_of, owners_of
from mdm.hub.stewardship.identity import decision_cause, lock_living, steward_of
from mdm.store import golden, stewardship
from mdm.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """For which valid time a value is pinned, and until when (recorded time) the pin lasts."""

    valid_from: datetime | None = None
    valid_to: datetime | None = None
    expires_at: datetime | None = None


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
    given = terms or Terms()
    _check_terms(given, now=work.now)
    (living,) = lock_living(work, domain, [master_id])
    shown = _current(work, living)
    read = _units(work, domain, values, shown)
    _check_leads(work, domain, living, read, valid_at=given.valid_from or work.now)
    pins = [_row(living, unit, value, given) for unit, value in read.items()]
    asked = [_proposal(domain, pin, shown) for pin in pins]
    owners, cause = owners_of(domain, asked), decision_cause(work, domain, reason=reason)
    request_id, drafts = None, dict[UUID, Draft]()
    if owners:
        request_id = ask_owners(work, domain, master_id=living, owners=owners, changes=asked, cause=cause)
    else:
        stewardship.write_overrides(work.session, pins, reason=reason, by=work.actor.name, now=work.now)
        drafts = _rebuild(work, domain, living, cause)
    check_versions(expected or {}, drafts or _as_is(work, living))
    log_action(
        work,
        action="values.proposed" if owners else "values.pinned",
        domain=domain.name,
        subject=f"{domain.name}/{living}",
        reason=reason,
        before={pin["attribute"]: _value_of(domain, pin["attribute"], shown) for pin in pins},
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
    rows = [{**pin, "master_id": master_id, "id": new_id(), "request_id": request_id} for pin in pins]
    stewardship.write_overrides(work.session, rows, reason=reason, by=author, now=work.now)
    return _rebuild(work, domain, master_id, cause, permit=permit)


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
    units = {_unit(domain, name) for name in attributes}
    pinned = [o for o in stewardship.overrides(work.session, [living]).get(living, ()) if o.attribute in units]
    if missing := sorted(units - {o.attribute for o in pinned}):
        raise NotFound(f"Nothing is pinned on {', '.join(missing)}.", hint="The provenance of a value says if it is.")
    stewardship.end_overrides(work.session, [o.id for o in pinned], by=work.actor.name, now=work.now)
    drafts = _rebuild(work, domain, living, decision_cause(work, domain, reason=reason))
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
    drafts = _rebuild(work, domain, living, decision_cause(work, domain, reason=reason), touched=touched)
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


def _rebuild(
    work: Work,
    domain: Domain,
    master_id: UUID,
    cause: Cause,
    *,
    permit: Permit | None = None,
    touched: Touched | None = None,
) -> dict[UUID, Draft]:
    found = touched or locked(work, master_id)
    drafts = rebuild(
        work, domain, {master_id: found}, causes={master_id: cause}, permits={master_id: permit} if permit else None
    )
    tasks.renew_orphans(work, domain, {key: draft.status for key, draft in drafts.items()})
    return drafts


def _as_is(work: Work, master_id: UUID) -> dict[UUID, Any]:
    """Return a master that is left as it is, in the shape in which its version is checked."""
    return {master_id: _Unchanged(locked(work, master_id))}


@dataclass(frozen=True, slots=True)
class _Unchanged:
    master: Touched


def current_values(work: Work, domain: Domain, master_id: UUID, units: Collection[str]) -> dict[str, Any]:
    """Return the values in force now of attributes and coupled groups."""
    shown = _current(work, master_id)
    return {unit: _value_of(domain, unit, shown) for unit in sorted(units)}


def _current(work: Work, master_id: UUID) -> dict[str, Any]:
    """Return the attributes in force now, whoever may see them."""
    return at(announced(golden.current_slices(work.session, [master_id]).get(master_id, [])), work.now)


def _units(work: Work, domain: Domain, values: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Standard]:
    """Standardize the values as the master's country has them, and complete coupled groups."""
    if not values:
        raise InvalidInput("No values are given.", path="values")
    context = {name: shown[name] for name in ("country", "address") if name in shown and name in domain.attributes}
    read = complete(work, domain, standardize_record(domain, {**context, **values}), sender=STEWARD_SOURCE)
    found: dict[str, Standard] = {}
    for name in values:
        unit = domain.unit_of(name)
        if unit == name:
            found[name] = read[name]
            continue
        members = {m: read[m].value if m in values else shown.get(m) for m in domain.members_of(unit)}
        stds = {m: read[m].std if m in values else shown.get(m) for m in domain.members_of(unit)}
        found[unit] = Standard(_filled(members), _filled(stds), ())
    return found


def _check_leads(
    work: Work, domain: Domain, master_id: UUID, read: Mapping[str, Standard], *, valid_at: datetime
) -> None:
    """Refuse a reference that leads nowhere, and a parent that would make the master part of itself."""
    for name in domain.references.keys() & read.keys():
        if read[name].findings:
            raise InvalidAttributes(f"`{name}` names nothing that is known.", path=name)
        if name in domain.hierarchy and domain.references[name] == domain.name and read[name].value is not None:
            check_parent(work, domain, master_id, UUID(read[name].std), valid_at=valid_at)


def _filled(members: Mapping[str, Any]) -> dict[str, Any] | None:
    return {name: value for name, value in members.items() if value is not None} or None


def _unit(domain: Domain, name: str) -> str:
    unit = domain.unit_of(name)
    if unit not in domain.attributes and unit not in domain.groups:
        raise InvalidInput(f"{domain.name} has no attribute `{name[:80]}`.", path="attributes")
    return unit


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
        "request_id": None,
    }


def _proposal(domain: Domain, pin: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change request asks about a value: that of now, the proposed one and its terms."""
    kept = ("attribute", "std", "valid_from", "valid_to", "expires_at")
    return {
        **{name: pin[name] for name in kept},
        "current": _value_of(domain, pin["attribute"], shown),
        "proposed": pin["value"],
    }


def _value_of(domain: Domain, unit: str, shown: Mapping[str, Any]) -> Any:
    group = domain.groups.get(unit)
    return shown.get(unit) if group is None else _filled({name: shown.get(name) for name in domain.members_of(unit)})


def _check_terms(terms: Terms, *, now: datetime) -> None:
    if terms.expires_at is not None and terms.expires_at <= now:
        raise InvalidInput("A value that is pinned must expire in the future.", path="expires_at")
    if terms.valid_from is not None and terms.valid_to is not None and terms.valid_from >= terms.valid_to:
        raise InvalidInput("A value must be valid for some time.", path="valid_to")

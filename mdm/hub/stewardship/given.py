"""Values as stewards give them: standardized, completed to whole groups and checked, beside those in force now."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import STEWARD_SOURCE, Domain, standardize_record
from mdm.core.standardize import Standard
from mdm.errors import InvalidAttributes, InvalidInput
from mdm.hub.golden.timeline import announced, at
from mdm.hub.relations.hierarchy import check_parent
from mdm.hub.relations.references import complete
from mdm.store import golden
from mdm.store.work import Work


def current_values(work: Work, domain: Domain, master_id: UUID, units: Collection[str]) -> dict[str, Any]:
    """Return the values in force now of attributes and coupled groups."""
    shown = in_force_now(work, master_id)
    return {unit: value_of(domain, unit, shown) for unit in sorted(units)}


def in_force_now(work: Work, master_id: UUID) -> dict[str, Any]:
    """Return the attributes in force now, whoever may see them."""
    return at(announced(golden.current_slices(work.session, [master_id]).get(master_id, [])), work.now)


def value_of(domain: Domain, unit: str, shown: Mapping[str, Any]) -> Any:
    """Return the value of an attribute, or of a coupled group by its members."""
    group = domain.groups.get(unit)
    return shown.get(unit) if group is None else _filled({name: shown.get(name) for name in domain.members_of(unit)})


def units_of(work: Work, domain: Domain, values: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Standard]:
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


def unit_named(domain: Domain, name: str) -> str:
    """Return the unit an attribute or group belongs to; raises InvalidInput if the domain knows none."""
    unit = domain.unit_of(name)
    if unit not in domain.attributes and unit not in domain.groups:
        raise InvalidInput(f"{domain.name} has no attribute `{name[:80]}`.", path="attributes")
    return unit


def check_leads(
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

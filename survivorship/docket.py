"""All that is in play about each attribute or coupled group, sorted and checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from survivorship.agreement import Agreement, give_way
from survivorship.claim import JSON, Claim, Hold, Override
from survivorship.errors import CoupledAttribute
from survivorship.policy.policy import Policy
from survivorship.ruling import Ruling


@dataclass(slots=True)
class Docket:
    """All that was said, pinned and held about one attribute or coupled group, and how pinned values gave way."""

    ruling: Ruling
    claims: list[Claim] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)


Dockets = Mapping[str, Docket]


def unexpired(overrides: Iterable[Override], evaluated_at: datetime) -> list[Override]:
    """Return the overrides that have not expired at `evaluated_at`."""
    return [o for o in overrides if o.expires_at is None or evaluated_at < o.expires_at]


def open_dockets(
    claims: Iterable[Claim], policy: Policy, *, overrides: Iterable[Override], holds: Iterable[Hold]
) -> dict[str, Docket]:
    """Sort everything by the attribute or coupled group it is about."""
    by_attribute: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.attribute in by_attribute:
            by_attribute[claim.attribute].append(claim)
        else:
            by_attribute[claim.attribute] = [claim]
    dockets: dict[str, Docket] = {}
    for attribute, spoken in by_attribute.items():
        docket_of(dockets, policy, policy.unit_of(attribute)).claims += spoken
    for override in overrides:
        check_whole(policy, override.attribute, override.value)
        docket_of(dockets, policy, override.attribute).overrides.append(override)
    for hold in holds:
        check_whole(policy, hold.attribute, hold.approved)
        docket_of(dockets, policy, hold.attribute).holds.append(hold)
    for docket in dockets.values():
        if any(override.agreement is not None for override in docket.overrides):
            docket.overrides, docket.agreements = give_way(docket.ruling, docket.claims, docket.overrides)
    return dockets


def docket_of(dockets: dict[str, Docket], policy: Policy, unit: str) -> Docket:
    """Return the docket of a unit, opened if it is the first time that it is mentioned."""
    docket = dockets.get(unit)
    if docket is None:
        docket = dockets[unit] = Docket(policy.ruling(unit))
    return docket


def check_whole(policy: Policy, attribute: str, value: JSON) -> None:
    """Raise `CoupledAttribute` unless a coupled group is named by its own name, with members and their values."""
    group = policy.unit_of(attribute)
    if group != attribute:
        raise CoupledAttribute(
            f"{attribute!r} is a member of the coupled group {group!r} and survives only with it. Name the group and "
            "give the values of all its members."
        )
    members = policy.groups.get(attribute)
    if members is None or value is None:
        return
    if not isinstance(value, dict) or not set(value) <= set(members):
        raise CoupledAttribute(f"The value of the coupled group {attribute!r} maps {', '.join(members)} to values.")

"""Rebuilds a golden record: the winners of all attributes, slice by slice of valid time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from survivorship.claim import JSON, Claim, Hold, Override
from survivorship.election import decide
from survivorship.errors import CoupledAttribute
from survivorship.policy import Policy
from survivorship.rules import Ruling
from survivorship.timeline import END, START, Segment, Slice, Track, elementary, in_force, zip_tracks


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A golden record in all its valid time, and when it could next change by itself."""

    slices: tuple[Slice, ...]  # in time order, without overlaps; no slice where there is no value
    due_at: datetime | None  # rebuild again then: an override expires


@dataclass(slots=True)
class Docket:
    """All that was said, pinned and held about one attribute or coupled group."""

    ruling: Ruling
    claims: list[Claim] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)


def rebuild(
    claims: Sequence[Claim],
    policy: Policy,
    *,
    evaluated_at: datetime,
    overrides: Sequence[Override] = (),
    holds: Sequence[Hold] = (),
) -> Rebuilt:
    """Return the slices that follow from the claims, whatever their order.

    Raises `InvalidClaims` if a record claims an attribute twice at one time, `CoupledAttribute` if an override or hold
    names a single member of a coupled group.
    """
    pinned = unexpired(overrides, evaluated_at)
    dockets = open_dockets(claims, policy, overrides=pinned, holds=holds)
    due = [override.expires_at for override in pinned if override.expires_at is not None]
    return Rebuilt(zip_tracks([_track(dockets[unit]) for unit in sorted(dockets)]), min(due, default=None))


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


def _track(docket: Docket) -> Track:
    """Decide one unit on each of its own elementary intervals."""
    claims, overrides, holds = docket.claims, docket.overrides, docket.holds
    if not overrides and not holds and _all_open(claims):
        segment = _segment(docket.ruling, START, END, claims, overrides, holds)
        return [segment] if segment[2] else []
    track: Track = []
    for start, end in elementary([*claims, *overrides, *holds]):
        heard = in_force(claims, start, end)
        pinned = in_force(overrides, start, end) if overrides else overrides
        held = in_force(holds, start, end) if holds else holds
        if heard or pinned or held:
            segment = _segment(docket.ruling, start, end, heard, pinned, held)
            if segment[2]:
                track.append(segment)
    return track


def _all_open(claims: list[Claim]) -> bool:
    """Tell whether no claim has a date: a usual case, in which there is nothing to cut."""
    for claim in claims:  # noqa: SIM110  a generator would cost more than the loop
        if claim.valid_from is not None or claim.valid_to is not None:
            return False
    return True


def _segment(
    ruling: Ruling, start: datetime, end: datetime, claims: list[Claim], overrides: list[Override], holds: list[Hold]
) -> Segment:
    """Return the surviving values of one unit over an interval; none where there is no value."""
    outcome = decide(ruling, claims, overrides, holds)
    origin = {"record": outcome.record, "rule": outcome.rule}
    if outcome.value is None:
        return start, end, {}, origin
    if not ruling.members:
        return start, end, {ruling.unit: outcome.value}, origin
    return start, end, {name: value for name, value in outcome.value.items() if value is not None}, origin

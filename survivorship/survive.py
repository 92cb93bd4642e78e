"""Rebuilds a golden record: the winners of all attributes, slice by slice of valid time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from survivorship.agreement import Agreement
from survivorship.claim import JSON, Claim, Hold, Override
from survivorship.docket import Docket, Dockets, open_dockets, unexpired
from survivorship.election import Outcome, decide, elect
from survivorship.fading import next_winner_on
from survivorship.intervals import elementary, in_force, next_bound
from survivorship.leading import heard_with, leader_of
from survivorship.policy.policy import Policy
from survivorship.ruling import Ruling
from survivorship.timeline import Slice, Track, zip_tracks
from survivorship.voices import voices


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A golden record in all its valid time, and when it could next change by itself."""

    slices: tuple[Slice, ...]  # in time order, without overlaps; no slice where there is no value
    due_at: datetime | None = None  # rebuild again then: a slice begins or ends, an override expires, trust has faded
    agreements: tuple[Agreement, ...] = ()  # overrides that gave way because a source says the same


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
    day = day_of(evaluated_at)
    units = sorted(dockets)
    slices = zip_tracks([track(dockets, unit, day) for unit in units])
    agreements = [agreement for unit in units for agreement in dockets[unit].agreements]
    return Rebuilt(slices, due_at(dockets, units, slices, pinned, evaluated_at), tuple(agreements))


def day_of(instant: datetime) -> int:
    """Return the ordinal of the day, in UTC, from which ages are counted."""
    return instant.astimezone(UTC).toordinal()


def track(dockets: Dockets, unit: str, day: int) -> Track:
    """Decide one unit on each of its own elementary intervals."""
    docket = dockets[unit]
    ruling, claims, overrides, holds = docket.ruling, docket.claims, docket.overrides, docket.holds
    undisputed = not overrides and not holds and ruling.follows is None
    found: Track = []
    intervals = elementary(claims if undisputed else heard_with(dockets, unit))
    for start, end in intervals:
        heard = in_force(claims, start, end) if len(intervals) > 1 else claims
        if undisputed:
            outcome = elect(ruling, voices(ruling, heard), day=day)
        else:
            pinned, held = in_force(overrides, start, end), in_force(holds, start, end)
            leader = leader_of(dockets, ruling, start, end, day)
            outcome = decide(ruling, heard, pinned, held, day=day, leader=leader)
        if outcome.value is not None:
            found.append((start, end, _values(ruling, outcome), {"record": outcome.record, "rule": outcome.rule}))
    return found


def due_at(
    dockets: Dockets,
    units: Iterable[str],
    slices: Iterable[Slice],
    pinned: Iterable[Override],
    evaluated_at: datetime,
) -> datetime | None:
    """Return when these slices of these units could next change by themselves, or another comes into force."""
    due = [next_bound(slices, evaluated_at), *(override.expires_at for override in pinned)]
    for unit in units:
        if dockets[unit].ruling.fades:
            due += _fadings(dockets[unit], day_of(evaluated_at))
    return min((instant for instant in due if instant is not None), default=None)


def _fadings(docket: Docket, day: int) -> Iterator[datetime | None]:
    """Yield when the winners of a unit could next change because trust fades; pinned values do not."""
    for start, end in elementary([*docket.claims, *docket.overrides]):
        if not in_force(docket.overrides, start, end):
            yield next_winner_on(docket.ruling, voices(docket.ruling, in_force(docket.claims, start, end)), day)


def _values(ruling: Ruling, outcome: Outcome) -> dict[str, JSON]:
    """Return the surviving values by attribute."""
    if not ruling.members:
        return {ruling.unit: outcome.value}
    return {name: value for name, value in outcome.value.items() if value is not None}

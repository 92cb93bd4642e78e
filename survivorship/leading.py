"""Which record speaks about a unit that follows another: the one that won there."""

from datetime import datetime

from survivorship.claim import Claim, Hold, Override, freeze, identity, is_unspoken
from survivorship.docket import Docket, Dockets
from survivorship.election import Outcome, decide
from survivorship.intervals import in_force
from survivorship.ruling import Ruling
from survivorship.voices import voices


def heard_with(dockets: Dockets, unit: str) -> list[Claim | Override | Hold]:
    """Return all that can move the decision on a unit: what is about it, and about whatever it follows."""
    followed: str | None = unit
    found: list[Claim | Override | Hold] = []
    while followed is not None and (docket := dockets.get(followed)) is not None:
        found += [*docket.claims, *docket.overrides, *docket.holds]
        followed = docket.ruling.follows
    return found


def leader_of(dockets: Dockets, ruling: Ruling, start: datetime, end: datetime, day: int) -> str | None:
    """Return the record that won what a unit follows, over an elementary interval.

    Where a value was pinned, it is the record that speaks for those who say the same; without any there is no leader.
    """
    docket = dockets.get(ruling.follows) if ruling.follows is not None else None
    if docket is None:
        return None
    heard = in_force(docket.claims, start, end)
    leader = leader_of(dockets, docket.ruling, start, end, day)
    outcome = decide(
        docket.ruling,
        heard,
        in_force(docket.overrides, start, end),
        in_force(docket.holds, start, end),
        day=day,
        leader=leader,
    )
    if isinstance(outcome.decided_by, Override):
        return _agreeing(docket, heard, outcome)
    return outcome.record if isinstance(outcome.record, str) else None


def _agreeing(docket: Docket, heard: list[Claim], outcome: Outcome) -> str | None:
    """Return the record that speaks for those who say what was pinned."""
    pinned = freeze(outcome.std)
    spoken = [voice for voice in voices(docket.ruling, heard) if not is_unspoken(voice)]
    agreeing = [voice for voice in spoken if freeze(identity(voice)) == pinned]
    return min(agreeing, key=docket.ruling.speaker).record if agreeing else None

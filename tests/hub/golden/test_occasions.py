"""A master is due at the earliest of all that time alone will change, and says which that is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from mdm.hub.golden.occasions import Occasion, next_occasion, place
from survivorship import Rebuilt, Slice

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)
MASTER = UUID("01890000-0000-7000-8000-000080000000")  # its place is in the middle
HOURS = timedelta(hours=4)


@dataclass
class Link:
    ended_at: datetime | None
    linked: bool = True


@dataclass
class Pin:
    expires_at: datetime | None = None
    review_at: datetime | None = None


def slices(*bounds: datetime) -> tuple[Slice, ...]:
    return tuple(Slice(bound, None, {}, {}) for bound in bounds)


def occasion(rebuilt: Rebuilt, *, links: Any = (), overrides: Any = ()) -> Occasion | None:
    return next_occasion(rebuilt, master_id=MASTER, links=links, overrides=overrides, spread=HOURS, now=NOW)


def test_faded_trust_is_due_at_the_masters_own_place_after_midnight() -> None:
    assert place(MASTER) == 0.5
    assert occasion(Rebuilt((), MIDNIGHT)) == Occasion(MIDNIGHT + HOURS / 2, "decay")


def test_places_of_masters_fill_the_time_evenly() -> None:
    places = [place(UUID(int=n * 2_654_435_761 % (1 << 128))) for n in range(4_000)]
    assert all(950 < sum(quarter <= p * 4 < quarter + 1 for p in places) < 1_050 for quarter in range(4))
    assert len(set(places)) == 4_000


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"rebuilt": Rebuilt(slices(MIDNIGHT), MIDNIGHT)}, "boundary"),
        ({"rebuilt": Rebuilt((), MIDNIGHT), "overrides": [Pin(expires_at=MIDNIGHT)]}, "expiry"),
        ({"rebuilt": Rebuilt(()), "links": [Link(MIDNIGHT)]}, "record_end"),
        ({"rebuilt": Rebuilt(()), "overrides": [Pin(review_at=MIDNIGHT)]}, "review"),
    ],
)
def test_what_is_no_decay_is_due_to_the_instant(given: Any, reason: str) -> None:
    assert occasion(**given) == Occasion(MIDNIGHT, reason)


def test_what_comes_before_the_place_of_the_master_goes_first() -> None:
    early = MIDNIGHT + timedelta(hours=1)
    assert occasion(Rebuilt((), MIDNIGHT), overrides=[Pin(review_at=early)]) == Occasion(early, "review")
    late = MIDNIGHT + timedelta(hours=3)
    assert occasion(Rebuilt((), MIDNIGHT), overrides=[Pin(review_at=late)]) == Occasion(MIDNIGHT + HOURS / 2, "decay")


def test_what_is_past_and_records_that_left_count_no_more() -> None:
    past = NOW - timedelta(days=1)
    pins = [Pin(expires_at=past, review_at=past)]
    assert occasion(Rebuilt(slices(past)), overrides=pins, links=[Link(MIDNIGHT, linked=False)]) is None

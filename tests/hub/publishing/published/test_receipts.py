from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from mdm.hub.publishing.published import Reader
from mdm.hub.publishing.published.receipts import Letter, receipt

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
# versions 1 to 3 of a master were published at 13, 14 and 15 o'clock as 10th, 20th and 30th message of the stream
EVENTS = [SimpleNamespace(version=v, stream_sequence=10 * v, published_at=NOON + v * HOUR) for v in (3, 2, 1)]


def reader(**given: Any) -> Reader:
    usual = {"subjects": (), "whole": True, "created_at": NOON, "delivered": 0, "settled": 0, "unsettled": 0}
    return Reader(name="erp", waiting=0, **{**usual, **given})


@pytest.mark.parametrize(
    ("delivered", "settled", "state", "version"),
    [
        (30, 30, "acknowledged", 3),
        (45, 40, "acknowledged", 3),
        (30, 25, "unsettled", 2),
        (25, 25, "waiting", 2),
        (15, 9, "waiting", None),
    ],
)
def test_place_in_the_stream_says_which_version_is_settled(
    delivered: int, settled: int, state: str, version: int | None
) -> None:
    found = receipt(reader(delivered=delivered, settled=settled), EVENTS, {}, kept=64)
    assert (found.state, found.version) == (state, version)


@pytest.mark.parametrize(
    ("made", "settled", "expected", "given"),
    [
        (4, 30, ("acknowledged", 3), {}),  # it began with the newest of every subject
        (4, 30, ("unknown", None), {"whole": False}),  # it began with what came later
        (2.5, 25, ("waiting", 2), {}),  # then the newest
        (2.5, 25, ("waiting", None), {"whole": False}),
        (3.5, 25, ("waiting", None), {}),  # it has passed over version 2, for version 3
        (1.5, 25, ("waiting", 2), {"whole": False}),
    ],
)
def test_what_a_consumer_may_have_passed_over_is_not_known(
    made: float, settled: int, expected: tuple[str, int | None], given: dict[str, bool]
) -> None:
    one = reader(delivered=settled, settled=settled, created_at=NOON + made * HOUR, **given)
    found = receipt(one, EVENTS, {}, kept=64)
    assert (found.state, found.version) == expected


def test_version_the_stream_no_longer_kept_may_never_have_been_delivered() -> None:
    assert receipt(reader(delivered=25, settled=25), EVENTS, {}, kept=1).version is None


@pytest.mark.parametrize(("letter", "state"), [("open", "given_up"), ("replayed", "unknown")])
def test_event_that_was_given_up_is_not_taken_for_applied(letter: str, state: str) -> None:
    found = receipt(reader(delivered=30, settled=30), EVENTS, {3: Letter(1, 3, letter, "no plant")}, kept=64)
    assert (found.state, found.version, found.given_up) == (state, None, Letter(1, 3, letter, "no plant"))


def test_before_anything_is_published_there_is_nothing_to_have() -> None:
    assert receipt(reader(), [], {}, kept=64).state == "nothing_published"

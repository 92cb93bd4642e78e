from datetime import UTC, datetime, timedelta

import pytest

from publishers.subscriber.apply import Applied
from publishers.subscriber.health import Progress, judge

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def following(**fields: object) -> Progress:
    progress = Progress(**fields)
    progress.connected, progress.disconnected_since = True, None
    return progress


@pytest.mark.parametrize(
    ("progress", "state", "reason"),
    [
        (following(), "ok", ""),
        (following(stale=3, gaps=2, foreign=1), "ok", ""),
        (Progress(disconnected_since=ago(3)), "degraded", "Not following the stream for 3 s"),
        (Progress(disconnected_since=ago(31), last_error="No NATS."), "failing", "for 31 s: No NATS."),
        (following(given_up=2), "degraded", "2 events are given up"),
        (following(retrying=1, last_error="boom"), "degraded", "1 events failed and will be tried again: boom"),
        (following(waiting=9, behind_since=ago(5)), "ok", ""),
        (following(waiting=9, behind_since=ago(40)), "degraded", "9 messages wait, the next for about 40 s"),
        (following(waiting=9, behind_since=ago(400), last_applied_at=ago(1)), "degraded", "9 messages wait"),
        (following(waiting=9, behind_since=ago(400), last_applied_at=ago(350)), "failing", "9 messages wait"),
        (following(replays_error="No stream."), "degraded", "Replays are not followed: No stream."),
    ],
)
def test_health_is_the_worst_finding(progress: Progress, state: str, reason: str) -> None:
    health = judge(progress, now=NOW)
    assert (health.state, reason in " ".join(health.reasons)) == (state, True)


def test_loss_counts_from_its_beginning_and_ends_with_the_next_connection() -> None:
    progress = following()
    progress.lose("gone", replays=False)
    since = progress.disconnected_since
    progress.lose("still gone", replays=False)
    assert since
    assert progress.disconnected_since == since
    progress.begin(4, replays=False)
    assert (progress.disconnected_since, progress.caught_up, progress.waiting) == (None, False, 4)


def test_batch_without_anything_new_is_no_sign_of_life() -> None:
    progress = following()
    progress.count(Applied(stale=5), retrying=0)
    assert progress.last_applied_at is None

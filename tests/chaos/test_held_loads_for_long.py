"""Workers are killed again and again while a large load is compared, held and released, and nothing is lost."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hub.ingest.holding.customers_loaded import load_customers, release, report, with_phone
from tests.support import running
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts, wait_until

KNOWN = 2_500  # three pieces
KILLS = 4  # while it is processed


@pytest.fixture
def parts(hub: HubUnderTest, nats_url: str, monkeypatch: pytest.MonkeyPatch) -> RunningParts:
    monkeypatch.setattr(running, "PATIENCE", 300.0)
    return RunningParts(hub, nats_url)


def kill_two_workers_when(parts: RunningParts, holds: Callable[[], bool]) -> None:
    """Run two workers until something holds, and kill both without mercy."""
    workers = [parts.start("resolve") for _ in range(2)]
    try:
        wait_until(holds)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(timeout=60)


@pytest.mark.chaos
def test_load_is_compared_held_and_released_by_workers_that_are_killed(parts: RunningParts, tmp_path: Path) -> None:
    hub = parts.hub
    load_customers(hub, tmp_path, KNOWN)
    hub.process()
    load_id = load_customers(hub, tmp_path, KNOWN, version=2, phones=False)

    for point in ("load_compared", "after_commit"):
        assert parts.start("resolve", kill_at=point).wait(timeout=300) == -signal.SIGKILL
        assert (report(hub, load_id).state, report(hub, load_id).deliveries) == ("comparing", {"pending": KNOWN})
    kill_two_workers_when(parts, lambda: report(hub, load_id).comparison is not None)
    kill_two_workers_when(parts, lambda: report(hub, load_id).state == "held")
    found = report(hub, load_id)
    assert (found.deliveries, with_phone(hub)) == ({"held": KNOWN}, KNOWN)
    assert found.comparison is not None
    assert found.comparison["customer"].records == {"changed": KNOWN, "late": 0}
    release(hub, load_id)
    for part in range(1, KILLS + 1):
        goal = part * KNOWN // (KILLS + 1)
        kill_two_workers_when(parts, lambda goal=goal: report(hub, load_id).deliveries.get("applied", 0) >= goal)
    with parts.running("resolve", "resolve"):
        wait_until(lambda: report(hub, load_id).deliveries == {"applied": KNOWN})
    assert with_phone(hub) == 0
    assert hub.broken() == []

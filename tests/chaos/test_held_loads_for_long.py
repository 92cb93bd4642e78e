"""Workers are killed again and again while large loads are compared, held and released, and nothing is lost."""

import random
import time
from pathlib import Path

import pytest

from tests.hub.ingest.holding.customers_loaded import load_customers, release, report, with_phone
from tests.support.hubs import HubUnderTest
from tests.support.running import PATIENCE, RunningParts, wait_until

KNOWN = 3_500
KILLS = 12


@pytest.mark.chaos
def test_load_is_compared_held_and_released_by_workers_that_are_killed(
    hub: HubUnderTest, nats_url: str, tmp_path: Path
) -> None:
    load_customers(hub, tmp_path, KNOWN)
    hub.process()
    load_id = load_customers(hub, tmp_path, KNOWN, version=2, phones=False)
    parts, chance = RunningParts(hub, nats_url), random.Random(7)
    decided = False
    for kill in range(KILLS):
        points = {"kill_at": "load_compared"} if kill < 2 else {}
        workers = [parts.start("resolve", **points) for _ in range(2)]
        time.sleep(chance.uniform(1.5, 4))
        for worker in workers:
            worker.kill()
            worker.wait(timeout=20)
        found = report(hub, load_id)
        assert found.state in ("released" if decided else "comparing", "released" if decided else "held")
        if found.state == "held" and kill > KILLS // 2:
            assert (found.deliveries, with_phone(hub)) == ({"held": KNOWN}, KNOWN)
            release(hub, load_id)
            decided = True
    assert decided
    with parts.running("resolve", "resolve"):
        end = time.monotonic() + 4 * PATIENCE
        while report(hub, load_id).deliveries != {"applied": KNOWN}:
            assert time.monotonic() < end, report(hub, load_id).deliveries
            time.sleep(1)
    wait_until(lambda: with_phone(hub) == 0)
    assert hub.broken() == []

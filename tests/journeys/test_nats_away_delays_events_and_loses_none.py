import time
from collections.abc import Callable

import pytest

from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts
from tests.support.servers import KillableNats


def deliveries_go_on_while_nats_is_away(hub: HubUnderTest, nats: KillableNats, *, seconds: float) -> None:
    parts = RunningParts(hub, nats.url)
    with parts.running("resolve", "relay"):
        hub.send("erp", "before", version=1, attributes={"name": "Before GmbH", "country": "DE"})
        parts.wait_until_settled()
        nats.kill()
        end, sent = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            hub.send("erp", f"during-{sent}", version=1, attributes={"name": f"During {sent} GmbH", "country": "DE"})
            sent += 1
            time.sleep(0.05)
        nats.start()
        parts.wait_until_settled()
    assert sent > 10
    assert hub.rows("SELECT count(*) FROM publishers.head") == [(sent + 1,)]
    assert parts.broken() == []


def test_nats_away_for_seconds(hub: HubUnderTest, durable_nats: Callable[[], KillableNats]) -> None:
    deliveries_go_on_while_nats_is_away(hub, durable_nats(), seconds=5)


@pytest.mark.chaos
def test_nats_away_for_a_minute(hub: HubUnderTest, durable_nats: Callable[[], KillableNats]) -> None:
    deliveries_go_on_while_nats_is_away(hub, durable_nats(), seconds=60)

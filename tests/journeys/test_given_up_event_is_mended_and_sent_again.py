import asyncio
from contextlib import nullcontext
from typing import Any

import pytest
from litestar.testing import TestClient

from mdm.entrypoints.api import create_app
from mdm.entrypoints.workers import collect_dead_letters, copy_replays
from mdm.hub.access import create_key
from mdm.settings import Settings
from publishers.subscriber import Event, InMemoryStore, ReplaySource, Subscriber
from tests.entrypoints.api.calling import answering
from tests.support.giving_up import make_streams, publish_everything, until
from tests.support.hubs import HubUnderTest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Handler:
    """Fails for one name until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def __call__(self, rows: dict[str, Any], event: Event) -> None:
        name = event.json()["slices"][0]["attributes"]["name"]
        if name.startswith("Rossi") and not self.mended:
            raise ValueError("no vendor group for Italy")
        rows[event.subject] = name


@pytest.mark.anyio
async def test_given_up_event_is_mended_and_sent_again(hub: HubUnderTest, nats_url: str) -> None:
    for key, name in (("1", "Acme GmbH"), ("2", "Rossi Srl")):
        hub.send("erp", key, version=1, attributes={"name": name, "country": "IT"})
    hub.process()
    await make_streams(nats_url)
    await publish_everything(hub, nats_url)

    handler, store, stop = Handler(), InMemoryStore(), asyncio.Event()
    subscriber = Subscriber(
        nats_url, stream="MDM_GOLDEN", subjects="mdm.golden.v1.supplier.>", name="erp-loader", store=store,
        handler=handler, retry_delays=(0.05,), replays=ReplaySource(),
    )  # fmt: skip
    settings = Settings()
    running = [asyncio.create_task(subscriber.run(stop))]
    for work in (collect_dead_letters, copy_replays):
        task = work(settings, open_hub=lambda: nullcontext(hub.hub), nats_url=nats_url, stop=stop)
        running.append(asyncio.create_task(task))
    with hub.hub.begin() as work:
        _, key = create_key(work, name="olga", roles=["operator"])
    app = create_app(settings, lambda: nullcontext(hub.hub), lambda: answering([]))
    with TestClient(app) as client:
        client.headers["Authorization"] = f"Bearer {key}"

        def listed(state: str) -> list[dict[str, Any]]:
            return client.get("/v1/dead-letters", params={"state": state}).json()["items"]

        await until(lambda: len(listed("open")) == 1)
        [letter] = listed("open")
        assert (letter["subscriber"], letter["severity"]) == ("erp-loader", "critical")
        assert letter["master_id"] == str(hub.master("erp", "2"))
        assert "no vendor group for Italy" in letter["reason"]
        assert list(store.rows.values()) == ["Acme GmbH"]

        handler.mended = True
        client.post(f"/v1/dead-letters/{letter['id']}/replay", json={"reason": "Vendor group for Italy made"})
        await until(lambda: "Rossi Srl" in store.rows.values())
        await until(lambda: len(listed("replayed")) == 1)
        assert listed("open") == listed("replaying") == []
    stop.set()
    await asyncio.gather(*running)
    assert hub.broken() == []

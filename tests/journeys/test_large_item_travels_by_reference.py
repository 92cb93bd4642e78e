"""An item too large for an event: the event says where all of it is, and that is kept until a newer one replaces it."""

import asyncio
from datetime import timedelta

import orjson

from mdm.hub.golden import bodies
from mdm.hub.standing import tidy
from publishers import Event, InMemoryBroker
from publishers.event import digest
from tests.publishers.relays import relay, until
from tests.support.hubs import HubUnderTest

LANGUAGES = """
    ar bg bn ca cs da de el en es et fa fi fr ga gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml mn mr ms my
    nb ne nl nn pa pl pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh zu af am as az be bs cy
"""


def published(hub: HubUnderTest, count: int) -> list[Event]:
    """Publish everything and return the newest events of the stream."""
    broker = InMemoryBroker()

    async def publish() -> None:
        async with relay(hub.dsn, broker) as running:
            await until(lambda: running.metrics.published == count)

    asyncio.run(publish())
    return [Event.from_message(stored.subject, stored.headers, stored.data) for stored in broker.messages]


def test_large_item_travels_by_reference(hub: HubUnderTest) -> None:
    for day, word in (("2030-01-01T00:00:00Z", "later"), ("2031-01-01T00:00:00Z", "at last"), (None, "now")):
        description = {language: f"{word} " * (3_900 // len(word + " ")) for language in LANGUAGES.split()}
        attributes = {"name": "Pump", "base_unit": "PCE", "description": description}
        hub.send("erp", "1", domain="item", attributes=attributes, **({"effective_from": day} if day else {}))
    hub.process()
    event = published(hub, hub.rows("SELECT count(*) FROM publishers.outbox")[0][0])[-1]
    assert event.dataref == f"/v1/events/{event.id}/body"
    assert "slices" not in event.json()
    with hub.hub.begin() as work:
        whole = bodies.read(work, event.id).data or b""
    assert (len(whole) > 1_000_000, digest(whole)) == (True, event.full_digest)
    assert orjson.loads(whole)["slices"][0]["attributes"]["name"]
    hub.rows("UPDATE publishers.outbox SET published_at = now() - interval '8 days' RETURNING 1")
    with hub.hub.begin() as work:
        tidy(work, outbox_retention=timedelta(days=7))
        assert bodies.read(work, event.id).data == whole
    assert hub.broken() == []

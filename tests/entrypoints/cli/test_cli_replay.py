"""A replay asked for on the command line, followed to its end, listed and cancelled."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from mdm.entrypoints.workers import copy_replays
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.publishing import publish_everything, stored

Run = Callable[..., tuple[int, str, str]]
REASON = ("--reason", "ERP was restored")


@contextmanager
def replaying(hub: HubUnderTest, nats_url: str) -> Iterator[None]:
    """Run a replayer for as long as the block lasts."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    task = copy_replays(Settings(), open_hub=lambda: nullcontext(hub.hub), nats_url=nats_url, stop=stop)
    thread = threading.Thread(target=loop.run_until_complete, args=[task])
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def test_replay_is_followed_to_its_report(hub: HubUnderTest, streaming: Run, nats_url: str) -> None:
    hub.send("erp", "1", attributes={"name": "Birkenhof", "country": "DE"})
    hub.process()
    publish_everything(hub, nats_url)
    master = str(hub.master("erp", "1"))
    with replaying(hub, nats_url):
        code, out, _ = streaming("replay", "ask", "--master", master, *REASON, "--wait")
        assert (code, "is done" in out, "1 events copied" in out) == (0, True, True)
        failed = streaming("replay", "ask", "--domain", "supplier", "--subscriber", "gone", *REASON, "--wait")
        assert (failed[0], "no durable consumer gone" in failed[1]) == (1, True)
    (copy,) = stored(nats_url, "MDM_REPLAY")
    assert copy.subject.endswith(f".supplier.{master}")


def test_replay_is_listed_shown_and_cancelled(on_hub: Run) -> None:
    code, out, _ = on_hub("replay", "ask", "--since", "2026-01-01T00:00Z", "--all", *REASON, "--json")
    view = json.loads(out)
    assert (code, view["state"], view["events"]) == (0, "queued", "all")
    assert on_hub("replay", "cancel", view["id"])[0] == 0
    assert "cancelled" in on_hub("replay", "list")[1]
    assert json.loads(on_hub("replay", "show", view["id"])[1])["outcome"] == "Cancelled by hub."


def test_words_that_are_no_id_and_no_time_are_named(on_hub: Run) -> None:
    for words in (("--master", "x"), ("--since", "yesterday"), ("--until", "2026-01-01T00:00")):
        code, _, err = on_hub("replay", "ask", *words, *REASON)
        assert (code, words[1] in err) == (2, True)

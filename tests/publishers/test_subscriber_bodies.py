"""Large events: the body is fetched over HTTP, checked, and waited for when it cannot be had."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from publishers import BodyDamaged, BodyGone, Unavailable, digest
from publishers.event import MAX_BYTES
from publishers.jetstream import JetStreamBroker
from publishers.subscriber import Bodies, InMemoryStore
from publishers.subscriber.store import given_up_in
from tests.publishers import subscribers
from tests.publishers.events import an_event
from tests.publishers.relays import until
from tests.publishers.subscribers import subscriber

FULL = b'{"name": "' + b"x" * MAX_BYTES + b'"}'
Publish = Callable[..., Awaitable[None]]


class Server:
    """An HTTP server that answers each path with one status after the other, the last for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, bytes]]] = {}
        self.tokens: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.tokens.append(self.headers["Authorization"])
                waiting = outer.answers.get(self.path, [(404, b"")])
                status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body.decode())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


def large(path: str = "/v1/events/7/body", **fields: Any) -> dict[str, Any]:
    return {"data": b'{"identity": {}}', "dataref": path, "full_digest": digest(FULL), **fields}


def test_body_is_fetched_with_the_token(server: Server) -> None:
    server.answers = {"/v1/events/7/body": [(200, FULL)]}
    whole = Bodies(server.url, token="secret").complete(an_event(**large()))
    assert (whole.data, server.tokens) == (FULL, ["Bearer secret"])


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, b"", Unavailable), (401, b"", Unavailable), (302, b"http://127.0.0.1:1/other", Unavailable),
        (404, b"", BodyGone), (410, b"", BodyGone), (200, b"another", BodyDamaged),
    ],
)  # fmt: skip
def test_what_is_no_body_is_told_apart(server: Server, status: int, body: bytes, error: type[Exception]) -> None:
    server.answers = {"/v1/events/7/body": [(status, body)]}
    with pytest.raises(error):
        Bodies(server.url).complete(an_event(**large()))


def test_server_that_is_away_may_come_back() -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        Bodies("http://127.0.0.1:1").complete(an_event(**large()))


@pytest.mark.parametrize("path", ["http://127.0.0.1:1/v1", "//127.0.0.1:1/v1", "file:///etc/passwd"])
def test_token_is_sent_to_one_place_only(server: Server, path: str) -> None:
    with pytest.raises(BodyDamaged, match="not below"):
        Bodies(server.url, token="secret").complete(an_event(**large(path)))


def test_place_of_bodies_is_an_http_url() -> None:
    with pytest.raises(ValueError, match="not an http"):
        Bodies("file:///tmp")


@pytest.fixture
def publish(jetstream: JetStreamBroker) -> Publish:
    return partial(subscribers.publish, jetstream)


@pytest.mark.anyio
@pytest.mark.nats
async def test_handler_gets_the_whole_and_others_do_not_wait_for_it(
    nats_url: str, publish: Publish, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publishers.subscriber.batch.BODY_DELAY", 0.05)
    here, gone = f"/v1/events/{uuid4()}/body", f"/v1/events/{uuid4()}/body"
    server.answers = {here: [(503, b""), (503, b""), (200, FULL)], gone: [(410, b"")]}
    await publish("large", 1, **large(here))
    await publish("gone", 1, **large(gone))
    await publish("small", 1)
    store = InMemoryStore()
    async with subscriber(nats_url, store, bodies=Bodies(server.url), retry_delays=()) as running:
        await until(lambda: store.rows == {"large": FULL.decode(), "small": "v1"})
        assert (running.progress.failed, running.progress.gone) == (0, 1)
        [missing] = given_up_in(store)
        assert (missing.subject, running.health().state) == ("test.v1.gone", "degraded")
        await publish("gone", 2)
        await until(lambda: running.health().state == "ok")


@pytest.mark.anyio
@pytest.mark.nats
async def test_subscriber_without_a_place_for_bodies_waits_and_says_so(nats_url: str, publish: Publish) -> None:
    await publish("large", 1, **large())
    store = InMemoryStore()
    async with subscriber(nats_url, store, retry_delays=()) as running:
        await until(lambda: "option `bodies`" in str(running.progress.last_error))
        assert (store.rows, running.progress.terminated) == ({}, 0)

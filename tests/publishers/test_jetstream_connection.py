"""A connection to NATS: closing it, and what it says of an outage."""

import asyncio
from collections.abc import Callable

import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError, ServiceUnavailableError

from publishers.jetstream.connection import Link, connect, reason
from tests.support.servers import KillableNats


class Torn(Client):
    """A client whose connection is lost while it is being closed."""

    async def close(self) -> None:
        raise ConnectionResetError("Connection lost")


def test_connection_lost_while_it_is_closed_is_closed() -> None:
    async def closed() -> bool:
        link = Link(Torn())
        await link.close()
        return link.closed.is_set()

    assert asyncio.run(closed())


def test_outage_is_logged_once_and_not_at_every_try(
    durable_nats: Callable[[], KillableNats], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="publishers.jetstream.connection")
    server = durable_nats()

    async def away() -> None:
        link = await connect(server.url, name="test")
        server.kill()
        await asyncio.sleep(1.3)  # it tries every second
        await link.close()

    asyncio.run(away())
    assert ["ConnectionRefused" in record.message for record in caplog.records].count(True) == 1


def test_what_is_wrong_is_said_in_words() -> None:
    assert reason(NotFoundError(code=404, err_code=10059, description="stream not found")) == "stream not found"
    assert reason(ServiceUnavailableError()) == "JetStream does not answer"
    assert reason(TimeoutError()) == "TimeoutError"

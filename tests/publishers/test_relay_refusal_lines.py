import asyncio
from uuid import UUID

import pytest

from publishers.broker import Message
from publishers.errors import Refused
from publishers.outbox import Pending
from publishers.relay import Metrics
from publishers.relay.pace import Pace
from publishers.relay.refusals import Refusals

EVENT = UUID(int=7)


def test_a_refused_event_is_named_with_its_correlation_id(caplog: pytest.LogCaptureFixture) -> None:
    message = Message("mdm.golden.v1.supplier.1", {"ce-correlationid": "order-4711"}, b"{}")
    event = Pending(1, EVENT, 3, "digest", message, 0, None)

    async def refuse() -> None:
        Refusals(Pace(), Metrics()).add(event, Refused("the stream is full"))

    asyncio.run(refuse())
    assert f"event {EVENT}, correlation order-4711" in caplog.text

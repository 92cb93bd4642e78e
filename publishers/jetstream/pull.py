"""Receiving from a pull consumer: one request open at a time, silence noticed by missing heartbeats."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Sequence
from typing import Self

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import api

from publishers.errors import Unavailable
from publishers.jetstream.connection import UNREACHABLE, Link

logger = logging.getLogger(__name__)
NANOSECONDS = 1_000_000_000
HEARTBEAT = 5.0
EXPIRES = 30.0
SILENCE = 2.5  # heartbeats missed before a request counts as lost
ENDED = {"404", "408"}  # no messages, request expired: ask again
BROKEN = ("consumer deleted", "consumer is push", "bad request", "server shutdown")


def passing(policy: api.DeliverPolicy, *, subjects: Sequence[str], headers_only: bool = False) -> api.ConsumerConfig:
    """Return a consumer that is forgotten soon after its reader has gone, and that nothing needs acknowledging to."""
    return api.ConsumerConfig(
        deliver_policy=policy,
        ack_policy=api.AckPolicy.NONE,
        filter_subjects=list(subjects),
        headers_only=headers_only,
        inactive_threshold=60,
        mem_storage=True,
        num_replicas=1,
    )


class Pull:
    """A stream of messages from one consumer; use as an async context manager."""

    def __init__(
        self,
        link: Link,
        *,
        stream: str,
        consumer: str,
        batch: int,
        domain: str | None = None,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        """Ask for `batch` messages at a time; silence of 2.5 heartbeats (seconds) means that the consumer is lost.

        `domain` is the JetStream domain of the stream, if it is another than that of the server.
        """
        self._link = link
        self._losses = link.losses
        self._client = link.client
        prefix = "$JS.API" if domain is None else f"$JS.{domain}.API"
        self._subject = f"{prefix}.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._heartbeat = heartbeat
        self._batch = batch
        self._inbox = link.client.new_inbox()
        self._subscription: Subscription | None = None
        self._received: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self._expected = 0
        self._heard_at = 0.0
        self._broken: str | None = None

    async def __aenter__(self) -> Self:
        try:
            self._subscription = await self._client.subscribe(self._inbox, cb=self._receive)
        except UNREACHABLE as error:
            raise Unavailable(f"NATS cannot be reached: {error!r}.") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._subscription is not None:
            try:
                await self._subscription.unsubscribe()
            except (nats.errors.Error, *UNREACHABLE):
                logger.debug("the subscription is gone with its connection")

    async def next(self, wait: float) -> list[Msg]:
        """Return what has arrived, at most one batch, after waiting up to `wait` seconds for the first.

        Raises Unavailable when the consumer is gone or has fallen silent.
        """
        if not self._received:
            await self._request()
            try:
                await asyncio.wait_for(self._arrived.wait(), wait)
            except TimeoutError:
                return []
        batch = [self._received.popleft() for _ in range(min(self._batch, len(self._received)))]
        if not self._received:
            self._arrived.clear()
            await self._request()
        return batch

    def wake(self) -> None:
        """Let a waiting `next` return at once."""
        self._arrived.set()

    async def end(self) -> list[Msg]:
        """Stop receiving, and return what has arrived and was not asked for: to be given back, and not to us again."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            try:
                await subscription.drain()  # type: ignore[no-untyped-call]
            except (nats.errors.Error, *UNREACHABLE) as error:
                raise Unavailable(f"NATS cannot be reached: {error!r}.") from error
        unread = list(self._received)
        self._received.clear()
        return unread

    @property
    def waiting(self) -> list[Msg]:
        """Return what has arrived and was not asked for yet, without taking it."""
        return list(self._received)

    async def _request(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._broken is not None:
            raise Unavailable(f"The consumer does not answer: {self._broken}.")
        if self._link.losses != self._losses:
            raise Unavailable("The connection was lost, and the open request with it.")
        if self._expected > 0:
            if now - self._heard_at > SILENCE * self._heartbeat:
                raise Unavailable("The consumer has fallen silent.")
            return
        request = {
            "batch": self._batch,
            "expires": int(EXPIRES * NANOSECONDS),
            "idle_heartbeat": int(self._heartbeat * NANOSECONDS),
        }
        self._expected, self._heard_at = self._batch, now
        try:
            await self._client.publish(self._subject, json.dumps(request).encode(), reply=self._inbox)
        except (nats.errors.Error, *UNREACHABLE) as error:
            self._expected = 0
            raise Unavailable(f"NATS cannot be reached: {error!r}.") from error

    async def _receive(self, message: Msg) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        of_server = not (message.data or message.reply)  # what a stream gives can be acknowledged, whatever it pretends
        status = (message.headers or {}).get("Status") if of_server else None
        if status is None:
            self._expected -= 1
            self._received.append(message)
            self._arrived.set()
        elif status != "100":
            self._end(status, (message.headers or {}).get("Description", ""))

    def _end(self, status: str, description: str) -> None:
        self._expected = 0
        if status not in ENDED and (status == "503" or description.lower().startswith(BROKEN)):
            self._broken = f"{status} {description}"
        self._arrived.set()  # lets a waiting `next` return, so that it asks again or reports

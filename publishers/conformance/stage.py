"""The stream of a trial, what is published to it, and what its consumer has acknowledged."""

import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field

from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.conformance.consumer import CannotTry
from publishers.event import MESSAGE_ID, Event
from publishers.jetstream import JetStreamBroker, StreamPlan, provision

ACKNOWLEDGED = (b"", b"+ACK")
PER_SUBJECT = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the consumer is, as the server knows."""

    name: str
    waiting: int
    unacknowledged: int
    ack_wait: float
    explicit: bool


@dataclass(slots=True)
class Stage:
    """A stream of its own, made for the trial and deleted after it."""

    broker: JetStreamBroker
    stream: str
    root: str
    heads: dict[str, Event] = field(default_factory=dict)

    @property
    def subjects(self) -> str:
        """Return the subjects of all masters."""
        return f"{self.root}.supplier.>"

    async def build(self) -> None:
        """Make the stream; raise CannotTry if there is one of that name."""
        context = await self.broker.context()
        with contextlib.suppress(NotFoundError):
            await context.stream_info(self.stream)
            raise CannotTry(f"Stream {self.stream} exists; a trial deletes its stream, so it takes none that is there.")
        await self._make()

    async def rebuild(self) -> None:
        """Delete the stream and fill a new one with the newest event of every subject, the last first."""
        await self.delete()
        await self._make()
        await self.publish(*reversed(list(self.heads.values())))

    async def delete(self) -> None:
        """Delete the stream."""
        with contextlib.suppress(NotFoundError):
            await (await self.broker.context()).delete_stream(self.stream)

    async def publish(self, *events: Event, headers: Mapping[str, str] | None = None) -> list[int]:
        """Publish events as they are, also again or out of order, and return their sequences."""
        return [
            await self.publish_raw(event.subject, event.data, _headers(event, headers or {}))
            for event in self._heard(events)
        ]

    async def publish_raw(self, subject: str, data: bytes, headers: Mapping[str, str]) -> int:
        """Publish anything."""
        context = await self.broker.context()
        return (await context.publish(subject, data, headers=dict(headers), stream=self.stream)).seq

    async def standing(self) -> Standing | None:
        """Return how far the consumer is that has taken most, None while there is none."""
        context: JetStreamContext = await self.broker.context()
        try:
            found = await context.consumers_info(self.stream)
        except NotFoundError:
            return None
        if not found:
            return None
        info = max(found, key=lambda consumer: consumer.delivered.consumer_seq if consumer.delivered else 0)
        return Standing(
            name=info.name,
            waiting=info.num_pending or 0,
            unacknowledged=info.num_ack_pending or 0,
            ack_wait=info.config.ack_wait or 30.0,
            explicit=info.config.ack_policy in {api.AckPolicy.EXPLICIT, api.AckPolicy.ALL},
        )

    @contextlib.asynccontextmanager
    async def acknowledgements(self) -> AsyncIterator[list[int]]:
        """Collect the stream sequences that the consumer acknowledges while the block lasts."""
        heard: list[int] = []

        async def hear(message: Msg) -> None:
            tokens = message.subject.split(".")
            place = len(tokens) - (4 if len(tokens) == 9 else 5)
            if self.stream in tokens and message.data in ACKNOWLEDGED:
                heard.append(int(tokens[place]))

        client = (await self.broker.connected()).client
        subscription = await client.subscribe("$JS.ACK.>", cb=hear)
        await client.flush()
        try:
            yield heard
        finally:
            await subscription.unsubscribe()

    async def _make(self) -> None:
        await provision(
            self.broker,
            StreamPlan(name=self.stream, subjects=(f"{self.root}.>",), max_messages_per_subject=PER_SUBJECT),
        )

    def _heard(self, events: Iterable[Event]) -> Iterable[Event]:
        for event in events:
            known = self.heads.get(event.subject)
            if known is None or known.version <= event.version:
                self.heads[event.subject] = event
            yield event


def _headers(event: Event, more: Mapping[str, str]) -> dict[str, str]:
    """Return the headers without the id brokers deduplicate by: what comes twice must arrive twice."""
    return {name: text for name, text in {**event.headers(), **more}.items() if name != MESSAGE_ID}

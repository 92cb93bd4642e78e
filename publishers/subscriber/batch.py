"""Messages in hand: the events among them, and what each is answered."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from nats.aio.msg import Msg

from publishers.errors import BodyDamaged, BodyGone, InvalidEvent, Unavailable
from publishers.event import Event
from publishers.subscriber.answers import Again, Answer, Never
from publishers.subscriber.apply import Received
from publishers.subscriber.bodies import Bodies
from publishers.subscriber.store import Checkpoint, GivenUp

BODY_DELAY = 5.0  # seconds after which a body that could not be had is asked for again


class Batch:
    """What one look at the stream has brought; a message without another answer is acknowledged."""

    def __init__(self, messages: Sequence[Msg], *, replays: bool) -> None:
        """Tell events from messages that are none; `replays`: what is wanted are copies of events."""
        self.messages = messages
        self.events: list[Received] = []
        self.failed: list[tuple[Received, str]] = []
        self.answers: dict[int, Answer] = {}
        self.given_up: list[GivenUp] = []
        self.foreign = self.gone = 0
        self.outage: str | None = None
        self._seen = 0
        for message in messages:
            delivered = message.metadata.sequence.consumer
            try:
                event = _event(message, replays=replays)
            except InvalidEvent as error:
                self.foreign += 1
                self._give_up(delivered, message.subject, 0, str(error))
                self.answers[delivered] = Never(str(error))
            else:
                self.events.append(Received(event, delivered, replays))

    def complete(self, bodies: Bodies | None) -> None:
        """Fetch the bodies of large events; those that cannot be had now are not applied now."""
        events, self.events = self.events, []
        for received in events:
            try:
                event = received.event
                whole = event if event.dataref is None else _whole(event, bodies)
                self.events.append(Received(whole, received.delivered, received.replayed))
            except Unavailable as error:
                self.outage = str(error)
                self.answers[received.delivered] = Again(BODY_DELAY)
            except BodyDamaged as error:
                self.failed.append((received, str(error)))
            except BodyGone as error:
                self.gone += 1
                self._give_up(received.delivered, received.event.subject, received.event.version, str(error))

    def terminate(self, received: Received, reason: str) -> None:
        """Give up an event for good."""
        self._give_up(received.delivered, received.event.subject, received.event.version, reason)
        self.answers[received.delivered] = Never(reason)

    def checkpoint(self, consumer: str | None) -> Checkpoint | None:
        """Return the checkpoint after what was given up, so that the consumer does not seem ahead of the store."""
        return Checkpoint(consumer, self._seen) if consumer and self._seen else None

    def settled(self, *, but: Collection[int]) -> list[Event]:
        """Return the events that are done with, those of some deliveries not among them."""
        open_ones = {*self.answers, *but}
        return [received.event for received in self.events if received.delivered not in open_ones]

    def _give_up(self, delivered: int, subject: str, version: int, reason: str) -> None:
        self.given_up.append(GivenUp(subject, version, reason, datetime.now(UTC)))
        self._seen = max(self._seen, delivered)


def _event(message: Msg, *, replays: bool) -> Event:
    event = Event.from_message(message.subject, message.headers or {}, message.data)
    if (event.replay is not None) != replays:
        raise InvalidEvent(f"On {message.subject} is {'an event' if replays else 'a copy of one'}.")
    return event


def _whole(event: Event, bodies: Bodies | None) -> Event:
    if bodies is None:
        raise Unavailable(
            f"{event.subject} version {event.version} refers to a body.", hint="Give the option `bodies`."
        )
    return bodies.complete(event)

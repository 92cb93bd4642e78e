"""Transactional outbox to broker: envelopes that are published once, in order, and provably complete.

What needs a database or a broker's client is imported by its own name: `publishers.outbox`, `publishers.head`,
`publishers.relay` (psycopg), `publishers.jetstream`, `publishers.subscriber` (nats-py).
"""

from publishers.broker import Broker, BySubject, InMemoryBroker, Message, Stored
from publishers.errors import (
    BodyDamaged,
    BodyGone,
    BrokerError,
    EventTooLarge,
    InvalidAdvisory,
    InvalidEvent,
    LeaseLost,
    NotReady,
    PublishError,
    Refused,
    SequenceConflict,
    StoreFailed,
    StreamAhead,
    StreamError,
    StreamLost,
    SubjectPurged,
    Unavailable,
    UnknownOutcome,
)
from publishers.event import MAX_BYTES, Event, digest

__all__ = [
    "MAX_BYTES",
    "BodyDamaged",
    "BodyGone",
    "Broker",
    "BrokerError",
    "BySubject",
    "Event",
    "EventTooLarge",
    "InMemoryBroker",
    "InvalidAdvisory",
    "InvalidEvent",
    "LeaseLost",
    "Message",
    "NotReady",
    "PublishError",
    "Refused",
    "SequenceConflict",
    "StoreFailed",
    "Stored",
    "StreamAhead",
    "StreamError",
    "StreamLost",
    "SubjectPurged",
    "Unavailable",
    "UnknownOutcome",
    "digest",
]

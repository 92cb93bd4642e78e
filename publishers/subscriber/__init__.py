"""The consumer kit: everything a downstream system needs to end with the publisher's state; needs nats-py alone."""

from publishers.event import Event
from publishers.subscriber.apply import Handler
from publishers.subscriber.sqlite import SqliteStore
from publishers.subscriber.store import Checkpoint, InMemoryStore, Store, Transaction
from publishers.subscriber.subscriber import Progress, Subscriber
from publishers.subscriber.watch import watch

__all__ = [
    "Checkpoint",
    "Event",
    "Handler",
    "InMemoryStore",
    "Progress",
    "SqliteStore",
    "Store",
    "Subscriber",
    "Transaction",
    "watch",
]

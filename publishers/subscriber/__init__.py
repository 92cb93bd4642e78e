"""The consumer kit: everything a downstream system needs to end with the publisher's state; needs nats-py alone.

The store in PostgreSQL is imported by its own name, `publishers.subscriber.postgres`, because it needs psycopg.
"""

from publishers.event import Event
from publishers.subscriber.apply import Handler
from publishers.subscriber.bodies import Bodies
from publishers.subscriber.crosswalk import Crosswalk, Record, SqliteCrosswalk
from publishers.subscriber.health import Health, Progress
from publishers.subscriber.memory import InMemoryStore
from publishers.subscriber.sqlite import SqliteStore
from publishers.subscriber.store import Checkpoint, GivenUp, HandlerFailed, Store, Transaction
from publishers.subscriber.subscriber import ReplaySource, Subscriber
from publishers.subscriber.watch import watch

__all__ = [
    "Bodies",
    "Checkpoint",
    "Crosswalk",
    "Event",
    "GivenUp",
    "Handler",
    "HandlerFailed",
    "Health",
    "InMemoryStore",
    "Progress",
    "Record",
    "ReplaySource",
    "SqliteCrosswalk",
    "SqliteStore",
    "Store",
    "Subscriber",
    "Transaction",
    "watch",
]

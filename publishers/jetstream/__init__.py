"""JetStream as the broker: connection, stream, receiving, provisioning and readiness."""

from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.connection import UNREACHABLE, Link, connect
from publishers.jetstream.consumers import BEGINNING, ConsumerPlan, compare_consumer, provision_consumer
from publishers.jetstream.mirroring import MirrorPlan, mirror
from publishers.jetstream.provision import StreamPlan, compare, provision
from publishers.jetstream.pull import Pull, passing
from publishers.jetstream.queue import Queued, QueueReader, Settled
from publishers.jetstream.readers import Reader, Readers, readers_of
from publishers.jetstream.readiness import Readiness, probe

__all__ = [
    "BEGINNING",
    "UNREACHABLE",
    "ConsumerPlan",
    "JetStreamBroker",
    "Link",
    "MirrorPlan",
    "Pull",
    "QueueReader",
    "Queued",
    "Reader",
    "Readers",
    "Readiness",
    "Settled",
    "StreamPlan",
    "compare",
    "compare_consumer",
    "connect",
    "mirror",
    "passing",
    "probe",
    "provision",
    "provision_consumer",
    "readers_of",
]

"""Messages that consumers gave up: what the server says of them, and the messages themselves.

What collects them from JetStream is imported by its own name: `publishers.dead_letters.collector` (nats-py).
"""

from publishers.dead_letters.advisory import Advisory
from publishers.dead_letters.letter import DeadLetter, Position, Store

__all__ = ["Advisory", "DeadLetter", "Position", "Store"]

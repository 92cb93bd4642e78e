"""The relay: moves events from the outbox to the broker, exactly once and in order per subject."""

from publishers.relay.metrics import Metrics, State
from publishers.relay.pace import FAULT_POINTS, Pace
from publishers.relay.relay import Relay

__all__ = ["FAULT_POINTS", "Metrics", "Pace", "Relay", "State"]

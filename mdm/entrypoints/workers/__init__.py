"""Long-running processes: the resolver, which processes deliveries, and the relay, which publishes."""

from mdm.entrypoints.workers.relay import publish
from mdm.entrypoints.workers.resolver import resolve_deliveries

__all__ = ["publish", "resolve_deliveries"]

"""Long-running processes: resolvers process deliveries, relays publish, clocks do what becomes due by time."""

from mdm.entrypoints.workers.clock import keep_time
from mdm.entrypoints.workers.relay import publish
from mdm.entrypoints.workers.resolver import resolve_deliveries

__all__ = ["keep_time", "publish", "resolve_deliveries"]

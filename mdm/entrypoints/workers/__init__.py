"""Long-running processes: intakes fetch deliveries, resolvers process them, relays publish, clocks keep time."""

from mdm.entrypoints.workers.clock import keep_time
from mdm.entrypoints.workers.dead_letters import collect_dead_letters
from mdm.entrypoints.workers.intake import fetch_deliveries
from mdm.entrypoints.workers.relay import publish
from mdm.entrypoints.workers.replayer import copy_replays
from mdm.entrypoints.workers.resolver import resolve_deliveries
from mdm.entrypoints.workers.simulator import try_releases

__all__ = [
    "collect_dead_letters",
    "copy_replays",
    "fetch_deliveries",
    "keep_time",
    "publish",
    "resolve_deliveries",
    "try_releases",
]

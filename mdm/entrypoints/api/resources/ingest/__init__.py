"""What sources send: deliveries, loads, what was set aside, and records checked before they are created."""

from mdm.entrypoints.api.resources.ingest.check import Check
from mdm.entrypoints.api.resources.ingest.deliveries import Deliveries
from mdm.entrypoints.api.resources.ingest.gauges import Holding
from mdm.entrypoints.api.resources.ingest.loads import Loads
from mdm.entrypoints.api.resources.ingest.quarantine import Quarantine
from mdm.entrypoints.api.resources.ingest.source_holds import SourceHolds

__all__ = ["Check", "Deliveries", "Holding", "Loads", "Quarantine", "SourceHolds"]

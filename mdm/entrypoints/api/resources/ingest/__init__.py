"""What sources send: deliveries, loads, what was set aside, and records checked before they are created."""

from mdm.entrypoints.api.resources.ingest.check import Check
from mdm.entrypoints.api.resources.ingest.deliveries import Deliveries
from mdm.entrypoints.api.resources.ingest.loads import Loads
from mdm.entrypoints.api.resources.ingest.quarantine import Quarantine

__all__ = ["Check", "Deliveries", "Loads", "Quarantine"]

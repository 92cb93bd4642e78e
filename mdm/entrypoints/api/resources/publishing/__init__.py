"""What subscribers and those who look after publishing ask for."""

from mdm.entrypoints.api.resources.publishing.contracts import Contracts
from mdm.entrypoints.api.resources.publishing.events import Events
from mdm.entrypoints.api.resources.publishing.gauges import Publishing
from mdm.entrypoints.api.resources.publishing.published import PublishedEvents
from mdm.entrypoints.api.resources.publishing.replays import Replays

__all__ = ["Contracts", "Events", "PublishedEvents", "Publishing", "Replays"]

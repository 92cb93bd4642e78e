"""The port to the broker, which the API asks and never sends anything."""

from collections.abc import Sequence
from typing import Protocol

from mdm.hub.publishing.published import Readers


class Broker(Protocol):
    """What publishes and is read by subscribers, as far as it can be asked."""

    async def problems(self) -> Sequence[str]:
        """Return what keeps it from doing its work."""

    async def readers(self) -> Readers:
        """Return how far those are who read golden events; raises Unavailable."""

"""What is held until someone decides, as measurements."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from mdm.hub.standing import Standing


class Holding(Collector):
    """The loads that are held, and the sources of which messages are."""

    def __init__(self, found: Standing) -> None:
        """Take what was counted."""
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield both families."""
        text = "Loads that are held until someone decides."
        yield GaugeMetricFamily("mdm_loads_held", text, value=self._found.loads_held)
        text = "Sources of which messages are held until someone decides."
        sources = GaugeMetricFamily("mdm_sources_held", text, labels=("source", "domain"))
        for labels in self._found.sources_held:
            sources.add_metric(labels, 1)
        yield sources

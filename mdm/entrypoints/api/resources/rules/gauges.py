"""Which rules are in force and how far they have been carried through, as measurements."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from mdm.hub.releases import Standing

DOMAIN = ("domain",)


class InForce(Collector):
    """The release in force of every domain."""

    def __init__(self, found: Sequence[Standing]) -> None:
        """Take what was counted."""
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one family for every count."""
        number = GaugeMetricFamily("mdm_release", "Number of the release in force.", labels=DOMAIN)
        waiting = GaugeMetricFamily(
            "mdm_release_records_waiting", "Records still to be done again for the release in force.", labels=DOMAIN
        )
        masters = GaugeMetricFamily(
            "mdm_release_masters", "Masters the release in force has done something to.", labels=("domain", "what")
        )
        halted = GaugeMetricFamily(
            "mdm_release_halted", "1 while a release is stopped because it does more than was simulated.", labels=DOMAIN
        )
        for one in self._found:
            number.add_metric((one.domain,), one.number)
            waiting.add_metric((one.domain,), one.records_waiting)
            halted.add_metric((one.domain,), one.halted)
            for what, count in one.real.items():
                masters.add_metric((one.domain, what), count)
        yield from (number, waiting, masters, halted)

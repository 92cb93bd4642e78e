"""What the relays do, as measurements."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mdm.hub.standing import Standing

RELAY = ("relay",)


class Publishing(Collector):
    """The relays heard of in the last seconds, and whether loads wait for them."""

    def __init__(self, found: Standing) -> None:
        """Take what was counted."""
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield one family for every count."""
        relays = self._found.relays
        states = GaugeMetricFamily("mdm_relays", "Relays that run, by what they are doing.", labels=("state",))
        for state in sorted({report.state for report in relays}):
            states.add_metric((state,), sum(report.state == state for report in relays))
        yield states
        epoch = max((report.epoch for report in relays), default=0)
        yield GaugeMetricFamily(
            "mdm_relay_epoch", "Terms of office of relays so far: one more at every take-over.", epoch
        )
        yield GaugeMetricFamily("mdm_loads_paused", "1 while loads wait for the outbox.", self._found.loads_paused)
        for name, text in (
            ("in_flight", "Events sent to NATS that are not acknowledged yet."),
            ("blocked", "Subjects that wait because NATS refuses their event."),
        ):
            gauge = GaugeMetricFamily(f"mdm_relay_{name}", text, labels=RELAY)
            for report in relays:
                gauge.add_metric((report.holder,), getattr(report, name))
            yield gauge
        for name, text in (
            ("published", "Events published since the relay was started."),
            ("recognised", "Of these, found in the stream although an attempt had failed."),
            ("retried", "Attempts repeated because the outcome was unknown."),
            ("refused", "Attempts that NATS refused."),
        ):
            counter = CounterMetricFamily(f"mdm_relay_{name}", text, labels=RELAY)
            for report in relays:
                counter.add_metric((report.holder,), getattr(report, name))
            yield counter

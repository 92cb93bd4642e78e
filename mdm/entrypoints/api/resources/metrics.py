"""`/metrics`: what Prometheus scrapes."""

import math
from collections.abc import Iterator, Sequence

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.ingest import Holding
from mdm.entrypoints.api.resources.publishing import Publishing
from mdm.entrypoints.api.resources.rules import InForce
from mdm.hub import releases
from mdm.hub.publishing import tracing
from mdm.hub.publishing.tracing import Histogram
from mdm.hub.standing import Standing, standing


class Gauges(Collector):
    """The hub's standing as gauges."""

    def __init__(self, found: Standing) -> None:
        """Take what was counted."""
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one family for every count."""
        found = self._found
        for name, text, value in (
            ("mdm_deliveries_pending", "Accepted deliveries that await processing.", found.pending_deliveries),
            ("mdm_events_pending", "Events in the outbox that await publishing.", found.unpublished),
            ("mdm_events_lag_seconds", "Age of the oldest event that awaits publishing.", found.lag_seconds),
            ("mdm_versions", "Announced versions of all masters.", found.versions),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        for name, text, labels, counts in (
            ("mdm_masters", "Masters by domain and status.", ("domain", "status"), found.masters),
            ("mdm_tasks_open", "Open tasks by domain and kind.", ("domain", "kind"), found.open_tasks),
            ("mdm_findings", "What breaks rules of quality.", ("domain", "severity"), found.findings),
            (
                "mdm_dead_letters_open",
                "Messages subscribers gave up that nothing has settled yet.",
                ("subscriber", "severity"),
                found.dead_letters,
            ),
        ):
            family = GaugeMetricFamily(name, text, labels=labels)
            for place, count in counts.items():
                family.add_metric(place, count)
            yield family
        quarantined = GaugeMetricFamily("mdm_quarantine_open", "Open quarantined input by code.", labels=("code",))
        for code, count in found.quarantined.items():
            quarantined.add_metric((code,), count)
        lags = GaugeMetricFamily("mdm_clock_lag_seconds", "How far the clock is behind by duty.", labels=("duty",))
        for duty, seconds in found.duty_lags.items():
            lags.add_metric((duty,), seconds)
        due = GaugeMetricFamily(
            "mdm_due_age_seconds", "How long the first master that is due has waited, by reason.", labels=("reason",)
        )
        again = GaugeMetricFamily(
            "mdm_redo_age_seconds", "How long the first record to be done again has waited.", labels=("reason",)
        )
        for ages, family in ((found.due_ages, due), (found.redo_ages, again)):
            for reason, seconds in ages.items():
                family.add_metric((reason,), seconds)
        waiting = GaugeMetricFamily(
            "mdm_deliveries_waiting", "Messages with deliveries in a queue, when it was last seen.", labels=("queue",)
        )
        unseen = GaugeMetricFamily(
            "mdm_queue_unseen_seconds", "Seconds since a queue of deliveries was last seen.", labels=("queue",)
        )
        for queue, (count, seconds) in found.queues.items():
            waiting.add_metric((queue,), count)
            unseen.add_metric((queue,), seconds)
        yield from (waiting, unseen, quarantined, lags, due, again)


class Propagation(Collector):
    """How long the stages of events took, of the whole hub: whichever of its processes is asked says the same."""

    def __init__(self, found: Sequence[Histogram]) -> None:
        """Take what was counted."""
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield the histogram, and how often clocks contradicted each other."""
        labels = ("domain", "stage")
        text = "How long events took for a stage: source, resolve, approve, publish, total."
        seconds = HistogramMetricFamily("mdm_propagation_seconds", text, labels=labels)
        text = "Events of which the clocks said that a stage took less than nothing; counted as nothing."
        skewed = CounterMetricFamily("mdm_propagation_skewed", text, labels=labels)
        for one in self._found:
            buckets = [("+Inf" if math.isinf(bound) else str(bound), count) for bound, count in one.at_most]
            seconds.add_metric((one.domain, one.stage), buckets, one.seconds)
            skewed.add_metric((one.domain, one.stage), one.skewed)
        yield from (seconds, skewed)


@get(
    "/metrics",
    sync_to_thread=True,
    opt=allow(Permission.OPERATE),
    media_type="text/plain",
    tags=["Health"],
    summary="Measurements for Prometheus",
)
def metrics(request: ApiRequest) -> Response[bytes]:
    """Return the measurements of this process and the standing of the hub."""
    with begin_of(request)() as work:
        found, taken, rules = standing(work), tracing.histograms(work), releases.standing(work)
    counted = CollectorRegistry(auto_describe=False)
    counted.register(Gauges(found))
    counted.register(Publishing(found))
    counted.register(Holding(found))
    counted.register(Propagation(taken))
    counted.register(InForce(rules))
    content = generate_latest(request.app.state.measurements) + generate_latest(counted)
    return Response(content=content, headers={"Content-Type": CONTENT_TYPE_LATEST})

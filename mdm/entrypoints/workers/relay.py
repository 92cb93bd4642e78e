"""The relay process: provisions the streams and publishes the outbox until told to stop."""

import asyncio
from collections.abc import Callable

import structlog

from mdm import streams
from mdm.errors import Unavailable
from mdm.hub import sealing
from mdm.hub.announce import SUBJECT
from mdm.settings import Settings
from publishers import BrokerError, BySubject, NotReady, StreamError
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.relay import Metrics, Relay, State

OUTAGE_PAUSE = 1.0
REPORT_SECONDS = 10.0

log = structlog.get_logger(__name__)


async def publish(
    settings: Settings, *, dsn: str, nats_url: str, stop: asyncio.Event, faults: Callable[[str], None]
) -> None:
    """Publish until `stop` is set; raises Unavailable when stream and database contradict each other."""

    def broker(stream: str) -> JetStreamBroker:
        return JetStreamBroker(nats_url, stream, name="mdm-relay", credentials=settings.nats_credentials)

    async with broker(settings.stream) as golden, broker(settings.audit_stream) as audit:
        await _provisioned(golden, streams.golden(settings), stop)
        await _provisioned(audit, streams.audit(settings), stop)
        relay = Relay(dsn, BySubject({f"{SUBJECT}.": golden, f"{sealing.ROOT}.": audit}), faults=faults)
        reporting = asyncio.create_task(_report_waiting(relay.metrics))
        try:
            await relay.run(stop)
        except StreamError as error:
            hint = "Publishing waits for a person: docs/runbook.md says what to do."
            raise Unavailable(str(error), hint=hint) from error
        finally:
            reporting.cancel()


async def _report_waiting(metrics: Metrics) -> None:
    """Log, as long as events wait, what they wait for."""
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        if metrics.lag_seconds > REPORT_SECONDS and metrics.state in (State.PUBLISHING, State.WAITING):
            log.warning(
                "events_wait",
                events=metrics.pending,
                seconds=round(metrics.lag_seconds),
                blocked_subjects=metrics.blocked,
                reason=metrics.last_error,
            )


async def _provisioned(broker: JetStreamBroker, plan: StreamPlan, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await provision(broker, plan)
        except (BrokerError, NotReady) as error:
            log.warning("stream_unavailable", stream=plan.name, reason=str(error))
        else:
            return
        try:
            await asyncio.wait_for(stop.wait(), OUTAGE_PAUSE)
        except TimeoutError:
            continue

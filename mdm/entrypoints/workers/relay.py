"""The relay process: provisions the streams and publishes the outbox until told to stop."""

import asyncio
from collections.abc import Callable

import structlog

from mdm import streams
from mdm.hub import sealing
from mdm.hub.announce import SUBJECT
from mdm.settings import Settings
from publishers import BrokerError, BySubject, NotReady
from publishers.jetstream import JetStreamBroker, StreamPlan, provision
from publishers.relay import Metrics, Pace, Relay, State

OUTAGE_PAUSE, LONGEST_OUTAGE_PAUSE = 1.0, 30.0
REPORT_SECONDS = 10.0

log = structlog.get_logger(__name__)


async def publish(
    settings: Settings, *, dsn: str, nats_url: str, stop: asyncio.Event, faults: Callable[[str], None]
) -> None:
    """Publish, or stand by while another relay does, until `stop` is set."""

    def broker(stream: str) -> JetStreamBroker:
        return JetStreamBroker(nats_url, stream, name="mdm-relay", credentials=settings.nats_credentials)

    async with broker(settings.stream) as golden, broker(settings.audit_stream) as audit:
        brokers = BySubject({f"{SUBJECT}.": golden, f"{sealing.ROOT}.": audit})
        relay = Relay(dsn, brokers, pace=Pace(lease=settings.relay_lease_seconds), faults=faults)
        beside = [
            asyncio.create_task(_provision(golden, streams.golden(settings))),
            asyncio.create_task(_provision(audit, streams.audit(settings))),
            asyncio.create_task(_report_waiting(relay.metrics)),
        ]
        try:
            await relay.run(stop)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def _report_waiting(metrics: Metrics) -> None:
    """Log, as long as events wait, what they wait for."""
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        if metrics.lag_seconds > REPORT_SECONDS and metrics.state is not State.STANDBY:
            log.warning(
                "events_wait",
                events=metrics.pending,
                seconds=round(metrics.lag_seconds),
                state=metrics.state.value,
                blocked_subjects=metrics.blocked,
                reason=metrics.last_error,
            )


async def _provision(broker: JetStreamBroker, plan: StreamPlan) -> None:
    """Make the stream what it must be, as soon as NATS allows; what is published meanwhile waits for it."""
    pause = OUTAGE_PAUSE
    while True:
        try:
            await provision(broker, plan)
        except (BrokerError, NotReady) as error:
            log.warning("stream_unavailable", stream=plan.name, reason=str(error))
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_OUTAGE_PAUSE)

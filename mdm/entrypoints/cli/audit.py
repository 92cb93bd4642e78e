"""`mdm audit`: prove every invariant, or list what is broken."""

import argparse
import asyncio
import json
from dataclasses import asdict
from uuid import UUID

from mdm import bootstrap
from mdm.entrypoints.cli.connection import connected, dsn_of
from mdm.hub import Hub
from mdm.hub.audit import AuditReport, StreamSurvey, audit
from mdm.settings import Settings
from publishers import BrokerError, NotReady
from publishers.jetstream import JetStreamBroker


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check everything; the exit code is 0 only if everything could be checked and holds."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        report = audited(hub, settings)
    if arguments.json:
        print(json.dumps({"clean": report.clean and not report.unchecked, **asdict(report)}, indent=2))
    else:
        _tell(report)
    return 0 if report.clean and not report.unchecked else 1


def audited(hub: Hub, settings: Settings) -> AuditReport:
    """Survey the stream, then check the database against it."""
    survey = asyncio.run(_survey(connected(settings)))
    with hub.begin() as work:
        return audit(work, survey=survey)


async def _survey(settings: Settings) -> StreamSurvey | None:
    survey = StreamSurvey()
    url, credentials = settings.nats_url or "", settings.nats_credentials
    try:
        async with JetStreamBroker(url, settings.stream, name="mdm-audit", credentials=credentials) as broker:
            async for stored in broker.walk(newest=False):
                survey.note(stored.subject, stored.version, UUID(stored.event_id), stored.sequence)
    except (BrokerError, NotReady):
        return None
    return survey


def _tell(report: AuditReport) -> None:
    broken = {b.invariant: b.findings for b in report.broken}
    for invariant in report.checked:
        print(f"{'BROKEN' if invariant in broken else 'holds '}  {invariant}")
        for finding in broken.get(invariant, ()):
            print(f"          {finding}")
    for invariant, reason in report.unchecked.items():
        print(f"UNKNOWN  {invariant}: {reason}")

"""`mdm audit`: prove every invariant, or the action log alone, or list what is broken."""

import argparse
import asyncio
import json
import sys
from collections.abc import Collection
from dataclasses import asdict

from mdm import bootstrap
from mdm.entrypoints.cli.connection import connected, dsn_of
from mdm.errors import Unavailable
from mdm.hub import Hub, sealing
from mdm.hub.audit import AuditReport, StreamSurvey, audit, begin_survey
from mdm.hub.sealing import ChainReport, Published
from mdm.settings import Settings
from mdm.store.audit import freeze
from publishers import BrokerError, NotReady
from publishers.jetstream import JetStreamBroker

AS_JSON = "print the report as JSON"
DONE, BROKEN = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help=AS_JSON)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    verify = actions.add_parser("verify", help="verify the action log, action by action, without anything else")
    verify.add_argument("--against-stream", action="store_true", help="compare with the seals published over NATS too")
    verify.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=AS_JSON)
    actions.add_parser("key", help="print the public key of the seals (PEM)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; the exit code is 0 only if everything could be checked and holds."""
    if arguments.action == "key":
        return _print_key(settings)
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        if arguments.action == "verify":
            return _verify(hub, settings, against_stream=arguments.against_stream, as_json=arguments.json)
        report = audited(hub, settings)
    if arguments.json:
        print(json.dumps({"clean": report.clean and not report.unchecked, **asdict(report)}, indent=2))
    else:
        _tell(report)
    return DONE if report.clean and not report.unchecked else BROKEN


def audited(hub: Hub, settings: Settings) -> AuditReport:
    """Survey the stream, then check the database against it."""
    with hub.begin() as work:
        survey = begin_survey(work)
    unread = asyncio.run(_read(survey, connected(settings)))
    with hub.begin() as work:
        return audit(work, survey=unread or survey, trusted=_trusted(settings))


def verified(hub: Hub, settings: Settings, *, against_stream: bool) -> ChainReport:
    """Read the published seals, if asked to, then verify the log against them; raise Unavailable without the stream."""
    published = None
    if against_stream:
        with hub.begin() as work:
            until = sealing.published_until(work)
        published = Published(until, asyncio.run(_seals(connected(settings))))
    with hub.begin() as work:
        freeze(work.session)
        return sealing.verify(work, trusted=_trusted(settings), published=published)


def _trusted(settings: Settings) -> Collection[str] | None:
    """Return the keys whose seals count: the hub's own and those that are named; None if there are none here."""
    named = sealing.trusted_keys(settings.audit_trusted)
    if settings.audit_key or settings.audit_key_file.exists():
        return named | {sealing.signer_of(settings.audit_key_file).public_key}
    return named or None


async def _seals(settings: Settings) -> list[bytes]:
    url, credentials = settings.nats_url or "", settings.nats_credentials
    try:
        async with JetStreamBroker(url, settings.audit_stream, name="mdm-audit", credentials=credentials) as broker:
            return [stored.data async for stored in broker.walk(newest=False, whole=True)]
    except (BrokerError, NotReady) as error:
        raise Unavailable(f"The stream {settings.audit_stream} cannot be read: {error}") from error


async def _read(survey: StreamSurvey, settings: Settings) -> str | None:
    """Survey the stream; return why it cannot be read, if so."""
    url, credentials = settings.nats_url or "", settings.nats_credentials
    try:
        async with JetStreamBroker(url, settings.stream, name="mdm-audit", credentials=credentials) as broker:
            async for stored in broker.walk(newest=False):
                survey.note(stored)
    except (BrokerError, NotReady) as error:
        return str(error)
    return None


def _verify(hub: Hub, settings: Settings, *, against_stream: bool, as_json: bool) -> int:
    report = verified(hub, settings, against_stream=against_stream)
    if as_json:
        print(json.dumps({"clean": report.clean, **asdict(report), "signers": sorted(report.signers)}, indent=2))
        return DONE if report.clean else BROKEN
    print(f"{'holds ' if report.clean else 'BROKEN'}  {report.actions:,} actions in {report.seals:,} seals")
    for finding in report.findings:
        print(f"          {finding}")
    print(f"          {report.unsealed:,} more await their seal")
    if report.lost:
        print(f"          {report.lost:,} were lost when the database was restored, as the log says")
    print(f"          newest seal: {report.head}")
    known = "" if _trusted(settings) is not None else ", compared with no key: none is here"
    for signer in sorted(report.signers):
        print(f"          signed with: {signer}{known}")
    return DONE if report.clean else BROKEN


def _print_key(settings: Settings) -> int:
    signer = sealing.signer_of(settings.audit_key_file)
    print(signer.public_pem(), end="")
    print(f"In reports it is {signer.public_key}", file=sys.stderr)
    return DONE


def _tell(report: AuditReport) -> None:
    broken = {b.invariant: b.findings for b in report.broken}
    for invariant in report.checked:
        print(f"{'BROKEN' if invariant in broken else 'holds '}  {invariant}")
        for finding in broken.get(invariant, ()):
            print(f"          {finding}")
    for invariant, reason in report.unchecked.items():
        print(f"UNKNOWN  {invariant}: {reason}")

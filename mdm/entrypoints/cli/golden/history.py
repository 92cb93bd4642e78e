"""`mdm history`: what became known of a golden record version by version, or all that an attribute ever was."""

import argparse
from collections.abc import Iterator
from datetime import timedelta

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.golden.naming import master_of, name_record, plain, span, when
from mdm.hub import Work
from mdm.hub.golden import history, read
from mdm.hub.golden.history.attribute import Approval, Entry, KeptBack
from mdm.settings import Settings
from mdm.store.tables import GoldenVersion

TICK = timedelta(microseconds=1)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    name_record(parser)
    parser.add_argument("attribute", nargs="?", help="one attribute or coupled group; default: version by version")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many versions or values, newest first")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        lines = list(_attribute(work, arguments) if arguments.attribute else _versions(work, arguments))
    print("\n".join(lines))
    return 0


def _versions(work: Work, arguments: argparse.Namespace) -> Iterator[str]:
    master = master_of(work, arguments)
    yield f"{arguments.domain} {master}; times are in UTC"
    for version in read.versions(work, arguments.domain, master, limit=arguments.limit):
        yield from _version(work, arguments.domain, version)


def _version(work: Work, domain: str, version: GoldenVersion) -> Iterator[str]:
    by = ", ".join(version.cause.get("by", ()))
    merged = f" into {version.merged_into}" if version.merged_into else ""
    yield (
        f"version {version.version} {when(version.recorded_at)} {version.event_type}{merged}, "
        f"by {version.cause.get('kind')}{f' of {by}' if by else ''}, release {version.release}"
    )
    if merged:
        return
    at = version.recorded_at
    found = history.diff_timelines(work, domain, version.master_id, before=at - TICK, after=at)
    for stretch in found.stretches:
        yield f"  {span(stretch.valid_from, stretch.valid_to)}"
        yield from (f"    {one.attribute}: {plain(one.before)} → {plain(one.after)}" for one in stretch.attributes)


def _attribute(work: Work, arguments: argparse.Namespace) -> Iterator[str]:
    name, limit = arguments.attribute, arguments.limit
    found = history.attribute_history(work, arguments.domain, master_of(work, arguments), name, limit=limit)
    yield f"{name} of {found.domain} {found.master_id}; times are in UTC"
    for entry in found.entries:
        yield from _entry(entry)
    for kept in found.kept_back:
        yield from _kept(kept)
    if found.last is not None:
        yield "and older values: --limit"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"{plain(entry.value)} {span(entry.valid_from, entry.valid_to)}"
    until = "" if entry.known_to is None else f", until {when(entry.known_to)} with version {entry.until_version}"
    yield f"  known since {when(entry.known_from)} with version {entry.version}{until}"
    origin = entry.provenance
    yield f"  from {plain(origin['record'])} by {origin['rule']}, release {entry.release}, {entry.cause.get('kind')}"
    if entry.approval is not None:
        yield f"  {_allowed(entry.approval)}"
        for request in entry.approval.requests:
            said = (f"{s.decided_by} for {s.owner}{f': {s.note}' if s.note else ''}" for s in request.owners)
            yield f"    request {request.id}: {'; '.join(said)}"


def _allowed(approval: Approval) -> str:
    return f"waived: {approval.waived}" if approval.waived else f"approved by {', '.join(approval.by)}"


def _kept(kept: KeptBack) -> Iterator[str]:
    until = "" if kept.ended_at is None else f" until {when(kept.ended_at)}"
    yield f"kept back {plain(kept.value)} {span(kept.valid_from, kept.valid_to)}"
    yield f"  {kept.state} since {when(kept.since)}{until}; {plain(kept.stood)} stood in its place"

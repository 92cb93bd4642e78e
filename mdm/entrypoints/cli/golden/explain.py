"""`mdm explain`: why the values of a golden record won and others lost, at any time and under any release."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.golden.naming import as_text, instant, master_of, name_record, plain, when
from mdm.hub.explanation.verdicts import Differing, Kept, Pinned, Reasoned, Trusted, Verdicts, Voice, verdicts
from mdm.settings import Settings

REASONS = {
    "empty": "the source says that there is no value",
    "deleted": "the source has deleted the record",
    "masked": "the source does not show its value",
    "withheld": "the value may not win until someone has decided on it",
    "finding": "something is wrong with the value",
    "rule": "the rule prefers another",
    "support": "fewer records say so",
    "recency": "another was said later",
    "priority": "another source comes first",
    "record": "nothing else tells them apart, and another record has the smaller name",
    "held": "it waits for its owner",
    "overridden": "a steward has pinned another",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    name_record(parser)
    parser.add_argument("attribute", nargs="?", help="one attribute or coupled group; default: all")
    parser.add_argument("--valid-at", type=instant, metavar="TIME", help="when the values held; default: now")
    parser.add_argument(
        "--known-at", type=instant, metavar="TIME", help="by what the hub knew at this time; default: all it knows"
    )
    parser.add_argument("--release", type=int, metavar="N", help="say also what would be by this release or draft")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show what was asked."""
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        found = verdicts(
            work,
            arguments.domain,
            master_of(work, arguments, known_at=arguments.known_at),
            attribute=arguments.attribute,
            valid_at=arguments.valid_at,
            known_at=arguments.known_at,
            release=arguments.release,
        )
    print(json.dumps(asdict(found), default=as_text, indent=2) if arguments.json else "\n".join(_lines(found)))
    return 0


def _lines(found: Verdicts) -> Iterator[str]:
    known = "" if found.known_at is None else f", as known {when(found.known_at)}"
    yield f"{found.domain} {found.master_id} version {found.version}"
    yield f"valid {when(found.valid_at)}{known}, by release {found.release}; times are in UTC"
    if not found.reproduced:
        yield "This is not what is stored: what it was made from is gone or has moved since."
        yield from (f"  {_changed(one)}" for one in found.differs)
    for one in found.verdicts:
        yield from _verdict(one)
    if found.masked:
        yield f"Not shown: {', '.join(found.masked)}"
    if found.under is not None:
        yield f"By release {found.under.release} ({found.under.state}), for the same records:"
        yield from (f"  {_changed(one)}" for one in found.under.changes)
        if not found.under.changes:
            yield "  every value stays as it is"
        moved = {one.attribute for one in found.under.changes}
        for one in found.under.verdicts:
            if moved.intersection(one.attributes):
                yield from (f"  {line}" for line in _verdict(one))


def _verdict(one: Reasoned) -> Iterator[str]:
    led = "" if one.leader is None else f" of {one.leader}"
    yield f"{one.unit} = {plain(one.value)} by {one.rule}{led}"
    if one.winner is not None:
        yield f"  wins      {_voice(one.winner)}"
    if one.pinned is not None:
        yield f"  pinned    {_pinned(one.pinned)}"
    if one.held is not None:
        yield f"  held back {_kept(one.held)}"
    yield from (f"  supports  {_voice(voice)}" for voice in one.supporters)
    for voice in one.losers:
        yield f"  loses     {_voice(voice)}: {REASONS.get(voice.reason or '', voice.reason)}"
        if voice.would_win is not None:
            yield f"            would win with: {voice.would_win}"
    if one.silent:
        yield f"  silent    {', '.join(one.silent)}"
    if one.due_at is not None:
        yield f"  could change by itself {when(one.due_at)}"


def _voice(voice: Voice) -> str:
    said = f"{voice.record} {plain(voice.value)}, said {when(voice.asserted_at)}"
    trust = "" if voice.trust is None else f", trusted {_trust(voice.trust)}"
    graded = [f"{name} ({voice.severities[name]})" if name in voice.severities else name for name in voice.findings]
    return f"{said}{trust}{', findings ' if graded else ''}{', '.join(graded)}"


def _trust(trust: Trusted) -> str:
    parts = [f"rated {trust.rated:g}"]
    if trust.faded != trust.rated:
        parts.append(f"{trust.faded:g} after {trust.age_days} days")
    if trust.counted != trust.faded:
        parts.append(f"{trust.counted:g} with its findings")
    return f"{trust.counted:g} ({', '.join(parts)})" if len(parts) > 1 else f"{trust.counted:g}"


def _pinned(pinned: Pinned) -> str:
    until = "" if pinned.expires_at is None else f", until {when(pinned.expires_at)}"
    return f"by {pinned.by} {when(pinned.at)}{until}: {pinned.reason}"


def _kept(kept: Kept) -> str:
    request = "" if kept.request_id is None else f", request {kept.request_id}"
    return f"{plain(kept.value)} ({kept.state}{request})"


def _changed(one: Differing) -> str:
    return f"{one.attribute}: {plain(one.value)} → {plain(one.other)}"

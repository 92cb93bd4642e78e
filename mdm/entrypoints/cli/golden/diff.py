"""`mdm diff`: what differs between a golden record at any two points of valid and recorded time."""

import argparse
from collections.abc import Iterator

from mdm import bootstrap
from mdm.entrypoints.cli.connection import dsn_of
from mdm.entrypoints.cli.golden.naming import instant, master_of, name_record, plain, when
from mdm.hub.golden.history import Difference, diff
from mdm.hub.golden.history.diff import Side
from mdm.hub.golden.times import Times
from mdm.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    name_record(parser)
    for side, place in (("before", "first"), ("after", "second")):
        parser.add_argument(
            f"--{side}-valid-at",
            type=instant,
            metavar="TIME",
            help=f"valid time of the {place} point; default: its recorded time, or now",
        )
        parser.add_argument(
            f"--{side}-known-at",
            type=instant,
            metavar="TIME",
            help=f"recorded time of the {place} point; default: all that is known",
        )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show what was asked."""
    before = Times(arguments.before_valid_at, arguments.before_known_at)
    after = Times(arguments.after_valid_at, arguments.after_known_at)
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub, hub.begin() as work:
        found = diff(work, arguments.domain, master_of(work, arguments, known_at=after.known_at), before, after)
    print("\n".join(_lines(found)))
    return 0


def _lines(found: Difference) -> Iterator[str]:
    yield f"before {_side(found.before)}"
    yield f"after  {_side(found.after)}"
    if found.before.status != found.after.status:
        yield f"status: {found.before.status} → {found.after.status}"
    for one in found.attributes:
        yield f"{one.attribute}: {plain(one.before)} → {plain(one.after)}"
        for origin, name in ((one.before_from, "was"), (one.after_from, "is")):
            if origin is not None:
                yield f"  {name} from {plain(origin['record'])} by {origin['rule']}"
    for word, links in (("linked", found.linked), ("unlinked", found.unlinked), ("deleted", found.deleted)):
        yield from (f"{word} {link.source}/{link.key}" for link in links)
    for version in found.between.versions:
        kind = version.cause.get("kind")
        yield f"version {version.version} {when(version.recorded_at)} {version.event_type}, by {kind}"
    if found.between.cut:
        yield "and more versions before these"


def _side(side: Side) -> str:
    known = "not yet known" if side.version is None else f"version {side.version}"
    return f"{side.master_id} {known}, valid {when(side.valid_at)}"

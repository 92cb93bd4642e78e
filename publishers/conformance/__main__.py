"""`python -m publishers.conformance`: try a consumer and print what it breaks."""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path

from publishers.conformance.consumer import CannotTry, Consumer
from publishers.conformance.rules import RULES
from publishers.conformance.trial import PATIENCE, Place, try_consumer

PLACES = "{nats}, {stream}, {subjects} and {bodies} are filled in, and stand in the environment as CONFORMANCE_NATS ..."


def main() -> int:
    """Return 0 if every rule was kept, 1 if one was broken, 2 if the trial could not be held."""
    parser = argparse.ArgumentParser("python -m publishers.conformance", description=__doc__)
    parser.add_argument("--command", required=True, help=f"runs the consumer; {PLACES}")
    parser.add_argument("--query", required=True, help="prints what it knows as JSON, and ends")
    parser.add_argument("--nats", metavar="URL", help="a server to use; else a nats-server is started, and killed too")
    parser.add_argument("--nats-server", metavar="FILE", default=shutil.which("nats-server"), help="the one to start")
    parser.add_argument("--stream", help="if the consumer knows only this one; it must not exist")
    parser.add_argument("--root", help="the beginning of the subjects, if the consumer knows only this one")
    parser.add_argument("--credentials", type=Path, metavar="FILE", help="to log in with")
    parser.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS")
    parser.add_argument("--rule", action="append", default=[], choices=[rule.name for rule in RULES], dest="rules")
    given = parser.parse_args()
    program = Path(given.nats_server) if given.nats_server and not given.nats else None
    place = Place(given.nats, program, given.stream, given.root, given.credentials)
    trial = try_consumer(Consumer(given.command, given.query), place, patience=given.patience, only=given.rules)
    try:
        report = asyncio.run(trial)
    except CannotTry as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{report}\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())

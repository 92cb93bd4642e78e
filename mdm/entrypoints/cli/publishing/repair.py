"""`mdm repair`: compare the streams with the heads, and publish again what is missing."""

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mdm import bootstrap, streams
from mdm.core.ids import new_id
from mdm.entrypoints.cli.connection import connected, dsn_of
from mdm.entrypoints.cli.publishing import restoring
from mdm.errors import InvalidInput
from mdm.hub import Hub, sealing
from mdm.hub.action_log import log_action
from mdm.hub.announce import SUBJECT
from mdm.settings import Settings
from publishers import jetstream
from publishers.jetstream import JetStreamBroker, StreamPlan
from publishers.repair import Comparison, Mended, Trouble, compare, mend

ROUNDS = 3  # subjects that move while they are repaired are looked at again
SHOWN = 5  # examples of each trouble
DONE, DIFFERENT = 0, 1
MEANS = {
    Trouble.MISSING: "are not in the stream",
    Trouble.BEHIND: "end with an older version",
    Trouble.DAMAGED: "end with other bytes than were published",
    Trouble.MISPLACED: "are under another sequence than the head says",
    Trouble.AHEAD: "end with an event the database has never written",
}


@dataclass(slots=True)
class Repaired:
    """A stream: what was found, what was done, and what is left."""

    plan: StreamPlan
    exists: bool
    found: Comparison
    done: Mended = field(default_factory=Mended)
    left: Comparison | None = None

    @property
    def differs(self) -> bool:
        """Tell whether something is left to do, by this command or by a person."""
        return bool((self.left or self.found).differences) or (not self.exists and self.left is None)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--apply", action="store_true", help="publish what is missing; else only show the difference")
    parser.add_argument(
        "--restored",
        action="store_true",
        help="go on after PostgreSQL was restored to an earlier point: what the streams know more is overruled",
    )
    parser.add_argument("--reason", help="why, for the log; needed to apply")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compare, and apply if told to; the exit code is 0 only if nothing differs in the end."""
    if arguments.apply and not (arguments.reason or "").strip():
        raise InvalidInput("A repair needs a reason.", hint='Add --reason "…".', path="reason")
    settings = connected(settings)
    with bootstrap.open_hub(settings, dsn_of(settings)) as hub:
        if arguments.restored:
            return restoring.go_on(hub, settings, reason=arguments.reason if arguments.apply else None)
        found = asyncio.run(repaired(hub, settings, reason=arguments.reason if arguments.apply else None))
    if arguments.json:
        print(json.dumps([_document(stream) for stream in found], indent=2))
    else:
        for stream in found:
            _tell(stream)
    return DIFFERENT if any(stream.differs for stream in found) else DONE


async def repaired(hub: Hub, settings: Settings, *, reason: str | None) -> list[Repaired]:
    """Compare the golden stream and that of the seals with their heads, and repair them if there is a reason to."""
    found = []
    for plan, root in ((streams.golden(settings), SUBJECT), (streams.audit(settings), sealing.ROOT)):
        async with JetStreamBroker(
            settings.nats_url or "", plan.name, name="mdm-repair", credentials=settings.nats_credentials
        ) as broker:
            stream = await _compared(dsn_of(settings), broker, plan, prefix=f"{root}.")
            if reason is not None and stream.differs:
                await _repair(hub, dsn_of(settings), broker, stream, prefix=f"{root}.", reason=reason)
            found.append(stream)
    return found


async def _compared(dsn: str, broker: JetStreamBroker, plan: StreamPlan, *, prefix: str) -> Repaired:
    exists = await jetstream.compare(broker, plan) is not None
    return Repaired(plan, exists, await compare(dsn, broker if exists else None, prefix=prefix))


async def _repair(hub: Hub, dsn: str, broker: JetStreamBroker, stream: Repaired, *, prefix: str, reason: str) -> None:
    """Make the stream if there is none, then bring back what it lacks; what moves meanwhile is looked at again."""
    run = new_id()
    _log(hub, "stream.repair_started", stream, reason=reason, details=_counts(stream.found))
    if not stream.exists:
        await jetstream.provision(broker, stream.plan)
    stream.left = stream.found
    for _ in range(ROUNDS):
        wanted = stream.left.mendable()
        with _progress(stream.plan.name, len(wanted)) as progress:
            done = await mend(dsn, broker, wanted, run=run, progress=progress)
        stream.done.republished += done.republished
        stream.done.relocated += done.relocated
        stream.done.refused, stream.done.refusal = done.refused, done.refusal
        stream.left = await compare(dsn, broker, prefix=prefix)
        if not stream.left.mendable():
            break
    _log(hub, "stream.repaired", stream, reason=reason, details=asdict(stream.done) | {"left": _counts(stream.left)})


def _log(hub: Hub, action: str, stream: Repaired, *, reason: str, details: Mapping[str, Any]) -> None:
    with hub.begin() as work:
        log_action(work, action=action, subject=f"stream/{stream.plan.name}", reason=reason, details=details)


@contextmanager
def _progress(name: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        bar = bars.add_task(f"repair {name}", total=total)
        yield lambda done: bars.update(bar, completed=done)


def _counts(comparison: Comparison) -> dict[str, int]:
    return {str(trouble): count for trouble, count in sorted(comparison.counts().items())}


def _document(stream: Repaired) -> dict[str, Any]:
    return {
        "stream": stream.plan.name,
        "existed": stream.exists,
        "heads": stream.found.heads,
        "found": _counts(stream.found),
        "republished": stream.done.republished,
        "relocated": stream.done.relocated,
        "left": None if stream.left is None else _counts(stream.left),
    }


def _tell(stream: Repaired) -> None:
    name, now = stream.plan.name, stream.left or stream.found
    if not stream.differs and stream.left is None:
        print(f"holds   {name}: ends with all of its {stream.found.heads:,} heads")
        return
    print(f"{'DIFFERS' if stream.differs else 'holds  '} {name}: {stream.found.heads:,} heads")
    if not stream.exists:
        print(f"        the stream did not exist{'' if stream.left else ', it would be made'}")
    _tell_troubles(stream.found, when="" if stream.left is None else "before: ")
    if stream.left is not None:
        print(f"        {stream.done.republished:,} published again, {stream.done.relocated:,} found elsewhere")
        if stream.done.refused:
            print(f"        {stream.done.refused:,} refused, such as: {stream.done.refusal}")
        for trouble, count in sorted(now.counts().items()):
            print(f"        still {count:,} that {MEANS[trouble]}")
    elif stream.found.mendable() or not stream.exists:
        print(f'        Nothing was changed. `mdm repair --apply --reason "…"` puts {len(now.mendable()):,} right.')
    if now.counts()[Trouble.AHEAD]:
        print("        What the database has never written stays: was PostgreSQL restored? `mdm repair --restored`.")


def _tell_troubles(comparison: Comparison, *, when: str) -> None:
    for trouble, count in sorted(comparison.counts().items()):
        print(f"        {when}{count:,} {MEANS[trouble]}, such as")
        some: Sequence[Any] = [d for d in comparison.differences if d.trouble is trouble][:SHOWN]
        for difference in some:
            print(
                f"          {difference.subject}: head version {difference.head_version},"
                f" stream version {difference.stream_version}"
            )

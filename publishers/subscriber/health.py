"""How a subscriber is: counters, and a judgement that a probe or a person can use."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from publishers.subscriber.apply import Applied

SHORT = 30.0  # seconds for which being without a server, or behind, is nothing unusual
LONG = 300.0  # seconds after which somebody should look

State = Literal["ok", "degraded", "failing"]
Finding = tuple[State, str]


@dataclass(slots=True)
class Progress:
    """Counters since the start and the state of the moment."""

    connected: bool = False
    caught_up: bool = False  # nothing more waited in the stream when last looked
    applied: int = 0
    stale: int = 0  # deliveries of versions the store had already
    gaps: int = 0  # versions never seen; harmless, because every event carries the full state
    failed: int = 0  # attempts in which the handler raised
    terminated: int = 0  # events given up after the last retry
    foreign: int = 0  # messages that were no events
    gone: int = 0  # large events whose body was no longer there
    retrying: int = 0  # events that failed and will be tried again
    given_up: int = 0  # events in the store's list of those given up, until a newer version is applied
    waiting: int = 0  # messages in the stream not delivered yet, when last heard
    behind_since: datetime | None = None  # when the message handled last was stored, if others wait
    replays_error: str | None = None  # why replays are not followed
    disconnected_since: datetime | None = field(default_factory=lambda: datetime.now(UTC))
    last_applied_at: datetime | None = None
    last_error: str | None = None

    def begin(self, waiting: int, *, replays: bool) -> None:
        """Note that the stream of events, or that of replays, is followed."""
        if replays:
            self.replays_error = None
            return
        self.connected, self.disconnected_since = True, None
        self.wait_for(waiting, since=self.behind_since or datetime.now(UTC))

    def lose(self, error: str, *, replays: bool) -> None:
        """Note that the stream of events, or that of replays, is not followed any more."""
        self.last_error = error
        if replays:
            self.replays_error = error
            return
        self.connected = self.caught_up = False
        self.disconnected_since = self.disconnected_since or datetime.now(UTC)

    def wait_for(self, waiting: int, *, since: datetime | None) -> None:
        """Note how many messages wait, and since when at most."""
        self.waiting = waiting
        self.caught_up = waiting == 0
        self.behind_since = since if waiting else None

    def count(self, done: Applied, *, retrying: int) -> None:
        """Note what became of a batch."""
        self.applied += done.applied
        self.stale += done.stale
        self.gaps += done.gaps
        self.retrying = retrying
        if done.applied:
            self.last_applied_at = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Health:
    """A judgement at an instant, and its reasons."""

    state: State
    reasons: tuple[str, ...]
    at: datetime
    progress: Progress

    def write(self, path: Path) -> None:
        """Put it into a file as JSON, at once, so that a reader never sees half of it."""
        whole = {**asdict(self.progress), "state": self.state, "reasons": self.reasons, "at": self.at}
        draft = path.with_name(path.name + ".new")
        draft.write_text(json.dumps(whole, default=datetime.isoformat, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)


def judge(progress: Progress, *, now: datetime) -> Health:
    """Judge by what is counted: failing when nothing is applied, degraded when something is not or late."""
    findings = list(_findings(progress, now))
    states = {state for state, _ in findings}
    worst: State = "failing" if "failing" in states else "degraded" if states else "ok"
    return Health(worst, tuple(reason for _, reason in findings), now, progress)


def _findings(progress: Progress, now: datetime) -> Iterator[Finding]:
    if progress.disconnected_since is not None:
        seconds = (now - progress.disconnected_since).total_seconds()
        why = f": {progress.last_error}" if progress.last_error else "."
        state: State = "failing" if seconds > SHORT else "degraded"
        yield state, f"Not following the stream for {seconds:.0f} s{why}"
    if progress.behind_since is not None and (late := (now - progress.behind_since).total_seconds()) > SHORT:
        yield (
            "failing" if late > LONG and _is_idle(progress, now) else "degraded",
            f"{progress.waiting:,} messages wait, the next for about {late:.0f} s.",
        )
    if progress.replays_error:
        yield "degraded", f"Replays are not followed: {progress.replays_error}"
    if progress.given_up:
        yield "degraded", f"{progress.given_up:,} events are given up; mend the cause and have them replayed."
    if progress.retrying:
        yield "degraded", f"{progress.retrying:,} events failed and will be tried again: {progress.last_error}"


def _is_idle(progress: Progress, now: datetime) -> bool:
    last = progress.last_applied_at
    return last is None or (now - last).total_seconds() > LONG

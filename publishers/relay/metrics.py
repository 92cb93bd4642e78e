"""What a relay is doing, in numbers anyone may read at any time."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

IN_PROCESS = ("contradictions", "pending", "lag_seconds")  # what the database knows by itself


class State(StrEnum):
    """What a relay is doing."""

    STOPPED = "stopped"
    STANDBY = "standby"  # another relay holds the lease
    PUBLISHING = "publishing"
    WAITING = "waiting"  # for the database or the broker
    HALTED = "halted"  # stream and database contradict each other: that needs a person


@dataclass(slots=True)
class Metrics:
    """Counters since the start and gauges of the moment; `pending` and `lag_seconds` are refreshed every second."""

    state: State = State.STOPPED
    epoch: int = 0
    since: datetime | None = None  # the lease is held
    in_flight: int = 0  # events sent or being sent, not yet acknowledged
    published: int = 0  # events acknowledged and marked
    recognised: int = 0  # of these, found in the stream although an attempt had failed
    retried: int = 0  # attempts repeated because the outcome was unknown
    refused: int = 0  # attempts the broker refused
    blocked: int = 0  # subjects waiting after a refusal
    contradictions: int = 0  # subjects of which the stream says what it cannot
    pending: int = 0
    lag_seconds: float = 0.0
    last_error: str | None = None
    last_error_at: datetime | None = None

    def reach(self, state: State) -> None:
        """Be in a state, unless contradictions halt the relay."""
        self.state = State.HALTED if self.contradictions else state

    def contradict(self, subjects: int) -> None:
        """Be halted by so many contradictions, or go on when there is none left."""
        if subjects or self.contradictions:
            self.contradictions = subjects
            self.reach(State.PUBLISHING)

    def fail(self, error: Exception) -> None:
        """Note what went wrong last."""
        self.last_error, self.last_error_at = str(error), datetime.now(UTC)

    def begin(self, epoch: int) -> None:
        """Begin a term of office."""
        self.epoch, self.since = epoch, datetime.now(UTC)
        self.blocked = self.contradictions = self.in_flight = 0
        self.reach(State.PUBLISHING)

    def end(self, state: State) -> None:
        """End a term of office, or wait for one."""
        self.since = None
        self.blocked = self.contradictions = self.in_flight = 0
        self.reach(state)

    def said(self, holder: str) -> dict[str, Any]:
        """Return what the roster of relays keeps."""
        return {"holder": holder} | {name: value for name, value in asdict(self).items() if name not in IN_PROCESS}

"""What a relay is doing, in numbers anyone may read at any time."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a relay is doing."""

    STOPPED = "stopped"
    STANDBY = "standby"  # another relay holds the lease
    PUBLISHING = "publishing"
    WAITING = "waiting"  # for the database or the broker


@dataclass(slots=True)
class Metrics:
    """Counters since the start and gauges of the moment; `pending` and `lag_seconds` are refreshed every second."""

    state: State = State.STOPPED
    epoch: int = 0
    published: int = 0  # events acknowledged and marked
    recognised: int = 0  # of these, found in the stream although an attempt had failed
    retried: int = 0  # attempts repeated because the outcome was unknown
    refused: int = 0  # attempts the broker refused
    blocked: int = 0  # subjects waiting after a refusal
    pending: int = 0
    lag_seconds: float = 0.0
    last_error: str | None = None

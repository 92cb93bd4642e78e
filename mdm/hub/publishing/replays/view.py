"""What is shown of a replay, and its states."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.store.tables import Replay

WAITING, QUEUED, RUNNING, DONE, FAILED, CANCELLED = STATES = (
    "waiting", "queued", "running", "done", "failed", "cancelled",
)  # fmt: skip
LIVE = frozenset({WAITING, QUEUED, RUNNING})


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A replay: what was asked, who decided, how far it has come and what came of it."""

    id: UUID
    state: str
    subscriber: str | None
    events: str
    selection: dict[str, Any]
    domains: list[str]
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    masters: int
    copied: int
    missing: int
    remaining: int | None
    first_sequence: int | None
    last_sequence: int | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None

    @property
    def ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state not in LIVE

    @property
    def seconds(self) -> float | None:
        """Return how long it took, None before its end or if it never began."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()

    @classmethod
    def of(cls, row: Replay) -> "ReplayView":
        """Return what is shown of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__slots__})

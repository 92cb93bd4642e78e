"""A master that is about to be rebuilt, and what happened to its identity."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(slots=True)
class Touched:
    """A locked master; `version` is the one before, 0 for a new master; `records` are those it has or has just lost.

    One that is `restored` is announced although nothing differs: subscribers know another state of it.
    """

    id: UUID
    version: int = 0
    created_at: datetime | None = None
    recorded_at: datetime | None = None
    evaluated_at: datetime | None = None
    retired_at: datetime | None = None
    status: str = "active"
    records: set[int] = field(default_factory=set)
    joined: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    absorbed: list[UUID] = field(default_factory=list)
    split_to: list[UUID] = field(default_factory=list)
    merged_into: UUID | None = None
    revived: bool = False
    restored: bool = False

    @property
    def moved(self) -> bool:
        """Tell whether the crosswalk or the identity changes."""
        return bool(self.version == 0 or self.joined or self.left or self.merged_into or self.revived or self.restored)

    @property
    def reason(self) -> str:
        """Say why records join: they begin a master, or they match it."""
        return "match" if self.version or len(self.joined) > 1 else "new"

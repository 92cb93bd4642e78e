"""A master that is about to be rebuilt, and what happened to its identity."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from uuid import UUID

from mdm.store.rows import Row
from mdm.store.tables import Master


@dataclass(slots=True)
class Touched:
    """A locked master; `version` is the one before, 0 for a new master; `records` are those it has or has just lost.

    One that is `restored` is announced although nothing differs: subscribers know, or are shown, another state of it.
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

    @classmethod
    def of(cls, master_id: UUID, stored: Master | Row) -> Self:
        """Return a master as it is stored, in a row of its own or in one that tells of it."""
        return cls(
            master_id,
            version=stored.version,
            created_at=stored.created_at,
            recorded_at=stored.recorded_at,
            evaluated_at=stored.evaluated_at,
            retired_at=stored.retired_at,
            status=stored.status,
        )

    @property
    def moved(self) -> bool:
        """Tell whether the crosswalk or the identity changes."""
        return bool(self.version == 0 or self.joined or self.left or self.merged_into or self.revived or self.restored)

    @property
    def reason(self) -> str:
        """Say why records join: they begin a master, or they match it."""
        return "match" if self.version or len(self.joined) > 1 else "new"

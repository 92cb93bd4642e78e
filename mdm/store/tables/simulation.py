"""Simulations: what switching a release on would do, computed on live data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant


class Simulation(SQLModel, table=True):
    """One run of release `number` against the one that was in force; `seen_at` is the last sign of life of who runs it.

    `done` of `total` steps are made. `outcome` says why it failed or who cancelled it.
    """

    __tablename__ = "simulation"
    __table_args__ = (
        Index("simulation_of_release", "domain", "number", "id"),
        Index("simulation_to_run", "id", postgresql_where=text("state IN ('queued', 'running')")),
    )

    id: UUID = Field(primary_key=True)
    domain: str
    number: int
    against: int
    state: str
    requested_by: str
    requested_at: datetime = instant()
    started_at: datetime | None = instant(nullable=True)
    seen_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    done: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    total: int | None = None
    outcome: str | None = None
    figures: dict[str, Any] | None = document(nullable=True)
    samples: list[dict[str, Any]] | None = document(nullable=True)

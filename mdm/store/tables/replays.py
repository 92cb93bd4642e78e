"""Replays: copies of golden events that somebody asked for, and how far they have come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, String, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant


class Replay(SQLModel, table=True):
    """One request; `authors` cannot approve it; `position` is the master, or place in the stream, it has come to.

    `taken_until` is when another replayer may go on with it; `remaining` counts the events still to look at.
    """

    __tablename__ = "replay"
    __table_args__ = (Index("replay_to_run", "id", postgresql_where=text("state IN ('queued', 'running')")),)

    id: UUID = Field(primary_key=True)
    subscriber: str | None = None
    selection: dict[str, Any] = document()
    domains: list[str] = Field(sa_type=ARRAY(String))
    events: str
    reason: str
    state: str
    authors: list[str] = Field(sa_type=ARRAY(String))
    requested_by: str
    requested_at: datetime = instant()
    approved_by: str | None = None
    approved_at: datetime | None = instant(nullable=True)
    masters: int
    copied: int = Field(default=0, sa_type=BigInteger)
    missing: int = Field(default=0, sa_type=BigInteger)
    remaining: int | None = Field(default=None, sa_type=BigInteger)
    position: str = ""
    first_sequence: int | None = Field(default=None, sa_type=BigInteger)
    last_sequence: int | None = Field(default=None, sa_type=BigInteger)
    taken_until: datetime | None = instant(nullable=True)
    started_at: datetime | None = instant(nullable=True)
    ended_at: datetime | None = instant(nullable=True)
    outcome: str | None = None


class ReplayMaster(SQLModel, table=True):
    """A master a replay is for; gone when the replay has ended."""

    __tablename__ = "replay_master"

    replay_id: UUID = Field(primary_key=True, foreign_key="replay.id")
    master_id: UUID = Field(primary_key=True)

"""Work for stewards: what is asked, how much depends on it, and who has it in hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant

OPEN = text("closed_at IS NULL")


class Task(SQLModel, table=True):
    """Work about one master, or about whether two are one (`master_id < other_id`); `topic` tells its tasks apart.

    `consequence` says how much depends on it: stewards meet the greatest first. `reason` says in words why it is asked.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(
            "task_open",
            "kind",
            "master_id",
            "other_id",
            "topic",
            "owner",
            unique=True,
            postgresql_where=OPEN,
            postgresql_nulls_not_distinct=True,
        ),
        Index("task_master", "master_id"),
        Index("task_other", "other_id"),
        Index(
            "task_of_request",
            "topic",
            postgresql_ops={"topic": "varchar_pattern_ops"},
            postgresql_where=text("closed_at IS NULL AND kind = 'approval'"),
        ),
        Index("task_inbox", text("consequence DESC"), "id", postgresql_where=OPEN),
        Index("task_of_owner", "owner", text("consequence DESC"), "id", postgresql_where=OPEN),
        Index("task_of_assignee", "assignee", postgresql_where=text("closed_at IS NULL AND assignee IS NOT NULL")),
        Index("task_leased", "leased_until", postgresql_where=text("closed_at IS NULL AND leased_until IS NOT NULL")),
        Index("task_counted", "domain", "kind", "severity", "due_at", "deferred_until", postgresql_where=OPEN),
        Index("task_closed", text("closed_at DESC"), text("id DESC"), postgresql_where=text("closed_at IS NOT NULL")),
        Index("task_of_correlation", "correlation_id"),
        Index("task_reason", "reason", postgresql_using="gin", postgresql_ops={"reason": "gin_trgm_ops"}),
    )

    id: UUID = Field(primary_key=True)
    domain: str
    kind: str
    owner: str
    severity: str
    consequence: float = Field(sa_type=REAL)
    master_id: UUID = Field(foreign_key="master.id")
    other_id: UUID | None = Field(default=None, foreign_key="master.id")
    topic: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    reason: str
    evidence: dict[str, Any] = document()
    what_changed: dict[str, Any] | None = document(nullable=True)
    created_at: datetime = instant()
    due_at: datetime | None = instant(nullable=True)
    assignee: str | None = None
    leased_by: str | None = None
    leased_until: datetime | None = instant(nullable=True)
    deferred_until: datetime | None = instant(nullable=True)
    skipped_by: list[str] = Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'::text[]")})
    closed_at: datetime | None = instant(nullable=True)
    closed_by: str | None = None
    outcome: str | None = None
    reason_code: str | None = None
    note: str | None = None
    correlation_id: str | None = None

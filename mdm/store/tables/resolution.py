"""Who is who: edges, constraints, masters and the crosswalk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, BigInteger, Column, ForeignKey, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant


class Edge(SQLModel, table=True):
    """A scored pair of source records at or above the review threshold; `left_id < right_id`."""

    __tablename__ = "edge"
    __table_args__ = (Index("edge_right", "right_id"),)

    left_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    right_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    weight: float = Field(sa_type=REAL)
    outcome: str
    levels: list[int] = Field(sa_type=ARRAY(SmallInteger))
    vetoes: list[str] = Field(sa_type=ARRAY(Text))
    release: int
    scored_at: datetime = instant()


class RecordConstraint(SQLModel, table=True):
    """A steward's must-link or cannot-link between two source records; `left_id < right_id`."""

    __tablename__ = "record_constraint"
    __table_args__ = (Index("record_constraint_right", "right_id"),)

    left_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    right_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    kind: str
    evidence: dict[str, Any] = document()
    reason: str
    decided_by: str
    decided_at: datetime = instant()
    changed: dict[str, Any] | None = document(nullable=True)


class Master(SQLModel, table=True):
    """The stable identity of one real-world thing; `revision` counts every touch, `version` the announced ones."""

    __tablename__ = "master"
    __table_args__ = (
        Index("master_of_domain", "domain", "id"),
        Index("master_search", "search_text", postgresql_using="gin", postgresql_ops={"search_text": "gin_trgm_ops"}),
        Index("master_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("master_due", "due_reason", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    domain: str
    status: str
    merged_into: UUID | None = Field(default=None, foreign_key="master.id")
    version: int
    revision: int
    created_at: datetime = instant()
    recorded_at: datetime = instant()
    evaluated_at: datetime = instant()
    due_at: datetime | None = instant(nullable=True)
    due_reason: str | None = None
    retired_at: datetime | None = instant(nullable=True)
    search_text: str


class Crosswalk(SQLModel, table=True):
    """A link source record → master over the master's versions `[from_version, until_version)`."""

    __tablename__ = "crosswalk"
    __table_args__ = (
        Index("crosswalk_current", "record_id", unique=True, postgresql_where=text("until_version IS NULL")),
        Index("crosswalk_members", "master_id", postgresql_where=text("until_version IS NULL")),
        Index("crosswalk_former", "record_id", postgresql_where=text("until_version IS NOT NULL")),
    )

    master_id: UUID = Field(
        sa_column=Column(ForeignKey("master.id", deferrable=True, initially="DEFERRED"), primary_key=True, type_=Uuid())
    )
    record_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    link_no: int = Field(primary_key=True)
    reason: str
    from_version: int
    until_version: int | None = None

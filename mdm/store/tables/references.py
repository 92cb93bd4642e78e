"""What refers to what: references of records and golden records, and the records to be processed again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant, serial


class RecordReference(SQLModel, table=True):
    """A source's record of some `domain` that an attribute names, and the master it was last found to lead to."""

    __tablename__ = "record_reference"
    __table_args__ = (
        Index("record_reference_target", "domain", "source", "key"),
        Index("record_reference_master", "master_id", postgresql_where=text("source = 'hub'")),
    )

    record_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    attribute: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    domain: str
    master_id: UUID | None = None


class Redo(SQLModel, table=True):
    """A record to be processed again, without a new fact, when its time has come; `depth` says how much of it."""

    __tablename__ = "redo"
    __table_args__ = (Index("redo_due", "due_at"),)

    record_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    reasons: list[str] = Field(sa_type=ARRAY(Text))
    due_at: datetime = instant()
    created_at: datetime = instant()
    origin: dict[str, Any] | None = document(nullable=True)
    depth: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": text("0")})


class ReferenceMove(SQLModel, table=True):
    """Records and masters that a transaction moved, to be looked at again when those that ran beside it have ended.

    `seen_at` is when it was seen first, on the database's own clock: whatever began later knows of the move.
    """

    __tablename__ = "reference_move"

    id: int = serial()
    domain: str
    records: list[int] = Field(sa_type=ARRAY(BigInteger))
    masters: list[UUID] = Field(sa_type=ARRAY(Uuid))
    moved_at: datetime = instant()
    origins: dict[str, Any] | None = document(nullable=True)
    seen_at: datetime | None = instant(nullable=True)


class GoldenReference(SQLModel, table=True):
    """A golden record's reference to a master over `valid`, known over `known`; `upward`: it names the parent."""

    __tablename__ = "golden_reference"
    __table_args__ = (
        Index("golden_reference_target", "target_id", "id"),
        Index("golden_reference_of_master", "master_id"),
    )

    id: int = serial()
    master_id: UUID
    attribute: str
    target_id: UUID
    upward: bool
    valid: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    known: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))

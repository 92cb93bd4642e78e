"""Source records: their facts, their folded state and what matching needs of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant, serial


class SourceRecord(SQLModel, table=True):
    """A source system's record: the fold of its facts, and its form for matching."""

    __tablename__ = "source_record"
    __table_args__ = (UniqueConstraint("domain", "source", "source_key", name="source_record_once"),)

    id: int = serial()
    domain: str
    source: str
    source_key: str
    revision: int
    ended_at: datetime | None = instant(nullable=True)
    state: dict[str, Any] = document()
    comparable: dict[str, Any] = document()
    created_at: datetime = instant()
    updated_at: datetime = instant()


class Fact(SQLModel, table=True):
    """What one delivery said about a source record, in the domain's attributes."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("fact_version", "record_id", "version", unique=True, postgresql_where=text("version IS NOT NULL")),
        Index("fact_of_record", "record_id"),
    )

    delivery_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="delivery.id")
    record_id: int = Field(sa_type=BigInteger, foreign_key="source_record.id")
    version: int | None = Field(default=None, sa_type=BigInteger)
    source_time: datetime | None = instant(nullable=True)
    received_at: datetime = instant()
    operation: str
    effective_from: datetime | None = instant(nullable=True)
    replace: bool
    master_id: str | None = None
    attributes: dict[str, Any] = document()
    digest: str


class MatchKey(SQLModel, table=True):
    """A blocking key of a record; records that share one are compared."""

    __tablename__ = "match_key"
    __table_args__ = (Index("match_key_of_record", "record_id"),)

    key: int = Field(primary_key=True, sa_type=BigInteger)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)


class HotKey(SQLModel, table=True):
    """A blocking key shared by too many records to compare them all; reported, never silent."""

    __tablename__ = "hot_key"

    domain: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    records: int
    seen_at: datetime = instant()

"""Golden records in two times: announced versions and the slices of valid time they consist of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, func, literal_column, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant, serial


class GoldenVersion(SQLModel, table=True):
    """An announced state of a master; one event each."""

    __tablename__ = "golden_version"
    __table_args__ = (
        Index("golden_version_of_event", "event_id"),
        Index("golden_version_of_correlation", text("(cause ->> 'correlation_id')")),
        Index("golden_version_of_merge", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )

    master_id: UUID = Field(primary_key=True, foreign_key="master.id")
    version: int = Field(primary_key=True)
    recorded_at: datetime = instant()
    evaluated_at: datetime = instant()
    event_id: UUID
    event_type: str
    cause: dict[str, Any] = document()
    release: int
    status: str
    merged_into: UUID | None = None
    approval: dict[str, Any] | None = document(nullable=True)


class GoldenSlice(SQLModel, table=True):
    """Attributes of a master over `valid`, part of versions `[from_version, until_version)`."""

    __tablename__ = "golden_slice"
    __table_args__ = (
        ExcludeConstraint(
            ("master_id", "="),
            ("valid", "&&"),
            (func.int4range(literal_column("from_version"), literal_column("until_version")), "&&"),
            using="gist",
            name="golden_slice_no_overlap",
        ),
    )

    id: int = serial()
    master_id: UUID = Field(foreign_key="master.id")
    valid: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    from_version: int
    until_version: int | None = None
    attributes: dict[str, Any] = document()
    provenance: dict[str, Any] = document()

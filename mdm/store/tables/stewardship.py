"""What people decide about values: pinned ones, those that wait, and what their owners said."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant, serial


class ChangeRequest(SQLModel, table=True):
    """Values of a master that await their owners; `digest` names what exactly is asked."""

    __tablename__ = "change_request"
    __table_args__ = (
        Index("change_request_of_master", "master_id", "state"),
        Index("change_request_open", "domain", "id", postgresql_where=text("state = 'open'")),
        Index("change_request_of_correlation", "correlation_id"),
    )

    id: UUID = Field(primary_key=True)
    domain: str
    master_id: UUID = Field(foreign_key="master.id")
    kind: str
    state: str
    authors: list[str] = Field(sa_type=ARRAY(Text))
    reason: str | None = None
    changes: list[dict[str, Any]] = document()
    digest: str
    release: int
    correlation_id: str
    deliveries: list[int] = Field(
        sa_type=ARRAY(BigInteger), sa_column_kwargs={"server_default": text("'{}'::bigint[]")}
    )
    traceparent: str | None = None
    tracestate: str | None = None
    created_at: datetime = instant()
    renewed_at: datetime = instant()
    closed_at: datetime | None = instant(nullable=True)


class ChangeDecision(SQLModel, table=True):
    """What one owner says about a change request."""

    __tablename__ = "change_decision"

    request_id: UUID = Field(primary_key=True, foreign_key="change_request.id")
    owner: str = Field(primary_key=True)
    state: str
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    effective: str | None = None
    note: str | None = None
    digest: str | None = None


class Hold(SQLModel, table=True):
    """A value that must not win over `valid`, and the approved one that stands in its place, as known since then.

    One that has ended is kept, and so is each shape that a standing one had before: `former_of` names that one.
    """

    __tablename__ = "hold"
    __table_args__ = (
        Index("hold_of_master", "master_id"),
        Index("hold_of_request", "request_id"),
        Index("hold_of_cycles", "master_id", postgresql_where=text("state = 'cycle' AND ended_at IS NULL")),
    )

    id: int = serial()
    master_id: UUID = Field(foreign_key="master.id")
    attribute: str
    std: Any = Field(sa_column=Column(JSONB(none_as_null=True)))
    approved: Any = Field(sa_column=Column(JSONB(none_as_null=True)))
    record: Any = Field(sa_column=Column(JSONB(none_as_null=True)))
    valid: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    state: str
    request_id: UUID | None = Field(default=None, foreign_key="change_request.id")
    created_at: datetime = instant()
    since: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    former_of: int | None = Field(default=None, sa_type=BigInteger)


class Override(SQLModel, table=True):
    """A value pinned by a steward, on the master it was made on; a survivor sees those of merged masters.

    It gives way to a source of `agreement` (empty: any) that says the same, and is asked about again at `review_at`.
    It is known `since` then, also where it is what is left of an earlier one.
    """

    __tablename__ = "override"
    __table_args__ = (
        Index("override_of_master", "master_id", postgresql_where=text("ended_at IS NULL")),
        Index("override_ever_of_master", "master_id"),
    )

    id: UUID = Field(primary_key=True)
    master_id: UUID = Field(foreign_key="master.id")
    attribute: str
    value: Any = Field(sa_column=Column(JSONB(none_as_null=True)))
    std: Any = Field(sa_column=Column(JSONB(none_as_null=True)))
    valid: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    made_at: datetime = instant()
    made_by: str
    reason: str
    expires_at: datetime | None = instant(nullable=True)
    agreement: list[str] | None = Field(default=None, sa_type=ARRAY(Text))
    review_at: datetime | None = instant(nullable=True)
    request_id: UUID | None = Field(default=None, foreign_key="change_request.id")
    since: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    ended_by: str | None = None

"""What was announced before the database was restored to an earlier point, and is not in it any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import instant, serial


class Restoration(SQLModel, table=True):
    """A master to announce anew; versions `[lost_from, lost_until]` said something else before (null: none did)."""

    __tablename__ = "restoration"
    __table_args__ = (
        Index("restoration_to_announce", "master_id", unique=True, postgresql_where=text("announced_at IS NULL")),
        Index("restoration_of_master", "master_id"),
    )

    id: int = serial()
    master_id: UUID = Field(foreign_key="master.id")
    lost_from: int | None = None
    lost_until: int | None = None
    found_at: datetime = instant()
    announced_at: datetime | None = instant(nullable=True)


class WithdrawnLink(SQLModel, table=True):
    """A link that was announced and is lost: the record has left, under a number above every one announced."""

    __tablename__ = "withdrawn_link"
    __table_args__ = (Index("withdrawn_link_of_record", "domain", "source", "source_key"),)

    master_id: UUID = Field(primary_key=True, foreign_key="master.id")
    source: str = Field(primary_key=True)
    source_key: str = Field(primary_key=True)
    domain: str
    link_no: int

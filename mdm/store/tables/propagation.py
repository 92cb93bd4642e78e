"""How long published events took on their way, and the counts that metrics are made of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Double, Index
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import INSTANT, instant


class Propagation(SQLModel, table=True):
    """The instants of a published version: said, accepted, resolved, approved if it waited, announced, in the stream.

    `announced_at` and `published_at` are on the database's clock, the others on that of whoever noted them.
    """

    __tablename__ = "propagation"
    __table_args__ = (Index("propagation_published", "published_at", postgresql_using="brin"),)

    master_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    domain: str
    source: str | None = None
    source_time: datetime | None = instant(nullable=True)
    accepted_at: datetime | None = instant(nullable=True)
    resolved_at: datetime | None = instant(nullable=True)
    approved_at: datetime | None = instant(nullable=True)
    announced_at: datetime = instant()
    published_at: datetime = instant()
    stream_sequence: int = Field(sa_type=BigInteger)


class PropagationCount(SQLModel, table=True):
    """How many events took at most `bound` seconds for a stage, and longer than the bound below; infinity is the last.

    `skewed` of them seemed to take less than nothing, because two clocks differ.
    """

    __tablename__ = "propagation_count"

    domain: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    bound: float = Field(primary_key=True, sa_type=Double)
    events: int = Field(sa_type=BigInteger)
    seconds: float = Field(sa_type=Double)
    skewed: int = Field(sa_type=BigInteger)


class PropagationMark(SQLModel, table=True):
    """Until when published events have been measured: the one row of its table."""

    __tablename__ = "propagation_mark"

    measured_until: datetime = Field(primary_key=True, sa_type=INSTANT)

"""Quality: what is wrong with records by the rules, what people accepted all the same, and values said once only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant, serial


class Finding(SQLModel, table=True):
    """A rule that a record breaks now or will, over `[valid_from, valid_to)`; `key` stands for the values that do.

    `state` is failed, accepted (by a person) or unjudged (the rule could not be applied). `since` is when it was found.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("record_id", "rule", "attributes", "valid_from", name="finding_once"),
        Index("finding_of_rule", "domain", "rule", "id"),
        Index("finding_counted", "domain", "severity", "state"),
    )

    id: int = serial()
    record_id: int = Field(sa_type=BigInteger, foreign_key="source_record.id")
    domain: str
    rule: str
    attributes: list[str] = Field(sa_type=ARRAY(Text))
    dimension: str
    severity: str
    owner: str
    effect: str
    state: str
    key: str
    evidence: dict[str, Any] = document()
    valid_from: datetime = instant()
    valid_to: datetime | None = instant(nullable=True)
    since: datetime = instant()


class QualityException(SQLModel, table=True):
    """A person's word that certain values of a record may break a rule."""

    __tablename__ = "quality_exception"

    record_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")
    rule: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    reason_code: str
    note: str | None = None
    made_by: str
    made_at: datetime = instant()


class UniqueValue(SQLModel, table=True):
    """A value, by what stands for it, that a rule wants to be said once only, and a record that says it."""

    __tablename__ = "unique_value"
    __table_args__ = (Index("unique_value_of_record", "record_id"),)

    domain: str = Field(primary_key=True)
    attribute: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    record_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="source_record.id")

"""What people and administrators did, and the seals that chain it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import instant


class Action(SQLModel, table=True):
    """One action; never changed, but for `position` and `link`, which its seal gives it.

    `details` is json, not jsonb, which would spell numbers anew: `hash` is over them as they are.
    """

    __tablename__ = "action_log"
    __table_args__ = (
        Index("action_log_unsealed", "id", postgresql_where=text("position IS NULL")),
        Index("action_log_of_actor", "actor", "id"),
        Index("action_log_of_subject", "subject", "id"),
        Index("action_log_of_correlation", "correlation_id"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = instant()
    actor: str
    action: str
    domain: str | None = None
    subject: str
    reason: str | None = None
    before_digest: str | None = None
    after_digest: str | None = None
    correlation_id: str
    details: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    hash: str
    position: int | None = Field(default=None, unique=True, sa_type=BigInteger)
    link: str | None = None


class Seal(SQLModel, table=True):
    """The actions from `first` to `last`, chained to the seal before and signed."""

    __tablename__ = "action_seal"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    first: int = Field(sa_type=BigInteger)
    last: int = Field(sa_type=BigInteger)
    sealed_at: datetime = instant()
    previous: str
    link: str
    hash: str
    public_key: str
    signature: str

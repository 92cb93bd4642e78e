"""API keys: whose they are, and which of the holder's roles and domains they are for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import instant


class ApiKey(SQLModel, table=True):
    """A key, stored as its hash; `prefix` is what people may see of it, no roles or domains mean all the holder has."""

    __tablename__ = "api_key"
    __table_args__ = (Index("api_key_of_principal", "principal_id", "purpose"),)

    id: UUID = Field(primary_key=True)
    principal_id: UUID = Field(foreign_key="principal.id")
    purpose: str
    prefix: str = Field(unique=True)
    hash: bytes
    roles: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    domains: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    created_by: str
    created_at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
    revoked_by: str | None = None
    revoked_at: datetime | None = instant(nullable=True)

"""API keys: who may call, in which roles, on which domains."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import instant


class ApiKey(SQLModel, table=True):
    """A key, stored as its hash; `prefix` is what people may see of it."""

    __tablename__ = "api_key"

    id: UUID = Field(primary_key=True)
    prefix: str = Field(unique=True)
    hash: bytes
    name: str
    roles: list[str] = Field(sa_type=ARRAY(Text))
    domains: list[str] = Field(sa_type=ARRAY(Text))
    created_by: str
    created_at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
    revoked_by: str | None = None
    revoked_at: datetime | None = instant(nullable=True)

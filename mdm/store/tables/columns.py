"""Column kinds that the tables share."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

INSTANT = DateTime(timezone=True)


def serial() -> Any:
    """Declare a bigint primary key that PostgreSQL counts up."""
    return Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),))


def instant(*, nullable: bool = False) -> Any:
    """Declare an aware instant."""
    return Field(default=None if nullable else ..., sa_type=INSTANT, nullable=nullable)


def document(*, nullable: bool = False) -> Any:
    """Declare a jsonb document."""
    return Field(default=None if nullable else ..., sa_type=JSONB, nullable=nullable)

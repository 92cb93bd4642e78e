"""Approved rules of a domain, as they were switched on."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant


class Release(SQLModel, table=True):
    """One version of a domain's rules: declaration, source trust and match model."""

    __tablename__ = "release"

    domain: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    hash: str
    document: dict[str, Any] = document()
    proposed_by: str
    proposed_at: datetime = instant()
    switched_on_at: datetime | None = instant(nullable=True)

"""Rules of a domain: proposed, approved, in force and carried through."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document as content
from mdm.store.tables.columns import instant


def _count() -> Any:
    return Field(default=0, sa_type=BigInteger)


class Release(SQLModel, table=True):
    """One version of a domain's rules: declaration, source trust and match model.

    `follows` was in force before it, `rolls_back` says what it takes back, `origin` from where it was imported.
    `expected` is what its simulation foretold, with the limits beyond which the hub stops carrying it through.
    """

    __tablename__ = "release"
    __table_args__ = (
        Index("release_in_force", "domain", unique=True, postgresql_where=text("state = 'active'")),
        Index("release_scheduled", "scheduled_at", postgresql_where=text("scheduled_at IS NOT NULL")),
    )

    domain: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    hash: str
    document: dict[str, Any] = content()
    proposed_by: str
    proposed_at: datetime = instant()
    switched_on_at: datetime | None = instant(nullable=True)
    switched_on_by: str | None = None
    authors: list[str] = Field(
        default_factory=list, sa_type=ARRAY(String), sa_column_kwargs={"server_default": text("'{}'::varchar[]")}
    )
    reason: str | None = None
    follows: int | None = None
    rolls_back: int | None = None
    origin: dict[str, Any] | None = content(nullable=True)
    scheduled_at: datetime | None = instant(nullable=True)
    scheduled_by: str | None = None
    ended_at: datetime | None = instant(nullable=True)
    ended_by: str | None = None
    note: str | None = None
    expected: dict[str, Any] | None = content(nullable=True)
    halted_at: datetime | None = instant(nullable=True)
    halted_why: str | None = None


class ReleaseApproval(SQLModel, table=True):
    """What one person approved as an owner of rules: `digest` names the rules and those they were compared with."""

    __tablename__ = "release_approval"
    __table_args__ = (ForeignKeyConstraint(["domain", "number"], ["release.domain", "release.number"]),)

    domain: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    decided_by: str = Field(primary_key=True)
    decided_at: datetime = instant()
    digest: str
    note: str | None = None


class ReleaseRollout(SQLModel, table=True):
    """What a release has done so far, in several rows that are added up, so that workers do not wait for each other."""

    __tablename__ = "release_rollout"
    __table_args__ = (ForeignKeyConstraint(["domain", "number"], ["release.domain", "release.number"]),)

    domain: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    slot: int = Field(primary_key=True)
    masters: int = _count()
    changed: int = _count()
    critical: int = _count()
    merged: int = _count()
    split: int = _count()
    held: int = _count()

"""What arrived, byte for byte, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, SmallInteger, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import INSTANT, document, instant, serial


class Load(SQLModel, table=True):
    """A file of deliveries; `position` is the byte after the last accepted row; an `initial` one needs no approval.

    `comparison` says what it would change in the `domains` it speaks of; `tries` counts how often comparing has begun
    without coming further.
    """

    __tablename__ = "load"
    __table_args__ = (
        UniqueConstraint("source", "feed", "file_digest", name="load_once"),
        Index("load_to_compare", "id", postgresql_where=text("state = 'comparing'")),
        Index("load_held", "id", postgresql_where=text("state = 'held'")),
    )

    id: UUID = Field(primary_key=True)
    source: str
    feed: str
    file_name: str
    file_digest: str
    context: dict[str, Any] = document()
    state: str
    position: int = Field(sa_type=BigInteger)
    rows: int
    initial: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    started_by: str
    started_at: datetime = instant()
    accepted_at: datetime | None = instant(nullable=True)
    domains: list[str] = Field(default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": text("'{}'")})
    comparison: dict[str, Any] | None = document(nullable=True)
    tries: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": text("0")})
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    note: str | None = None


class SourceHold(SQLModel, table=True):
    """What a source sends singly about a domain is held since then, until someone decides who is none of `senders`."""

    __tablename__ = "source_hold"
    __table_args__ = (
        Index("source_hold_standing", "source", "domain", unique=True, postgresql_where=text("state = 'held'")),
    )

    id: UUID = Field(primary_key=True)
    source: str
    domain: str
    state: str
    reasons: list[dict[str, Any]] = document()
    senders: list[str] = Field(default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": text("'{}'")})
    since: datetime = instant()
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    note: str | None = None


class SourceWindow(SQLModel, table=True):
    """What a source's single messages did to a domain in a minute; slots keep workers from waiting for each other."""

    __tablename__ = "source_window"

    source: str = Field(primary_key=True)
    domain: str = Field(primary_key=True)
    minute: datetime = Field(primary_key=True, sa_type=INSTANT)
    slot: int = Field(primary_key=True, sa_type=SmallInteger)
    records: int
    changed: int
    deleted: int
    blanked: int
    senders: list[str] = Field(default=[], sa_type=ARRAY(String), sa_column_kwargs={"server_default": text("'{}'")})


class Delivery(SQLModel, table=True):
    """One message or file row as received."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("source", "message_id", name="delivery_once"),
        Index("delivery_pending", "load_id", "id", postgresql_where=text("state = 'pending'")),
        Index("delivery_of_hold", "hold_id", "state", postgresql_where=text("hold_id IS NOT NULL")),
        Index("delivery_of_correlation", "correlation_id"),
        Index("delivery_of_load", "load_id", "state", postgresql_where=text("load_id IS NOT NULL")),
    )

    id: int = serial()
    source: str
    message_id: str
    load_id: UUID | None = Field(default=None, foreign_key="load.id")
    row_number: int | None = None
    feed: str | None = None  # that reads it, if none of its load does; unset: the hub's own shape
    raw: bytes
    digest: bytes
    delivered_by: str
    received_at: datetime = instant()
    correlation_id: str
    traceparent: str | None = None
    tracestate: str | None = None
    state: str
    attempts: int = Field(sa_type=SmallInteger, sa_column_kwargs={"server_default": text("0")})
    record_id: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: datetime | None = instant(nullable=True)
    hold_id: UUID | None = Field(default=None, foreign_key="source_hold.id")  # by which it is, or was, held


class LoadPause(SQLModel, table=True):
    """Loads wait since then, because so many events awaited publishing; no row: they do not."""

    __tablename__ = "load_pause"
    __table_args__ = (CheckConstraint("id = 1", name="load_pause_once"),)

    id: int = Field(default=1, primary_key=True, sa_type=SmallInteger)
    since: datetime = instant()
    events: int


class Quarantine(SQLModel, table=True):
    """Input that was set aside, with the reason; the bytes are the delivery's, or `raw` where none was accepted."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index("quarantine_open", "id", postgresql_where=text("state = 'open'")),
        Index("quarantine_of_delivery", "delivery_id"),
        Index("quarantine_of_message", "source", "message_id"),
    )

    id: int = serial()
    delivery_id: int | None = Field(default=None, sa_type=BigInteger, foreign_key="delivery.id")
    source: str
    message_id: str
    domain: str | None = None
    source_key: str | None = None
    code: str
    message: str
    details: dict[str, Any] = document()
    fingerprint: str
    severity: str
    raw: bytes | None = None
    created_at: datetime = instant()
    state: str
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    note: str | None = None


class DeliveryQueue(SQLModel, table=True):
    """A queue deliveries are fetched from, and how many waited in it when it was last reached."""

    __tablename__ = "delivery_queue"

    name: str = Field(primary_key=True)
    waiting: int = Field(sa_type=BigInteger)
    seen_at: datetime = instant()

"""Messages that subscribers gave up, and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mdm.store.tables.columns import document, instant, serial


class DeadLetter(SQLModel, table=True):
    """A message a subscriber gave up, as far as it is known, with what the server said of it, byte for byte.

    `found_in` tells where the message was: its stream, the outbox, a head; None: it has gone. `state` is what was
    decided; whether a newer version or a replay has settled it follows from the heads and the replays.
    """

    __tablename__ = "dead_letter"
    __table_args__ = (
        UniqueConstraint("advisory_id", name="dead_letter_once"),
        Index("dead_letter_open", "id", postgresql_where=text("state = 'open'")),
        Index("dead_letter_of_subject", "subscriber", "subject", "id"),
        Index("dead_letter_group", "fingerprint", "id"),
    )

    id: int = serial()
    advisory_id: str
    advisory: bytes
    kind: str
    at: datetime = instant()
    stream: str | None = None
    stream_sequence: int | None = Field(default=None, sa_type=BigInteger)
    subscriber: str | None = None
    deliveries: int | None = Field(default=None, sa_type=BigInteger)
    reason: str
    fingerprint: str
    found_in: str | None = None
    subject: str | None = None
    domain: str | None = None
    master_id: UUID | None = None
    event_id: UUID | None = None
    event_type: str | None = None
    version: int | None = Field(default=None, sa_type=BigInteger)
    headers: dict[str, Any] | None = document(nullable=True)
    data: bytes | None = None
    created_at: datetime = instant()
    state: str
    replay_id: UUID | None = None
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    note: str | None = None


class DeadLetterPosition(SQLModel, table=True):
    """How far the stream of advisories has been read: the consumer it came by, and its last sequence."""

    __tablename__ = "dead_letter_position"

    stream: str = Field(primary_key=True)
    consumer: str
    sequence: int = Field(sa_type=BigInteger)

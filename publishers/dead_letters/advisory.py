"""What a NATS server says when a consumer has given a message up."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from publishers.errors import InvalidAdvisory

MAX_DELIVERIES = "max_deliveries"
TERMINATED = "terminated"
KINDS = {
    "io.nats.jetstream.advisory.v1.max_deliver": MAX_DELIVERIES,
    "io.nats.jetstream.advisory.v1.terminated": TERMINATED,
}


@dataclass(frozen=True, slots=True)
class Advisory:
    """A message was given up: which one, by which consumer, after how many deliveries, and why if it said so."""

    id: str
    kind: str
    at: datetime
    stream: str
    consumer: str
    sequence: int
    deliveries: int
    reason: str | None

    @classmethod
    def from_message(cls, data: bytes) -> Self:
        """Read the body of an advisory; raise InvalidAdvisory for one of another form."""
        try:
            said = json.loads(data)
            at = datetime.fromisoformat(said["timestamp"])
            if at.tzinfo is None:
                raise ValueError("the timestamp has no time zone")
            return cls(
                id=_text(said["id"]),
                kind=KINDS[said["type"]],
                at=at.astimezone(UTC),
                stream=_text(said["stream"]),
                consumer=_text(said["consumer"]),
                sequence=_count(said["stream_seq"]),
                deliveries=_count(said["deliveries"]),
                reason=_text(said["reason"]) if said.get("reason") else None,
            )
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise InvalidAdvisory(f"The message is not an advisory: {error!r}.") from error


def _text(found: object) -> str:
    if not isinstance(found, str) or not found:
        raise ValueError(f"{found!r} is not a text")
    return found


def _count(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < 2**63:
        raise ValueError(f"{found!r} is not a positive number")
    return found

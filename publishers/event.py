"""The envelope: one CloudEvents 1.0 event in binary mode, addressed by subject and version."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from publishers.errors import EventTooLarge, InvalidEvent

MAX_BYTES = 1_000_000  # leaves room for headers below the usual max_payload of 1 MiB
MESSAGE_ID = "Nats-Msg-Id"
EVENT_ID = "ce-id"
VERSION = "ce-version"
DIGEST = "ce-digest"
SUBJECT = re.compile(r"[A-Za-z0-9_=+/$-]+(\.[A-Za-z0-9_=+/$-]+)*")
CORRELATION = "ce-correlationid"
DATAREF = "ce-dataref"
FULL_DIGEST = "ce-fulldigest"
REPLAY = "ce-replay"
OPTIONAL = {
    "correlation_id": CORRELATION,
    "causation_id": "ce-causationid",
    "traceparent": "ce-traceparent",
    "tracestate": "ce-tracestate",
    "dataref": DATAREF,
    "full_digest": FULL_DIGEST,
    "replay": REPLAY,
}


@dataclass(frozen=True, slots=True)
class Event:
    """The full state of one subject at one version; `data` is JSON.

    Where the state is too large to travel, `data` is a part of it, `dataref` leads to the whole, and `full_digest` is
    the whole's SHA-256; `full` is the whole itself, where the event is written. `replay` names the request that had it
    copied to another subject than its own.
    """

    id: UUID
    type: str
    subject: str
    version: int
    time: datetime
    source: str
    data: bytes
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    dataref: str | None = None
    full_digest: str | None = None
    replay: str | None = None
    full: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what a broker would refuse, before it can block its subject in an outbox."""
        if self.full is not None:
            object.__setattr__(self, "full_digest", digest(self.full))
        if not SUBJECT.fullmatch(self.subject):
            raise InvalidEvent(f"Subject {self.subject!r} is not dot-separated tokens of letters, digits and _-=+/$.")
        if self.version < 1:
            raise InvalidEvent(f"Version {self.version} of {self.subject} is not positive.")
        if self.time.tzinfo is None:
            raise InvalidEvent(f"The time of {self.subject} version {self.version} has no time zone.")
        for name in ("type", "source", *OPTIONAL):
            text = getattr(self, name)
            if text is not None and not (text and text.isascii() and text.isprintable()):
                raise InvalidEvent(f"{name} of {self.subject} version {self.version} is not printable ASCII: {text!r}.")
        if (self.dataref is None) != (self.full_digest is None):
            raise InvalidEvent(f"{self.subject} version {self.version} needs dataref and full digest, or neither.")
        if len(self.data) > MAX_BYTES:
            raise EventTooLarge(
                f"{self.subject} version {self.version} has {len(self.data):,} bytes; {MAX_BYTES:,} are allowed.",
                hint="Publish a part of it, and a reference to the whole.",
            )

    @property
    def digest(self) -> str:
        """Return the SHA-256 (64 hex digits) of the data."""
        return digest(self.data)

    def headers(self) -> dict[str, str]:
        """Return the CloudEvents headers of the binary mode and the id brokers deduplicate by."""
        headers = {
            MESSAGE_ID: str(self.id),
            "content-type": "application/json",
            "ce-specversion": "1.0",
            EVENT_ID: str(self.id),
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-subject": self.subject,
            "ce-time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            VERSION: str(self.version),
            DIGEST: self.digest,
        }
        for name, header in OPTIONAL.items():
            if (text := getattr(self, name)) is not None:
                headers[header] = text
        return headers

    @classmethod
    def from_message(cls, subject: str, headers: Mapping[str, str], data: bytes) -> Self:
        """Restore the event a message carries; raise InvalidEvent for a message that carries none.

        A copy that a replay has made carries the event of the subject it was copied from.
        """
        optional: dict[str, Any] = {name: headers.get(header) for name, header in OPTIONAL.items()}
        try:
            return cls(
                id=UUID(headers[EVENT_ID]),
                type=headers["ce-type"],
                subject=headers["ce-subject"] if REPLAY in headers else subject,
                version=int(headers[VERSION]),
                time=datetime.fromisoformat(headers["ce-time"]),
                source=headers["ce-source"],
                data=data,
                **optional,
            )
        except (KeyError, ValueError) as error:
            raise InvalidEvent(f"The message on {subject} is not an event: {error!r}.") from error

    def json(self) -> Any:
        """Parse the data."""
        return json.loads(self.data)


def digest(data: bytes) -> str:
    """Return the SHA-256 (64 hex digits) of bytes."""
    return hashlib.sha256(data).hexdigest()

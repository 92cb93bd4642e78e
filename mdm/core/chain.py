"""How logged actions are hashed and chained, so that whoever has the last seal can prove what came before it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from mdm.core.ids import digest

BEGINNING = "0" * 64  # what the first seal follows


def action_hash(
    *,
    id: UUID,  # noqa: A002 (named as the columns are)
    at: datetime,
    actor: str,
    action: str,
    domain: str | None,
    subject: str,
    reason: str | None,
    before_digest: str | None,
    after_digest: str | None,
    correlation_id: str,
    details: Mapping[str, Any],
) -> str:
    """Return the SHA-256 of an action's canonical form: sorted keys, compact JSON, the instant in UTC."""
    return digest(
        {
            "id": id,
            "at": at.astimezone(UTC),
            "actor": actor,
            "action": action,
            "domain": domain,
            "subject": subject,
            "reason": reason,
            "before_digest": before_digest,
            "after_digest": after_digest,
            "correlation_id": correlation_id,
            "details": details,
        }
    )


def links(previous: str, hashes: Iterable[str]) -> Iterator[str]:
    """Yield the link of every action in order: the hash of the link before it and of its own hash."""
    link = previous
    for own in hashes:
        link = hashlib.sha256(f"{link}{own}".encode()).hexdigest()
        yield link


def seal_hash(
    *, number: int, first: int, last: int, sealed_at: datetime, previous: str, link: str, public_key: str
) -> str:
    """Return the SHA-256 of a seal's canonical form, which its signature is over.

    `previous` is the hash of the seal before, `link` that of the last action in it.
    """
    return digest(
        {
            "number": number,
            "first": first,
            "last": last,
            "sealed_at": sealed_at.astimezone(UTC),
            "previous": previous,
            "link": link,
            "public_key": public_key,
        }
    )

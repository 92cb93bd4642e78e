"""Identities and digests: how things are named and how equality of content is proved."""

import hashlib
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

LOCK_BYTES = 8


def new_id() -> UUID:
    """Return a new UUIDv7: unique, and sorted by time of creation."""
    return uuid7()


def canonical_json(content: Any) -> bytes:
    """Serialize to compact JSON with sorted keys, so that equal content has equal bytes."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def digest(content: Any) -> str:
    """Return the SHA-256 (64 hex digits) of JSON content, or of bytes as they are."""
    raw = content if isinstance(content, bytes) else canonical_json(content)
    return hashlib.sha256(raw).hexdigest()


def lock_number(name: str) -> int:
    """Return the signed 64-bit number under which PostgreSQL takes an advisory lock on `name`."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=LOCK_BYTES).digest(), "big", signed=True)

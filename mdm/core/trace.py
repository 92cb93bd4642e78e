"""What is handed on from whatever came in to all that follows from it: ids, and W3C Trace Context."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

# https://www.w3.org/TR/trace-context/: version, trace id, parent id and flags; later versions may have more behind them
TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
KNOWN_FLAGS = 0b11  # sampled, and random trace id; what others mean nobody knows yet
MEMBER = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]")
MOST_MEMBERS = 32
LONGEST_STATE = 512


@dataclass(frozen=True, slots=True)
class Trace:
    """The correlation id of what came in, and its W3C trace context, if it had one."""

    correlation_id: str
    traceparent: str | None = None
    tracestate: str | None = None


def read_traceparent(text: str | None) -> str | None:
    """Return a caller's trace context in the version that is spoken here (00); a malformed one counts as none."""
    found = TRACEPARENT.fullmatch(text or "")
    if found is None:
        return None
    version, trace_id, parent_id, flags, more = found.groups()
    if version == "00" and more is not None:
        return None
    return f"00-{trace_id}-{parent_id}-{int(flags, 16) & KNOWN_FLAGS:02x}"


def read_tracestate(texts: Sequence[str]) -> str | None:
    """Return what tracing systems wrote beside a trace context, one header or several; a malformed one counts as none.

    Members that do not fit into 512 characters are left out, the oldest first.
    """
    members = [member.strip(" \t") for text in texts for member in text.split(",")]
    members = [member for member in members if member]
    if len(members) > MOST_MEMBERS or not all(MEMBER.fullmatch(member) for member in members):
        return None
    while len(state := ",".join(members)) > LONGEST_STATE:
        members.pop()
    return state or None


def child(traceparent: str | None, event_id: UUID) -> str | None:
    """Return the context of an event in the trace of what set it off: the last half of its id is its span's id."""
    found = read_traceparent(traceparent)
    if found is None:
        return None
    version, trace_id, _, flags = found.split("-")
    return f"{version}-{trace_id}-{event_id.hex[16:]}-{flags}"

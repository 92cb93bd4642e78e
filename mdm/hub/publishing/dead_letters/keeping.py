"""Keeping what a server says of messages that subscribers gave up, with the messages themselves."""

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from mdm.core.ids import digest
from mdm.hub.announce import SUBJECT
from mdm.store.publishing import dead_letters
from mdm.store.work import Work
from publishers.dead_letters import Advisory, DeadLetter, Position
from publishers.event import EVENT_ID, MESSAGE_ID, REPLAY, VERSION

UNREADABLE = "unreadable"
NOBODY = "_"  # in the place of a subscriber, in the subject of a copied event
KEPT = timedelta(days=90)  # a dead letter, after it was settled
PORTION = 10_000
LONGEST_REASON = 2_000
SKEW = timedelta(minutes=1)  # between the clocks of NATS and PostgreSQL
VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9a-f]{8}-[0-9a-f-]{27}|\b(?=[a-z]*\d)[0-9a-z]+\b", re.IGNORECASE)


def keep(work: Work, letters: Sequence[DeadLetter], position: Position, *, stream: str, golden: str) -> None:
    """Keep dead letters that are not kept yet, and how far the `stream` of advisories has been read.

    What has gone from the stream `golden` is taken from the outbox or the heads, as far as they know it.
    """
    known = _known(work, letters, golden)
    rows = [
        _row(work, letter, known[number] if number in known else _met(letter)) for number, letter in enumerate(letters)
    ]
    dead_letters.keep(work.session, rows)
    dead_letters.save_position(work.session, stream, consumer=position.consumer, sequence=position.sequence)


def position(work: Work, stream: str) -> Position | None:
    """Return how far a stream of advisories has been read."""
    known = dead_letters.position(work.session, stream)
    return None if known is None else Position(known.consumer, known.sequence)


def settle(work: Work) -> int:
    """Write down what newer versions and ended replays have settled, forget what is long settled; return how many."""
    settled = dead_letters.settle(work.session, now=work.now, limit=PORTION)
    return settled + dead_letters.forget(work.session, before=work.now - KEPT, limit=PORTION)


def _known(work: Work, letters: Sequence[DeadLetter], golden: str) -> dict[int, dict[str, Any]]:
    """Return what is still known of messages that have gone, by the number of the letter."""
    gone = []
    for number, letter in enumerate(letters):
        told = letter.advisory
        if told is None or letter.message is not None or told.stream != golden:
            continue
        created = letter.stream_created_at
        since = created - SKEW if created is not None and created <= told.at else None
        gone.append({"number": number, "sequence": told.sequence, "since": since, "until": told.at + SKEW})
    if not gone:
        return {}
    found = dead_letters.published(work.session, gone, prefix=f"{SUBJECT}.")
    return {number: _message(row.place, row.subject, row.headers, bytes(row.data)) for number, row in found.items()}


def _met(letter: DeadLetter) -> dict[str, Any]:
    """Return the message as the stream had it."""
    if letter.message is None:
        return {}
    return _message("stream", letter.message.subject, dict(letter.message.headers), letter.message.data)


def _message(place: str, subject: str, headers: dict[str, str], data: bytes) -> dict[str, Any]:
    named = _printable(headers.get("ce-subject", subject))
    domain, master = _master(named)
    version = headers.get(VERSION, "")
    return {
        "found_in": place,
        "subject": named,
        "sent_to": subject,
        "domain": domain,
        "master_id": master,
        "event_id": _uuid(headers.get(EVENT_ID) or headers.get(MESSAGE_ID, "")),
        "event_type": _printable(headers["ce-type"]) if "ce-type" in headers else None,
        "version": int(version) if version.isascii() and version.isdigit() and len(version) < 19 else None,
        "headers": {_printable(name): _printable(text) for name, text in headers.items()},
        "data": data,
    }


def _row(work: Work, letter: DeadLetter, message: dict[str, Any]) -> dict[str, Any]:
    told, sent_to = letter.advisory, message.pop("sent_to", "")
    empty = dict.fromkeys(
        ("found_in", "subject", "domain", "master_id", "event_id", "event_type", "version", "headers", "data")
    )
    about = _unread(letter) if told is None else _said(told, subscriber=_subscriber(told, sent_to, message))
    cause = [about["subscriber"], about["kind"], message.get("domain"), _pattern(about["reason"])]
    return {
        **empty,
        **message,
        **about,
        "advisory": letter.raw,
        "fingerprint": digest(cause)[:16],
        "created_at": work.now,
        "state": "open",
    }


def _said(told: Advisory, *, subscriber: str) -> dict[str, Any]:
    if told.reason is not None:
        reason = told.reason
    elif told.kind == "terminated":
        reason = "Terminated without a reason."
    else:
        reason = f"Not acknowledged in {told.deliveries} deliveries."
    return {
        "advisory_id": _printable(told.id),
        "kind": told.kind,
        "at": told.at,
        "stream": _printable(told.stream),
        "stream_sequence": told.sequence,
        "subscriber": _printable(subscriber),
        "deliveries": told.deliveries,
        "reason": _printable(reason)[:LONGEST_REASON],
    }


def _unread(letter: DeadLetter) -> dict[str, Any]:
    return {
        "advisory_id": f"{UNREADABLE}-{hashlib.sha256(letter.raw).hexdigest()[:32]}",
        "kind": UNREADABLE,
        "at": letter.received_at,
        "stream": None,
        "stream_sequence": None,
        "subscriber": None,
        "deliveries": None,
        "reason": _printable(letter.problem or "It cannot be read.")[:LONGEST_REASON],
    }


def _subscriber(told: Advisory, sent_to: str, message: dict[str, Any]) -> str:
    """Return who gave the message up: the consumer, or whom a copied event was for."""
    if REPLAY in (message.get("headers") or {}):
        addressee = sent_to.split(".")[4:5]
        if addressee and addressee[0] != NOBODY:
            return addressee[0]
    return told.consumer


def _master(subject: str) -> tuple[str | None, UUID | None]:
    """Return the domain and master of a golden subject."""
    parts = subject.removeprefix(f"{SUBJECT}.").split(".")
    master = _uuid(parts[-1])
    if not subject.startswith(f"{SUBJECT}.") or len(parts) != 2 or master is None:
        return None, None
    return parts[0], master


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _pattern(reason: str) -> str:
    """Return a reason without what differs from message to message: quoted values, ids and numbers."""
    return VARIABLE.sub("…", reason)


def _printable(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()

"""What a message on a delivery's subject says, and what its sender is answered."""

from collections.abc import Mapping
from typing import Any

import orjson

from mdm.core.ids import new_id
from mdm.core.trace import Trace, read_traceparent, read_tracestate
from mdm.errors import MdmError
from mdm.hub.ingest.intake import Arrival, Taken
from mdm.hub.ingest.outcome import Outcome
from mdm.streams import ANSWERS, DELIVERIES
from publishers.deliveries import FEED, MESSAGE_ID
from publishers.jetstream import Queued

NATS_ID = "Nats-Msg-Id"  # of those who send no message id of ours
CORRELATION = "X-Correlation-Id"
LONGEST_CORRELATION = 128
ANSWER_TO = "Mdm-Ack-To"
LONGEST_ANSWER_TO = 256  # characters; a server ends the connection of who names a subject longer than a line may be


def arrival_of(queued: Queued, *, queue: str) -> Arrival:
    """Read a message of a queue; one without an id is known by its place there."""
    source, _, domain = queued.subject.removeprefix(f"{DELIVERIES}.").partition(".")
    headers = queued.headers
    return Arrival(
        source=source,
        domain=domain,
        message_id=headers.get(MESSAGE_ID) or headers.get(NATS_ID) or _place(queued, queue),
        raw=queued.data,
        feed=headers.get(FEED),
        trace=_trace(headers),
    )


def answer_to(queued: Queued, arrival: Arrival) -> str | None:
    """Return the subject the sender wants its answer on; None if it wants none, or where it may not listen itself."""
    subject = queued.headers.get(ANSWER_TO, "")
    own = subject.startswith(f"{ANSWERS}.{arrival.source}.") and len(subject) <= LONGEST_ANSWER_TO
    allowed = own and subject.isascii() and subject.isprintable()
    return subject if allowed and not set(subject) & set(" *>") and "" not in subject.split(".") else None


def answer(taken: Taken, outcome: Outcome | None) -> bytes:
    """Write what became of a message, in the words of the HTTP API."""
    document: dict[str, Any] = {"message_id": taken.message_id, "delivery": None, "problem": None}
    if outcome is not None:
        document |= {
            "delivery": outcome.delivery_id,
            "source": outcome.source,
            "correlation_id": outcome.correlation_id,
            "state": outcome.state,
            "received_at": outcome.received_at,
            "links": {"self": f"/v1/deliveries/{outcome.delivery_id}"},
        }
    if taken.error is not None:
        document["problem"] = _problem(taken.error)
    return orjson.dumps(document)


def _problem(error: MdmError) -> dict[str, Any]:
    return {
        "type": f"/problems/{error.code}",
        "title": (type(error).__doc__ or "").strip().splitlines()[0],
        "status": error.status,
        "detail": error.message.encode(errors="replace").decode(),
        "hint": error.hint,
    }


def _place(queued: Queued, queue: str) -> str:
    return f"{queue}:{queued.number}:{queued.stored_at.isoformat()}"


def _trace(headers: Mapping[str, str]) -> Trace:
    """Return what the sender asks to have handed on; a correlation id that cannot be used is replaced."""
    given = headers.get(CORRELATION, "")
    usable = 0 < len(given) <= LONGEST_CORRELATION and given.isascii() and given.isprintable()
    traceparent = read_traceparent(headers.get("traceparent"))
    tracestate = read_tracestate([headers.get("tracestate", "")]) if traceparent else None
    return Trace(given if usable else str(new_id()), traceparent, tracestate)

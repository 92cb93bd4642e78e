"""The door for facts in the hub's own JSON shape: what is refused at once, accepted, or set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson

from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.core.trace import Trace
from mdm.errors import Forbidden, InvalidInput, MdmError, UnreadableRow
from mdm.hub.ingest.deliver import Acknowledgement, Message, deliver
from mdm.hub.ingest.interpret import CANONICAL, Refused, interpret
from mdm.hub.ingest.quarantine import set_aside
from mdm.sources import Registry, SourceFact, read_json
from mdm.sources.fact import key_problem, shown
from mdm.store.ingest import deliveries
from mdm.store.rows import Row
from mdm.store.work import Work

MESSAGE_ID = "message_id"


@dataclass(frozen=True, slots=True)
class Received:
    """One row of a batch: the delivery it became and what is wrong with it; a row may be both, or either."""

    row: int
    delivery_id: int | None
    message_id: str
    error: MdmError | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Bytes that are not a delivery yet, in the shape that `interpret` reads."""

    source: str
    raw: bytes
    received_at: datetime
    id: int = 0
    feed: None = None
    context: None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    row: int
    raw: bytes
    message_id: str
    error: MdmError | None


def receive_one(work: Work, raw: bytes, *, message_id: str | None, trace: Trace, registry: Registry) -> Acknowledgement:
    """Accept one fact, exactly as it was sent; raises what is wrong with it, and then nothing is kept.

    A message id accepted before with other bytes is set aside: the acknowledgement carries that error, it is not
    raised, because the Work has something to commit.
    """
    work.actor.require(Permission.DELIVER)
    if message_id is not None:
        _check_message_id(message_id)
    source = _known_source(work, _source_of(raw))
    candidate = _Candidate(source, raw, work.now)
    read = interpret(cast("Row", candidate), catalog=work.catalog, registry=registry, now=candidate.received_at)
    if read.name is not None:
        work.actor.require(Permission.DELIVER, domain=read.name.domain)
    if isinstance(read, Refused):
        raise read.error
    message = Message(raw, message_id, correlation_id=trace.correlation_id)
    return deliver(work, [message], source=source, traceparent=trace.traceparent, tracestate=trace.tracestate)[0]


def receive_many(
    work: Work,
    rows: Sequence[tuple[int, bytes]],
    *,
    source: str,
    message_id: str | None,
    trace: Trace,
    registry: Registry,
) -> list[Received]:
    """Accept numbered rows of one source, each for itself; `message_id` names those that name none themselves.

    A row that is no fact of the hub's shape becomes a delivery too and is quarantined at once with its bytes. A row of
    a domain the actor may not deliver to is refused. Raises only what concerns the whole batch.
    """
    work.actor.require(Permission.DELIVER)
    if message_id is not None:
        _check_message_id(message_id)
    _known_source(work, source)
    offers = [_offer(work, row, raw, source=source, message_id=message_id, registry=registry) for row, raw in rows]
    admitted = [offer for offer in offers if not isinstance(offer.error, Forbidden)]
    messages = [Message(o.raw, o.message_id, o.row, trace.correlation_id) for o in admitted]
    answers = deliver(work, messages, source=source, traceparent=trace.traceparent, tracestate=trace.tracestate)
    received = {o.row: _received(o, answer) for o, answer in zip(admitted, answers, strict=True)}
    end_unusable(work, {r.delivery_id: r.error for r in received.values() if r.delivery_id and r.error})
    return [received.get(o.row) or Received(o.row, None, o.message_id, o.error) for o in offers]


def _offer(work: Work, row: int, raw: bytes, *, source: str, message_id: str | None, registry: Registry) -> _Offer:
    given = f"{message_id}:{row}" if message_id is not None else str(new_id())
    try:
        own, raw = _unwrapped(raw)
        given = own or given
        fact = registry.feed(source, CANONICAL).interpret(raw, {})
        _check_domain(work, fact)
    except MdmError as error:
        return _Offer(row, raw, given, error)
    return _Offer(row, raw, given, None)


def _unwrapped(raw: bytes) -> tuple[str | None, bytes]:
    """Take the message id out of a row, if it has one; without one its bytes stay as they are."""
    if MESSAGE_ID.encode() not in raw:
        return None, raw
    document = read_json(raw)
    if not isinstance(document, dict) or MESSAGE_ID not in document:
        return None, raw
    message_id = document.pop(MESSAGE_ID)
    if not isinstance(message_id, str):
        raise UnreadableRow(f"`{MESSAGE_ID}` is {shown(message_id)}, not a string.", path=MESSAGE_ID)
    _check_message_id(message_id)
    return message_id, orjson.dumps(document)


def _check_message_id(message_id: str) -> None:
    if problem := key_problem(message_id):
        raise UnreadableRow(f"The message id cannot be used: {problem}.", path=MESSAGE_ID)


def _source_of(raw: bytes) -> str:
    document: Any = read_json(raw)
    if not isinstance(document, Mapping):
        raise UnreadableRow(f"A fact is a JSON object, not {shown(document)}.", path="", value=shown(document))
    source = document.get("source")
    if not isinstance(source, str):
        problem = "is missing" if source is None else f"is {shown(source)}, not a string"
        raise UnreadableRow(f"`source` {problem}.", hint="Name the source system that says this.", path="source")
    return source


def _known_source(work: Work, source: str) -> str:
    known = sorted({name for domain in work.catalog.domains.values() for name in domain.sources})
    if source not in known:
        raise InvalidInput(
            f"No domain knows a source {shown(source)}.", hint=f"Sources are {', '.join(known)}.", path="source"
        )
    return source


def _check_domain(work: Work, fact: SourceFact) -> None:
    work.actor.require(Permission.DELIVER, domain=fact.domain)
    sources = work.catalog.domain(fact.domain).sources
    if fact.source not in sources:
        raise InvalidInput(
            f"Domain {fact.domain} has no source {fact.source}.",
            hint=f"Its sources are {', '.join(sources)}.",
            path="source",
        )


def _received(offer: _Offer, answer: Acknowledgement) -> Received:
    return Received(offer.row, answer.delivery_id, answer.message_id, answer.error or offer.error)


def end_unusable(work: Work, errors: Mapping[int, MdmError]) -> None:
    """Quarantine deliveries that the door found unusable, by id, unless they have ended before."""
    if not errors:
        return
    claimed = deliveries.claim_named(work.session, list(errors))
    set_aside(work, [Refused(delivery, errors[delivery.id]) for delivery in claimed])
    if claimed:
        deliveries.end(work.session, [(delivery.id, "quarantined", None) for delivery in claimed], now=work.now)

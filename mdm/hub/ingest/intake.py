"""The door for messages: whatever comes is kept, because nobody waits for an answer who could correct it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NoReturn

from mdm.core.domains import STEWARD_SOURCE
from mdm.core.security import Actor, Permission
from mdm.core.trace import Trace
from mdm.errors import Forbidden, MdmError, RepeatedCrash, UnknownSource, UnreadableRow
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.ingest.interpret import CANONICAL
from mdm.hub.ingest.quarantine import set_aside_unaccepted
from mdm.hub.ingest.receive import end_unusable
from mdm.sources import Registry
from mdm.sources.fact import key_problem, shown
from mdm.store.ingest import deliveries
from mdm.store.work import Work

KEPT = 200  # characters of a source or message id that cannot be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message: its subject names source and domain, `feed` the mapping that reads it, if not of our own shape."""

    source: str
    domain: str
    message_id: str
    raw: bytes
    feed: str | None = None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an arrival: the delivery it is, what is wrong with it, or both."""

    message_id: str
    delivery_id: int | None
    error: MdmError | None = None


def sender(source: str) -> Actor:
    """Return who delivers by message: the source, which the server lets publish to its own subjects alone."""
    return Actor(f"source/{source}"[:KEPT], frozenset({"source"}))


def take_in(work: Work, arrivals: Sequence[Arrival], *, registry: Registry) -> list[Taken]:
    """Accept messages of one source, in their order; what cannot be used is quarantined with its bytes.

    The same message again gets the same answer, and leaves nothing behind.
    """
    work.actor.require(Permission.DELIVER)
    errors = [_problem(work, arrival, registry) for arrival in arrivals]
    taken: list[Taken] = []
    for (refused, *_), run in groupby(zip(arrivals, errors, strict=True), key=_kind):
        some = list(run)
        if refused:
            taken += [_kept_aside(work, arrival, error) for arrival, error in some if error is not None]
        else:
            taken += _accepted(work, some)
    end_unusable(work, {t.delivery_id: t.error for t in taken if t.delivery_id is not None and t.error is not None})
    return taken


def give_up(work: Work, arrival: Arrival, error: Exception) -> Taken:
    """Quarantine a message that cannot even be accepted, however often it is tried."""
    work.actor.require(Permission.DELIVER)
    return _kept_aside(work, arrival, RepeatedCrash(f"Accepting this message failed again and again: {error!r}."))


def expect_queues(work: Work, queues: Collection[str]) -> None:
    """Say which queues of deliveries there are, so that those never reached are missed too."""
    work.actor.require(Permission.OPERATE)
    deliveries.expect_queues(work.session, queues, now=work.now)


def note_waiting(work: Work, queue: str, waiting: int) -> None:
    """Keep how many messages a queue of deliveries holds, for those who watch."""
    work.actor.require(Permission.OPERATE)
    deliveries.note_queue(work.session, name=queue, waiting=waiting, now=work.now)


def _kind(one: tuple[Arrival, MdmError | None]) -> tuple[bool, str | None, str | None, str | None]:
    """Return what messages that are kept by one statement have in common, and first whether they are refused."""
    arrival, error = one
    return isinstance(error, Forbidden), arrival.feed, arrival.trace.traceparent, arrival.trace.tracestate


def _problem(work: Work, arrival: Arrival, registry: Registry) -> MdmError | None:
    """Say what is wrong with a message; one that is Forbidden cannot become a delivery, even to be replayed."""
    try:
        _check_names(arrival)
        _check_source(work, arrival)
        feed = registry.feed(arrival.source, arrival.feed or CANONICAL)
        if feed.format.type == "csv":
            raise UnreadableRow(
                f'Feed "{feed.name}" reads CSV files, not messages.', hint="`mdm load` takes files.", path="feed"
            )
        fact = feed.interpret(arrival.raw, {})
        if fact.domain != arrival.domain:
            _refuse("domain", f"The subject is for {arrival.domain}, the message for {fact.domain}.")
    except MdmError as error:
        return error
    return None


def _check_names(arrival: Arrival) -> None:
    names = {"source": arrival.source, "domain": arrival.domain, "message id": arrival.message_id}
    for what, name in (names | ({"feed": arrival.feed} if arrival.feed is not None else {})).items():
        if problem := key_problem(name):
            _refuse(what, f"The {what} cannot be used: {problem}.")
    if arrival.source == STEWARD_SOURCE:
        _refuse("source", "Records of the stewards are made by them alone.")


def _check_source(work: Work, arrival: Arrival) -> None:
    domain = work.catalog.domain(arrival.domain)
    if arrival.source not in domain.sources:
        raise UnknownSource(
            f"Domain {domain.name} has no source {shown(arrival.source)}.",
            hint=f"Its sources are {', '.join(domain.sources)}; add it under `sources` of the declaration, and replay.",
            path="source",
        )


def _refuse(path: str, reason: str) -> NoReturn:
    raise Forbidden(reason, hint="Publish to mdm.deliveries.v1.<source>.<domain> what the subject says.", path=path)


def _accepted(work: Work, some: Sequence[tuple[Arrival, MdmError | None]]) -> list[Taken]:
    first = some[0][0]
    answers = deliver(
        work,
        [Message(a.raw, a.message_id, correlation_id=a.trace.correlation_id) for a, _ in some],
        source=first.source,
        feed=first.feed,
        traceparent=first.trace.traceparent,
        tracestate=first.trace.tracestate,
    )
    return [
        Taken(answer.message_id, answer.delivery_id, answer.error or error)
        for answer, (_, error) in zip(answers, some, strict=True)
    ]


def _kept_aside(work: Work, arrival: Arrival, error: MdmError) -> Taken:
    source, message_id = (_printable(name) for name in (arrival.source, arrival.message_id))
    set_aside_unaccepted(work, error, source=source, message_id=message_id, raw=arrival.raw)
    return Taken(message_id, None, error)


def _printable(name: str) -> str:
    return shown(name)[1:-1] if key_problem(name) else name

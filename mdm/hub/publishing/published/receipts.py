"""What follows from a consumer's place in the stream for the events of one master: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from publishers.jetstream import Reader

ACKNOWLEDGED, UNSETTLED, WAITING = "acknowledged", "unsettled", "waiting"
GIVEN_UP, UNKNOWN, NOTHING = "given_up", "unknown", "nothing_published"
SENT_AGAIN = "replayed"  # of a dead letter: whether it was then applied is not heard of
SKEW = timedelta(minutes=1)  # the clocks of the hub's database and of NATS may differ by


class Stored(Protocol):
    """An event that is or was in the stream."""

    @property
    def version(self) -> int: ...
    @property
    def stream_sequence(self) -> int: ...
    @property
    def published_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: the subscriber gave up this version; `reason` None: it is for operators, as it may tell values."""

    id: int
    version: int
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a subscriber has of a master: the `state` of the newest event, and the newest `version` it surely settled.

    `version` None: not known. `delivered` and `settled` are its places in the stream.
    """

    subscriber: str
    state: str
    version: int | None
    delivered: int
    settled: int
    given_up: Letter | None


def receipt(reader: Reader, events: Sequence[Stored], letters: Mapping[int, Letter], *, kept: int | None) -> Receipt:
    """Tell what a consumer's place says of published events (newest first), of which the stream keeps so many.

    `letters` are its dead letters by version.
    """
    newest = events[0] if events else None
    letter = letters.get(newest.version) if newest is not None else None
    settled = _settled(reader, events[:kept])
    return Receipt(
        subscriber=reader.name,
        state=_state(reader, newest, settled, letter),
        version=settled if settled not in letters else None,
        delivered=reader.delivered,
        settled=reader.settled,
        given_up=letter,
    )


def _state(reader: Reader, newest: Stored | None, settled: int | None, letter: Letter | None) -> str:
    if newest is None:
        return NOTHING
    if letter is not None:
        return UNKNOWN if letter.state == SENT_AGAIN else GIVEN_UP
    if newest.stream_sequence > reader.delivered:
        return WAITING
    if newest.stream_sequence > reader.settled:
        return UNSETTLED
    return ACKNOWLEDGED if settled == newest.version else UNKNOWN


def _settled(reader: Reader, events: Sequence[Stored]) -> int | None:
    """Return the newest version that a consumer has surely settled; None: it may have passed over it.

    A consumer passes over what was in the stream before it was made, but for the newest of every subject if it began
    `whole`.
    """
    newer: Stored | None = None
    for event in events:
        if event.stream_sequence <= reader.settled:
            since = reader.created_at + SKEW
            as_newest = reader.whole and (newer is None or newer.published_at > since)
            return event.version if as_newest or event.published_at > since else None
        newer = event
    return None

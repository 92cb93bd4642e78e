"""What is known of the chain outside of it: seals as they were published."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson

from mdm.core.chain import links, seal_hash
from mdm.core.signing import is_genuine
from mdm.hub.sealing.seals import SUBJECT
from mdm.store.work import Work
from publishers import head

SIGNED = ("number", "first", "last", "previous", "link", "public_key")


@dataclass(frozen=True, slots=True)
class Published:
    """What the stream holds: the data of its messages; every seal up to `until` must be among them."""

    until: int
    messages: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal as it was published, with the hashes of its actions in order."""

    number: int
    first: int
    hash: str
    public_key: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Published seals by number, and what is wrong with what was read."""

    seals: dict[int, Anchor]
    findings: list[str]


def published_until(work: Work) -> int:
    """Return the number of the newest seal that is known to be in the stream; ask before reading the stream."""
    reached = head.read(work.connection, SUBJECT)
    return reached.version if reached else 0


def anchors(work: Work, published: Published | None, *, trusted: Collection[str] | None) -> Anchors:
    """Collect the seals in the stream, if it was read, and the newest one the database knows to be there."""
    found = Anchors({}, [])
    if published is not None:
        for data in published.messages:
            found.findings.extend(_take(found.seals, data, "the stream", trusted))
        found.findings.extend(_gaps(found.seals, published.until))
    reached = head.read(work.connection, SUBJECT)
    if reached is not None:
        found.findings.extend(_take(found.seals, reached.data, "the head of the stream", trusted))
    return found


def _gaps(seals: Collection[int], until: int) -> Iterator[str]:
    before = 0
    for number in [*sorted(number for number in seals if number <= until), until + 1]:
        if before + 1 < number:
            yield f"{span('seal', before + 1, number - 1)} not in the stream any more"
        before = number


def span(what: str, first: int, last: int) -> str:
    """Name one or several numbered things, with the verb that follows."""
    return f"{what} {first} is" if first == last else f"{what}s {first} to {last} are"


def _take(seals: dict[int, Anchor], data: bytes, where: str, trusted: Collection[str] | None) -> Iterator[str]:
    try:
        anchor = read_published(data)
    except (ValueError, KeyError, TypeError):
        yield f"{where} holds what is no genuine seal: {data[:80]!r}"
        return
    if trusted is not None and anchor.public_key not in trusted:
        yield f"{where} holds seal {anchor.number}, signed with {anchor.public_key}, which is not trusted"
    elif seals.setdefault(anchor.number, anchor) != anchor:
        yield f"seal {anchor.number} is in {where} a second time, with other content"


def read_published(data: bytes) -> Anchor:
    """Read a published seal; raises ValueError, KeyError or TypeError if it is none or not genuine."""
    content = orjson.loads(data)
    signed = {name: content[name] for name in SIGNED}
    own = seal_hash(**signed, sealed_at=datetime.fromisoformat(content["sealed_at"]))
    whole = [*links(signed["previous"], content["actions"])][-1:] == [signed["link"]]
    if not (whole and is_genuine(own, signature=content["signature"], public_key=signed["public_key"])):
        raise ValueError("the seal is not genuine")
    return Anchor(
        number=signed["number"],
        first=signed["first"],
        hash=own,
        public_key=signed["public_key"],
        actions=tuple(content["actions"]),
    )

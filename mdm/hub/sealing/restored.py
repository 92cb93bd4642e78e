"""The chain after PostgreSQL was restored: seals come back from the stream, and what is lost for good is named."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from mdm.core.chain import links
from mdm.core.security import Permission
from mdm.errors import BrokenChain
from mdm.hub.action_log import log_action
from mdm.hub.sealing.anchors import read_published
from mdm.store import action_log
from mdm.store.tables import Seal
from mdm.store.work import Work
from publishers import Stored
from publishers.repair import adoption

TAKEN_OVER = "restore.seals_taken_over"
CONTENT = ("number", "first", "last", "previous", "link", "hash", "public_key", "signature")


@dataclass(frozen=True, slots=True)
class SealsTakenOver:
    """How many seals came back, and how many of the actions in them are lost."""

    seals: int = 0
    lost: int = 0


def take_over(work: Work, published: Sequence[Stored], *, trusted: Collection[str], reason: str) -> SealsTakenOver:
    """Continue the chain where the stream ends: `published` are all messages that hold seals, in order.

    Seals made since the restore are undone, and their actions sealed anew. Actions that only the stream still names
    are logged as lost by whoever restores. Raises BrokenChain if the stream's seals are no continuation of this chain.
    """
    work.actor.require(Permission.ADMINISTER)
    action_log.lock_chain(work.session)
    own = {seal.number: seal.hash for seal in action_log.seals(work.session)}
    contents = _contents(published, trusted)
    unknown = [content for content in contents if own.get(content["number"]) != content["hash"]]
    if not unknown:
        return SealsTakenOver()
    first = unknown[0]["number"]
    if unknown != contents[-len(unknown) :] or (first > 1 and own.get(first - 1) != unknown[0]["previous"]):
        raise BrokenChain(
            f"The published seals from {first} on do not continue the chain in the database.",
            hint="It is another hub's stream, or somebody has changed the chain: `mdm audit verify --against-stream`.",
        )
    action_log.cut_chain(work.session, seal=first, position=unknown[0]["first"])
    lost = [position for content in unknown for position in _bring_back(work, content)]
    adoption.adopt(work.connection, published[-1:])
    log_action(
        work,
        action=TAKEN_OVER,
        subject="action-log",
        reason=reason,
        details={"seals": [first, unknown[-1]["number"]], "lost": list(_spans(lost))},
    )
    return SealsTakenOver(len(unknown), len(lost))


def admitted(details: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the positions of actions that were logged as lost."""
    return {position for detail in details for low, high in detail["lost"] for position in range(low, high + 1)}


def _contents(published: Sequence[Stored], trusted: Collection[str]) -> list[dict[str, Any]]:
    """Return the seals in order of number; a repair may have put one there again, beside a damaged message."""
    found: dict[int, dict[str, Any]] = {}
    damaged: bytes | None = None
    for stored in published:
        try:
            anchor, content = read_published(stored.data), orjson.loads(stored.data)
        except (ValueError, KeyError, TypeError):
            damaged = stored.data
            continue
        if anchor.public_key not in trusted:
            raise BrokenChain(
                f"Seal {anchor.number} in the stream is signed with {anchor.public_key}, which is not trusted.",
                hint="Add that key to MDM_AUDIT_TRUSTED if it is an earlier one of this hub.",
            )
        found[anchor.number] = {**content, "hash": anchor.hash}
    numbers = sorted(found)
    if damaged is not None and (not numbers or numbers != list(range(1, numbers[-1] + 1))):
        raise BrokenChain(f"The stream holds what is no genuine seal: {damaged[:80]!r}.")
    return [found[number] for number in numbers]


def _bring_back(work: Work, content: Mapping[str, Any]) -> Iterator[int]:
    """Keep a published seal, give the actions that are still here their places, and yield the other positions."""
    made = {name: content[name] for name in CONTENT}
    action_log.add_seal(work.session, Seal(**made, sealed_at=datetime.fromisoformat(content["sealed_at"])))
    chained = list(links(content["previous"], content["actions"]))
    here = action_log.ids_by_hash(work.session, content["actions"])
    placed = []
    for position, (own, link) in enumerate(zip(content["actions"], chained, strict=True), start=content["first"]):
        if own in here:
            placed.append((here[own], position, link))
        else:
            yield position
    if placed:
        action_log.chain(work.session, placed)


def _spans(positions: Iterable[int]) -> Iterator[list[int]]:
    """Yield ascending numbers as pairs of the first and last of each run."""
    span: list[int] = []
    for position in positions:
        if span and position == span[1] + 1:
            span[1] = position
        else:
            if span:
                yield span
            span = [position, position]
    if span:
        yield span

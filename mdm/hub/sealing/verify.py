"""Verifying: the log against its chain, the chain against its signatures and against what was published."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice

from mdm.core.chain import BEGINNING, action_hash, links, seal_hash
from mdm.core.security import Permission
from mdm.core.signing import is_genuine
from mdm.hub.sealing.anchors import Anchor, Published, anchors, span
from mdm.hub.sealing.restored import TAKEN_OVER, admitted
from mdm.store import action_log
from mdm.store.tables import Action, Seal
from mdm.store.work import Work

MOST = 100  # findings after which verifying stops
UNHASHED = {"hash", "position", "link"}
UNSIGNED = {"hash", "signature"}


@dataclass(slots=True)
class ChainReport:
    """How much was verified, and everything that is not as it was sealed."""

    seals: int = 0
    actions: int = 0
    unsealed: int = 0
    lost: int = 0  # actions that went with a database that was restored, as was logged then
    head: str = BEGINNING
    signers: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def verify(work: Work, *, trusted: Collection[str] | None, published: Published | None = None) -> ChainReport:
    """Verify the whole log; `trusted` are the keys that may have signed it (None: whichever did).

    Freeze the Work first. What is published must have been read before.
    """
    work.actor.require(Permission.AUDIT)
    report = ChainReport()
    report.findings.extend(islice(findings(work, report, trusted=trusted, published=published), MOST))
    return report


def findings(
    work: Work, report: ChainReport, *, trusted: Collection[str] | None, published: Published | None = None
) -> Iterator[str]:
    """Yield what is wrong, counting in the report what was looked at."""
    outside = anchors(work, published, trusted=trusted)
    yield from outside.findings
    actions = _Ahead(action_log.sealed(work.session))
    lost = admitted(action_log.details_of(work.session, TAKEN_OVER))
    before: Seal | None = None
    for seal in action_log.seals(work.session):
        yield from _of_seal(seal, before, trusted, outside.seals.get(seal.number))
        yield from _of_actions(seal, actions, outside.seals.get(seal.number), lost, report)
        report.seals, report.head, before = report.seals + 1, seal.hash, seal
        report.signers.add(seal.public_key)
    for position, action in actions.up_to(None):
        yield f"{_named(action)} at position {position} is in no seal"
    for number in sorted(number for number in outside.seals if number > (before.number if before else 0)):
        yield f"seal {number} is missing at the end, with the {len(outside.seals[number].actions)} actions in it"
    for action in action_log.unsealed(work.session):
        report.unsealed += 1
        if _hash(action) != action.hash:
            yield f"{_named(action)}, not yet sealed, was changed"


class _Ahead:
    """Actions in order of position, taken as far as asked for."""

    def __init__(self, rows: Iterator[tuple[int, Action]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def up_to(self, position: int | None) -> Iterator[tuple[int, Action]]:
        while self._next is not None and (position is None or self._next[0] <= position):
            yield self._next
            self._next = next(self._rows, None)


def _of_seal(seal: Seal, before: Seal | None, trusted: Collection[str] | None, anchor: Anchor | None) -> Iterator[str]:
    number, last, previous = (before.number, before.last, before.hash) if before else (0, 0, BEGINNING)
    if seal.number != number + 1:
        yield f"{span('seal', number + 1, seal.number - 1)} missing"
    elif (seal.first, seal.previous) != (last + 1, previous):
        yield f"seal {seal.number} does not follow the one before it"
    if seal_hash(**seal.model_dump(exclude=UNSIGNED)) != seal.hash:
        yield f"seal {seal.number} was changed"
    elif not is_genuine(seal.hash, signature=seal.signature, public_key=seal.public_key):
        yield f"seal {seal.number} has a signature that is not genuine"
    elif trusted is not None and seal.public_key not in trusted:
        yield f"seal {seal.number} is signed with {seal.public_key}, which is not trusted"
    elif anchor is not None and anchor.hash != seal.hash:
        yield f"seal {seal.number} is not the one that was published"


def _of_actions(
    seal: Seal, actions: _Ahead, anchor: Anchor | None, lost: Collection[int], report: ChainReport
) -> Iterator[str]:
    expected, link, unbroken = seal.first, seal.previous, True
    for position, action in actions.up_to(seal.last):
        report.actions += 1
        if position < seal.first:
            yield f"{_named(action)} at position {position} is in no seal"
            continue
        if position > expected:
            yield from _missing(seal, expected, position - 1, lost, report)
        follows = position > expected or action.link == next(links(link, [action.hash]))
        wrong = _wrong(action, follows=follows, hash_published=_published_hash(anchor, position))
        if wrong:
            yield f"{_named(action)} at position {position}, seal {seal.number}, {wrong}"
        unbroken = unbroken and not wrong and position == expected
        expected, link = position + 1, action.link or ""
    if expected <= seal.last:
        yield from _missing(seal, expected, seal.last, lost, report)
    elif unbroken and link != seal.link:
        yield f"seal {seal.number} does not end with the action at position {seal.last}"


def _missing(seal: Seal, first: int, last: int, lost: Collection[int], report: ChainReport) -> Iterator[str]:
    """Tell actions that are missing from those that are known to be lost."""
    missing = [position for position in range(first, last + 1) if position not in lost]
    report.lost += last - first + 1 - len(missing)
    if missing:
        yield f"{span('action', missing[0], missing[-1])} missing from seal {seal.number}"


def _wrong(action: Action, *, follows: bool, hash_published: str | None) -> str | None:
    own = _hash(action)
    if own != action.hash:
        return "was changed"
    if hash_published is not None and own != hash_published:
        return "is not the one that was published there"
    return None if follows else "does not follow the action before it: it, or that one, was put there later"


def _published_hash(anchor: Anchor | None, position: int) -> str | None:
    place = position - anchor.first if anchor else -1
    return anchor.actions[place] if anchor and 0 <= place < len(anchor.actions) else None


def _hash(action: Action) -> str:
    return action_hash(**action.model_dump(exclude=UNHASHED))


def _named(action: Action) -> str:
    return f"action {action.id} ({action.action} of {action.subject} by {action.actor})"

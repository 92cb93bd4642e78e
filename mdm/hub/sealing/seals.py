"""Sealing: what was logged since the last seal is chained to it, signed and published."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from mdm.core.chain import BEGINNING, links, seal_hash
from mdm.core.ids import canonical_json, new_id
from mdm.core.signing import Signer
from mdm.errors import BrokenChain
from mdm.hub.announce import SOURCE
from mdm.store import action_log
from mdm.store.tables import Action, Seal
from mdm.store.work import Work
from publishers import Event, head, outbox

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

ROOT = "mdm.audit.v1"
SUBJECT = f"{ROOT}.seal"
EVERY = timedelta(minutes=1)
MOST = 1_000  # actions in one seal, whose event names the hash of each


def seal_due(begin: Begin, *, signer: Signer, trusted: Collection[str] = ()) -> int:
    """Seal everything committed, if the last seal is a minute old, and return how many actions that were."""
    total, every = 0, EVERY
    while True:
        with begin() as work:
            taken = seal(work, signer=signer, trusted=trusted, every=every)
        if taken:
            work.reach("seal_committed")
        total, every = total + taken, timedelta(0)
        if taken < MOST:
            return total


def seal(work: Work, *, signer: Signer, trusted: Collection[str] = (), every: timedelta = timedelta(0)) -> int:
    """Seal up to MOST committed actions in order of id, unless the last seal is younger than `every`.

    What commits later goes into a later seal, also with a smaller id. Without new actions there is no new seal. Raises
    BrokenChain rather than to continue a chain that has lost its end or is signed by somebody unknown.
    """
    action_log.lock_chain(work.session)
    last, now = action_log.last_seal(work.session), work.now
    if last is not None and timedelta(0) <= now - last.sealed_at < every:
        return 0
    actions = action_log.unsealed(work.session, limit=MOST)
    if actions:
        _check_continuation(work, last, {signer.public_key, *trusted})
        _append(work, actions, last, signer=signer, now=now)
        work.reach("sealed")
    return len(actions)


def lag(work: Work) -> float:
    """Return the age in seconds of the oldest action that awaits its seal."""
    oldest = action_log.oldest_unsealed(work.session)
    return 0.0 if oldest is None else max(0.0, (work.now - oldest).total_seconds())


def published(sealed: Seal, hashes: Sequence[str]) -> dict[str, Any]:
    """Return what is published of a seal: all of it, and the hashes of its actions."""
    return {**sealed.model_dump(mode="json"), "sealed_at": sealed.sealed_at, "actions": hashes}


def _append(work: Work, actions: Sequence[Action], last: Seal | None, *, signer: Signer, now: datetime) -> None:
    before, previous, number = (last.last, last.hash, last.number + 1) if last else (0, BEGINNING, 1)
    chained = list(links(previous, [action.hash for action in actions]))
    content: dict[str, Any] = {
        "number": number,
        "first": before + 1,
        "last": before + len(actions),
        "sealed_at": now,
        "previous": previous,
        "link": chained[-1],
        "public_key": signer.public_key,
    }
    own = seal_hash(**content)
    made = Seal(**content, hash=own, signature=signer.sign(own))
    places = enumerate(zip(actions, chained, strict=True), start=made.first)
    action_log.chain(work.session, [(action.id, position, link) for position, (action, link) in places])
    action_log.add_seal(work.session, made)
    event = Event(
        id=new_id(),
        type="audit.sealed",
        subject=SUBJECT,
        version=number,
        time=now,
        source=SOURCE,
        data=canonical_json(published(made, [action.hash for action in actions])),
    )
    outbox.append(work.connection, [event])


def _check_continuation(work: Work, last: Seal | None, trusted: Collection[str]) -> None:
    reached, known = head.read(work.connection, SUBJECT), last.number if last else 0
    if reached is not None and reached.version > known:
        raise BrokenChain(
            f"Seal {reached.version} of the action log was published, but the newest in the database is {known}.",
            hint="`mdm audit verify --against-stream` says what is missing; docs/how-to/audit.md what to do.",
        )
    if last is not None and last.public_key not in trusted:
        raise BrokenChain(
            f"The newest seal of the action log is signed with another key, {last.public_key}.",
            hint="Let all clock workers sign with one key (MDM_AUDIT_KEY), or trust that one (MDM_AUDIT_TRUSTED).",
        )

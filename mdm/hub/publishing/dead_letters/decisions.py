"""What people decide about dead letters: have the master's newest event copied to the subscriber, or let it be."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, Contradiction, InvalidInput, NotFound
from mdm.hub.action_log import log_action
from mdm.hub.publishing import replays
from mdm.hub.publishing.dead_letters.read import find
from mdm.hub.publishing.replays import Selection
from mdm.store.publishing import dead_letters
from mdm.store.rows import Row
from mdm.store.work import Work

AT_ONCE = 1_000  # masters in one replay
MOST = 10_000  # letters in one decision to replay: of more masters one replay is better


@dataclass(frozen=True, slots=True)
class Chosen:
    """The dead letters to decide about: by id, or the open ones of a group."""

    ids: tuple[int, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """How many dead letters were decided about, and the replays that came of it."""

    letters: int
    replays: tuple[UUID, ...] = ()


def replay(work: Work, chosen: Chosen, *, reason: str, approval_above: int = replays.APPROVAL_ABOVE) -> Decided:
    """Have the newest events of the masters copied to the subscribers that gave one up; the letters follow the replays.

    For more masters in all, the replays wait until another person approves them. Raises NotFound, AlreadyDecided,
    InvalidInput, or Contradiction for what is no event of a master.
    """
    letters = _taken(work, chosen, reason=reason, most=MOST)
    for letter in letters:
        if None in (letter.subscriber, letter.master_id, letter.version):
            hint = "What was lost must be sent again by whoever sent it; then discard this one."
            raise Contradiction(f"Dead letter {letter.id} is about no event of a master.", hint=hint)
    made = []
    above = approval_above if len({letter.master_id for letter in letters}) <= approval_above else 0
    for subscriber, domain, portion in _portions(letters):
        masters = tuple({letter.master_id for letter in portion})
        selection = Selection(domain=domain, masters=masters)
        asked = replays.request(work, selection=selection, subscriber=subscriber, reason=reason, approval_above=above)
        _write(work, portion, state="open", reason=reason, replay_id=asked.id)
        made.append(asked.id)
    _log(work, "dead_letter.replayed", chosen, letters, reason=reason)
    return Decided(len(letters), tuple(made))


def discard(work: Work, chosen: Chosen, *, reason: str) -> Decided:
    """End dead letters without doing anything; raises NotFound, AlreadyDecided or InvalidInput."""
    letters = _taken(work, chosen, reason=reason, most=None)
    _write(work, letters, state="discarded", reason=reason)
    _log(work, "dead_letter.discarded", chosen, letters, reason=reason)
    return Decided(len(letters))


def _taken(work: Work, chosen: Chosen, *, reason: str, most: int | None) -> Sequence[Row]:
    """Lock the chosen dead letters, in the domains in which the actor operates."""
    work.actor.require(Permission.OPERATE)
    if not reason.strip():
        raise InvalidInput("Say why.", path="reason")
    if bool(chosen.ids) == bool(chosen.group):
        raise InvalidInput("Name dead letters, or a group.", path="ids")
    wanted = {"id": list(chosen.ids)} if chosen.ids else {"fingerprint": chosen.group}
    scope = work.actor.scope(Permission.OPERATE)
    letters = dead_letters.take(work.session, scope=scope, limit=most and most + 1, **wanted)
    if most is not None and len(letters) > most:
        hint = "`mdm replay --subscriber` copies everything a subscriber follows, with approval; then discard these."
        raise InvalidInput(f"These are more than {most:,} dead letters.", hint=hint, path="group")
    _check_all_taken(work, chosen, {letter.id for letter in letters})
    return letters


def _check_all_taken(work: Work, chosen: Chosen, taken: set[int]) -> None:
    for letter_id in sorted(set(chosen.ids) - taken):
        raise AlreadyDecided(f"Dead letter {letter_id} is {find(work, letter_id).state}.")
    if not taken:
        raise NotFound(f"There is no open dead letter in the group {chosen.group}.")


def _portions(letters: Sequence[Row]) -> Iterator[tuple[str, str, Sequence[Row]]]:
    """Yield letters by subscriber and domain, so many that one replay takes them."""
    together: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for letter in letters:
        together[letter.subscriber, letter.domain].append(letter)
    for (subscriber, domain), found in together.items():
        for begin in range(0, len(found), AT_ONCE):
            yield subscriber, domain, found[begin : begin + AT_ONCE]


def _write(work: Work, letters: Sequence[Row], *, state: str, reason: str, replay_id: UUID | None = None) -> None:
    dead_letters.decide(
        work.session,
        [letter.id for letter in letters],
        state=state,
        by=work.actor.name,
        at=work.now,
        note=reason.strip(),
        replay_id=replay_id,
    )


def _log(work: Work, action: str, chosen: Chosen, letters: Sequence[Row], *, reason: str) -> None:
    """Log the decision: one action for every letter that was named, or one per domain of a group."""
    if chosen.group is None:
        for letter in letters:
            log_action(
                work, action=action, subject=f"dead-letter/{letter.id}", domain=letter.domain, reason=reason.strip()
            )
        return
    for domain in sorted({letter.domain for letter in letters}, key=str):
        concerned = [letter.id for letter in letters if letter.domain == domain]
        log_action(
            work,
            action=action,
            subject=f"dead-letter-group/{chosen.group}",
            domain=domain,
            reason=reason.strip(),
            details={"letters": len(concerned), "first": concerned[0], "last": concerned[-1]},
        )

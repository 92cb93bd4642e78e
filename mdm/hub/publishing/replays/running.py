"""A replay at work: taken by one replayer, advanced portion by portion, ended with a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from mdm.hub.action_log import log_action
from mdm.hub.announce import SUBJECT
from mdm.hub.publishing.replays.view import DONE, FAILED, RUNNING
from mdm.store.publishing import replays
from mdm.store.tables import Replay
from mdm.store.work import Work
from publishers import Message

PATIENCE = timedelta(seconds=30)  # after which a replayer that says nothing counts as dead


@dataclass(frozen=True, slots=True)
class Portion:
    """Events to copy next, up to `position`; `missing` masters have never been published.

    `remaining` counts the events that follow; None: it is for so many masters as have messages or are missing.
    """

    messages: tuple[Message, ...]
    position: str
    missing: int = 0
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What a replayer must know of the replay it has taken."""

    id: UUID
    subscriber: str | None
    events: str
    domains: tuple[str, ...]
    selection: Mapping[str, str]
    position: str
    masters: frozenset[str] = field(repr=False)

    @property
    def time(self) -> tuple[datetime | None, datetime | None]:
        """Return since when, and until when, the events were recorded that are asked for."""
        since, until = self.selection.get("since"), self.selection.get("until")
        return (
            datetime.fromisoformat(since) if since else None,
            datetime.fromisoformat(until) if until else None,
        )


def take(work: Work) -> Job | None:
    """Take the oldest replay that is due, or whose replayer has died."""
    now = work.now
    taken = replays.take(work.session, now=now, until=now + PATIENCE)
    if taken is None:
        return None
    replay = replays.get(work.session, taken.id)
    if replay is None:
        return None
    if taken.begun:
        _log(work, "replay.started", replay)
    return Job(
        id=replay.id,
        subscriber=replay.subscriber,
        events=replay.events,
        domains=tuple(replay.domains),
        selection=replay.selection,
        position=replay.position,
        masters=frozenset(map(str, replays.masters(work.session, replay.id)) if replay.events == "all" else ()),
    )


def next_heads(work: Work, replay_id: UUID, *, after: str, limit: int) -> Portion | None:
    """Return the newest events of the next masters, None if there are no more."""
    rows = replays.heads(work.session, replay_id, after=after, root=SUBJECT, limit=limit)
    if not rows:
        return None
    published = [row for row in rows if row.subject is not None]
    return Portion(
        tuple(Message(row.subject, row.headers, bytes(row.data)) for row in published),
        position=str(rows[-1].master_id),
        missing=len(rows) - len(published),
    )


def advance(
    work: Work, replay_id: UUID, portion: Portion, *, before: str, copied: int, sequences: Sequence[int]
) -> bool:
    """Note that a portion was copied, to these sequences of the replay stream.

    False: it was cancelled, or another replayer has gone on with it; then leave it alone.
    """
    replay = replays.get(work.session, replay_id, lock=True)
    if replay is None or replay.state != RUNNING or replay.position != before:
        return False
    replay.position = portion.position
    if portion.remaining is not None:
        replay.remaining = portion.remaining
    else:
        before_it = replay.masters if replay.remaining is None else replay.remaining
        replay.remaining = before_it - len(portion.messages) - portion.missing
    replay.copied += copied
    replay.missing += portion.missing
    ends = [n for n in (replay.first_sequence, replay.last_sequence, *sequences) if n is not None]
    replay.first_sequence, replay.last_sequence = min(ends, default=None), max(ends, default=None)
    replay.taken_until = work.now + PATIENCE
    return True


def finish(work: Work, replay_id: UUID, *, failure: str | None = None) -> None:
    """End a replay that runs: done, or failed for a reason that trying again will not change."""
    replay = replays.get(work.session, replay_id, lock=True)
    if replay is None or replay.state != RUNNING:
        return
    replay.state, replay.ended_at, replay.taken_until = (FAILED if failure else DONE), work.now, None
    replay.remaining = replay.remaining if failure else 0
    replay.outcome = failure
    replays.forget_masters(work.session, replay_id)
    _log(work, f"replay.{replay.state}", replay)


def _log(work: Work, action: str, replay: Replay) -> None:
    work.session.flush()
    log_action(
        work,
        action=action,
        subject=f"replay/{replay.id}",
        domain=replay.domains[0] if len(replay.domains) == 1 else None,
        reason=replay.outcome,
        details={"masters": replay.masters, "copied": replay.copied, "missing": replay.missing},
    )

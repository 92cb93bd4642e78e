"""Replays as people see them: listed, approved by another person than who asked, or cancelled."""

from collections.abc import Sequence
from uuid import UUID

from mdm.core.security import ROLES, Permission
from mdm.errors import AlreadyDecided, Forbidden, NotFound, OwnChange
from mdm.hub.action_log import log_action
from mdm.hub.publishing.replays.view import CANCELLED, LIVE, QUEUED, WAITING, ReplayView
from mdm.store.publishing import replays
from mdm.store.tables import Replay
from mdm.store.work import Work


def page(work: Work, *, state: str | None = None, before: UUID | None = None, limit: int = 100) -> Sequence[ReplayView]:
    """Return the replays of domains in which the actor may operate, newest first, below the id `before`."""
    work.actor.require(Permission.OPERATE)
    scope = work.actor.scope(Permission.OPERATE)
    return [
        ReplayView.of(row) for row in replays.page(work.session, state=state, scope=scope, before=before, limit=limit)
    ]


def show(work: Work, replay_id: UUID) -> ReplayView:
    """Return one replay."""
    return ReplayView.of(_found(work, replay_id))


def approve(work: Work, replay_id: UUID, *, note: str | None = None) -> ReplayView:
    """Let a large replay run; raises OwnChange for who asked, or acts for someone who did."""
    replay = _found(work, replay_id, lock=True)
    if replay.state != WAITING:
        raise AlreadyDecided(f"The replay {replay_id} is {replay.state}.")
    if not _may_approve(work, replay):
        raise OwnChange(
            f"{work.actor.name} has a part in this request and cannot approve it.",
            hint="Another person who may operate must.",
        )
    replay.state, replay.approved_by, replay.approved_at = QUEUED, work.actor.name, work.now
    _log(work, "replay.approved", replay, reason=note)
    return ReplayView.of(replay)


def cancel(work: Work, replay_id: UUID, *, note: str | None = None) -> ReplayView:
    """End a replay that has not ended; what it has copied stays copied."""
    replay = _found(work, replay_id, lock=True)
    if replay.state not in LIVE:
        raise AlreadyDecided(f"The replay {replay_id} is {replay.state}.")
    replay.state, replay.ended_at, replay.taken_until = CANCELLED, work.now, None
    replay.outcome = f"Cancelled by {work.actor.name}."
    replays.forget_masters(work.session, replay_id)
    _log(work, "replay.cancelled", replay, reason=note)
    return ReplayView.of(replay)


def _found(work: Work, replay_id: UUID, *, lock: bool = False) -> Replay:
    """Return a replay of domains in which the actor may operate; raises NotFound."""
    work.actor.require(Permission.OPERATE)
    replay = replays.get(work.session, replay_id, lock=lock)
    if replay is None or not all(work.actor.may(Permission.OPERATE, domain=domain) for domain in replay.domains):
        raise NotFound(f"There is no replay {replay_id}.")
    return replay


def _may_approve(work: Work, replay: Replay) -> bool:
    """Tell whether the actor may operate in every domain of the replay without any of its authors."""
    roles = [role for role in work.actor.roles if Permission.OPERATE in ROLES.get(role, ())]
    if not roles:
        raise Forbidden(f"{work.actor.name} may not approve replays.")
    return all(
        any(work.actor.may_decide(role, authors=replay.authors, domain=domain) for role in roles)
        for domain in replay.domains
    )


def _log(work: Work, action: str, replay: Replay, *, reason: str | None) -> None:
    work.session.flush()
    log_action(
        work,
        action=action,
        subject=f"replay/{replay.id}",
        domain=replay.domains[0] if len(replay.domains) == 1 else None,
        reason=reason,
        details={"masters": replay.masters, "copied": replay.copied, "requested_by": replay.requested_by},
    )

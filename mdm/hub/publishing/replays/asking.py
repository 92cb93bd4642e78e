"""Asking for a replay: which masters, which of their events, for whom and why."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.errors import InvalidInput, NotFound, UnknownMaster
from mdm.hub.action_log import log_action
from mdm.hub.publishing.replays.view import QUEUED, WAITING, ReplayView
from mdm.store.ingest import loads
from mdm.store.publishing import replays
from mdm.store.tables import Replay
from mdm.store.work import Work

Events = Literal["newest", "all"]
APPROVAL_ABOVE = 10_000
MOST_NAMED = 1_000
CONSUMER = re.compile(r"[A-Za-z0-9-][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which masters: those that meet everything given; `since` and `until` are of recorded time, until exclusive.

    `events`: the newest of each master, or all of that time that the stream still holds.
    """

    domain: str | None = None
    masters: tuple[UUID, ...] = ()
    load: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    events: Events = "newest"

    def document(self) -> dict[str, Any]:
        """Return what was given, as JSON."""
        given: dict[str, Any] = {
            "domain": self.domain,
            "masters": [str(master) for master in self.masters],
            "load": self.load and str(self.load),
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in given.items() if value}


def request(
    work: Work,
    *,
    selection: Selection,
    subscriber: str | None = None,
    reason: str,
    approval_above: int = APPROVAL_ABOVE,
) -> ReplayView:
    """Ask that events of masters in the actor's domains be copied, for a subscriber (its durable consumer) or nobody.

    It is queued, or above so many masters waits until another person approves it. Raises InvalidInput, UnknownDomain,
    UnknownMaster or NotFound.
    """
    work.actor.require(Permission.OPERATE)
    _check(selection, subscriber, reason)
    domains = _domains(work, selection.domain)
    if selection.load is not None and loads.get(work.session, selection.load) is None:
        raise NotFound(f"There is no load {selection.load}.")
    replay = Replay(
        id=new_id(),
        subscriber=subscriber,
        selection=selection.document(),
        domains=domains,
        events=selection.events,
        reason=reason.strip(),
        state=QUEUED,
        authors=_authors(work, domains),
        requested_by=work.actor.name,
        requested_at=work.now,
        masters=0,
    )
    replays.add(work.session, replay)
    _choose(work, replay, selection)
    if replay.masters > approval_above:
        replay.state = WAITING
    work.session.flush()
    _log(work, replay)
    return ReplayView.of(replay)


def _check(selection: Selection, subscriber: str | None, reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("A replay needs a reason.", path="reason")
    if selection.events not in get_args(Events):
        raise InvalidInput(f"Events are newest or all, not {selection.events!r}.", path="events")
    if subscriber is not None and not CONSUMER.fullmatch(subscriber):
        raise InvalidInput(f"{subscriber!r} is no name of a durable consumer.", path="subscriber")
    if subscriber is None and not selection.document():
        hint = "Name a domain, masters, a time, a load or a subscriber."
        raise InvalidInput("A replay of everything for nobody is none.", hint=hint, path="domain")
    if len(selection.masters) > MOST_NAMED:
        raise InvalidInput(f"At most {MOST_NAMED:,} masters can be named in one replay.", path="masters")
    if selection.since and selection.until and selection.until <= selection.since:
        raise InvalidInput("The time ends before it begins.", path="until")


def _domains(work: Work, wanted: str | None) -> list[str]:
    """Return the domains a replay may reach: the one given, else all in which the actor may operate."""
    if wanted is not None:
        name = work.catalog.domain(wanted).name
        work.actor.require(Permission.OPERATE, domain=name)
        return [name]
    scope = work.actor.scope(Permission.OPERATE)
    return sorted(name for name in work.catalog.domains if scope is None or name in scope)


def _authors(work: Work, domains: list[str]) -> list[str]:
    """Return who is behind the request: the actor, and in each domain who delegated the right to."""
    behind = {work.actor.name}
    for domain in domains:
        behind.update(work.actor.behind(Permission.OPERATE, domain=domain))
    return sorted(behind)


def _choose(work: Work, replay: Replay, selection: Selection) -> None:
    replays.choose_masters(
        work.session,
        replay.id,
        domains=replay.domains,
        masters=list(selection.masters) or None,
        load=selection.load,
        since=selection.since,
        until=selection.until,
    )
    replay.masters = replays.count_masters(work.session, replay.id)
    if selection.masters and selection.load is None and not (selection.since or selection.until):
        unknown = set(selection.masters) - replays.masters(work.session, replay.id)
        if unknown:
            raise UnknownMaster(f"No announced master {min(unknown)} is in {', '.join(replay.domains)}.")


def _log(work: Work, replay: Replay) -> None:
    details = {
        "subscriber": replay.subscriber,
        "events": replay.events,
        "selection": replay.selection,
        "masters": replay.masters,
        "state": replay.state,
    }
    log_action(
        work,
        action="replay.requested",
        subject=f"replay/{replay.id}",
        domain=replay.domains[0] if len(replay.domains) == 1 else None,
        reason=replay.reason,
        details=details,
    )

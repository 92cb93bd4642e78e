"""Golden records after a restore: lost versions keep their numbers, and every master concerned is announced above them.

Subscribers need nothing but their rule: a version greater than theirs. What they have from the lost time is overruled.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from mdm.core.security import Permission
from mdm.hub.action_log import correlation_id, log_action
from mdm.hub.announce import SUBJECT, Cause
from mdm.hub.golden import Touched, rebuild
from mdm.store import golden, resolution
from mdm.store.publishing import restoration
from mdm.store.rows import Row
from mdm.store.work import Work
from publishers import Stored
from publishers.repair import adoption
from publishers.repair.adoption import Mark

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

SIZE = 50  # masters announced in one transaction
CAUSE = "restore"


@dataclass(slots=True)
class Report:
    """What was taken over from the stream; `foreign` are subjects that no master of this hub can have."""

    masters: int = 0
    ghosts: int = 0  # masters that were made in the lost time, and are retired
    versions: int = 0  # numbers used up by versions that are lost
    void: int = 0  # waiting events whose versions were used up already
    foreign: list[str] = field(default_factory=list)


def lost_among(work: Work, marks: Sequence[Mark]) -> list[Mark]:
    """Return those events of the stream that this database has never written."""
    work.actor.require(Permission.ADMINISTER)
    return adoption.strangers(work.connection, marks)


def take_over(work: Work, last: Sequence[Stored], lost: Mapping[str, Mapping[int, UUID]], *, reason: str) -> Report:
    """Count versions up to those the stream has, and note who must be announced anew.

    `last` is the last message of some subjects, `lost` the events of each that the database does not know: version →
    event id.
    """
    work.actor.require(Permission.ADMINISTER)
    report, by_domain = Report(), defaultdict[str, dict[UUID, Stored]](dict)
    for stored in last:
        place = _place(work, stored.subject)
        if place is None:
            report.foreign.append(stored.subject)
        else:
            by_domain[place[0]][place[1]] = stored
    for domain, messages in sorted(by_domain.items()):
        _take_over(work, domain, messages, lost, report)
    if report.masters:
        log_action(
            work,
            action="restore.taken_over",
            subject="hub",
            reason=reason,
            details={"masters": report.masters, "retired": report.ghosts, "lost_versions": report.versions},
        )
    return report


def announce_anew(begin: Begin) -> int:
    """Announce some of the masters that a restore concerns, above every version lost, and return how many."""
    with begin() as work:
        work.actor.require(Permission.ADMINISTER)
        rows = restoration.next_to_announce(work.session, size=SIZE)
        by_domain = defaultdict[str, list[Row]](list)
        for row in rows:
            by_domain[row.domain].append(row)
        for domain, waiting_ones in sorted(by_domain.items()):
            _announce(work, domain, waiting_ones)
        restoration.note_announced(work.session, [row.id for row in rows], now=work.now)
        work.reach("announced_anew")
    return len(rows)


def waiting(work: Work) -> int:
    """Count the masters that must still be announced anew."""
    return restoration.count_to_announce(work.session)


def _place(work: Work, subject: str) -> tuple[str, UUID] | None:
    """Return the domain and the master of a subject, None if it is none of this hub's."""
    domain, _, master = subject.removeprefix(f"{SUBJECT}.").partition(".")
    try:
        return (domain, UUID(master)) if domain in work.catalog.domains else None
    except ValueError:
        return None


def _take_over(
    work: Work,
    domain: str,
    messages: Mapping[UUID, Stored],
    lost: Mapping[str, Mapping[int, UUID]],
    report: Report,
) -> None:
    report.ghosts += restoration.make_ghosts(work.session, messages, domain=domain, now=work.now)
    resolution.lock(work.session, messages)
    known = golden.masters(work.session, messages)
    events = {master: lost[stored.subject] for master, stored in messages.items()}
    restoration.lose_versions(
        work.session,
        events,
        release=work.catalog.domain(domain).release,
        correlation_id=correlation_id(),
        now=work.now,
    )
    links = [row for master, stored in messages.items() for row in _links(master, stored)]
    around = restoration.withdraw_links(work.session, links, domain=domain)
    concerned = [
        {"master_id": master, "lost_from": min(numbers), "lost_until": max(numbers)}
        for master, numbers in events.items()
    ]
    concerned += [{"master_id": master} for master in around - events.keys()]
    restoration.ask_for_announcement(work.session, concerned, now=work.now)
    report.void += adoption.adopt(work.connection, list(messages.values()))
    report.masters += len(messages)
    report.versions += sum(max(0, max(numbers) - known[master].version) for master, numbers in events.items())


def _links(master: UUID, stored: Stored) -> list[dict[str, Any]]:
    return [
        {
            "master_id": master,
            "source": link["source"],
            "source_key": link["key"],
            "link_no": link["link_no"],
            "linked": link["linked"],
        }
        for link in orjson.loads(stored.data).get("crosswalk", ())  # a body of its own is lost with the database
    ]


def _announce(work: Work, name: str, rows: Sequence[Row]) -> None:
    domain, ids = work.catalog.domain(name), [row.id for row in rows]
    touched = {
        m.id: replace(Touched.of(m.id, m), merged_into=m.merged_into, restored=True)
        for m in golden.masters(work.session, ids).values()
    }
    links = [
        link._replace(version=touched[link.master_id].version + 1)
        for link in restoration.outrun_links(work.session, ids)
    ]
    resolution.close_links(work.session, links)
    resolution.open_links(work.session, links)
    _retire_ghosts(work, touched)
    trace = correlation_id()
    lost = {row.id: row.lost_until for row in rows}
    rebuild(
        work,
        domain,
        touched,
        causes={master: Cause(CAUSE, correlation_id=trace, reason=_why(lost[master])) for master in touched},
    )


def _why(lost_until: int | None) -> str:
    if lost_until is None:
        return "Records of this master were announced with others, in versions that are lost."
    return f"The database was restored to an earlier point; what was announced up to version {lost_until} is lost."


def _retire_ghosts(work: Work, touched: Mapping[UUID, Touched]) -> None:
    """Retire masters that have never had a link: they were made in the lost time."""
    linked = golden.links(work.session, touched)
    for master in touched.values():
        if not any(link.record_id is not None for link in linked.get(master.id, ())):
            master.retired_at = master.retired_at or work.now

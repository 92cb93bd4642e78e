"""Change requests that sources cause: one per master and owner, renewed as long as values are kept back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain, rules_digest
from mdm.core.ids import digest, new_id
from mdm.hub import tasks
from mdm.hub.announce import Cause
from mdm.hub.approval.guard import PENDING, Held
from mdm.hub.tasks import APPROVAL, Question
from mdm.store import stewardship
from mdm.store.rows import Row
from mdm.store.tables import ChangeRequest
from mdm.store.work import Work

SOURCE, PERSON = "source", "person"
OPEN, APPROVED, REJECTED, WITHDRAWN, OBSOLETE = "open", "approved", "rejected", "withdrawn", "obsolete"


@dataclass(frozen=True, slots=True)
class Asked:
    """A rebuilt master: what is kept back on it, and who brought it about."""

    master_id: UUID
    held: Sequence[Held]
    cause: Cause


def renew_requests(work: Work, domain: Domain, asked: Sequence[Asked]) -> None:
    """Ask the owners about every value that is kept back, and no longer about those that are not."""
    standing: dict[tuple[UUID, str], Row] = {
        (row.master_id, row.owner): row for row in stewardship.open_requests(work.session, [a.master_id for a in asked])
    }
    wanted = {(a.master_id, owner): (a, held) for a in asked for owner, held in _by_owner(domain, a.held).items()}
    rows = [
        row
        for (master_id, owner), (a, held) in wanted.items()
        if (row := _request(domain, a, owner, held, standing.get((master_id, owner)))) is not None
    ]
    _add_authors(work, domain, rows, wanted)
    stewardship.write_requests(work.session, rows, domain=domain.name, release=domain.release, now=work.now)
    known = {place: row.id for place, row in standing.items()} | {
        (row["master_id"], row["owners"][0]): row["id"] for row in rows
    }
    for place, (_, held) in wanted.items():
        units = {h.attribute for h in held if h.id is None or h.request_id != known[place]}
        if units:
            stewardship.assign_holds(work.session, known[place], master_id=place[0], units=units)
    gone = [row.id for place, row in standing.items() if place not in wanted]
    stewardship.close_requests(work.session, gone, state=OBSOLETE, now=work.now)
    _renew_tasks(work, domain, rows, gone)


def ask_owners(
    work: Work,
    domain: Domain,
    *,
    master_id: UUID,
    owners: Sequence[str],
    changes: list[dict[str, Any]],
    cause: Cause,
) -> UUID:
    """Ask several owners at once about a change that a person proposes; returns the id of the change request."""
    request_id = new_id()
    row = {
        "id": request_id,
        "master_id": master_id,
        "kind": PERSON,
        "authors": list(cause.actors),
        "reason": cause.reason,
        "changes": changes,
        "digest": asked_digest(domain, master_id, changes),
        **_trace(cause, ()),
        "owners": list(owners),
    }
    stewardship.write_requests(work.session, [row], domain=domain.name, release=domain.release, now=work.now)
    _renew_tasks(work, domain, [row], [])
    return request_id


def asked_digest(
    domain: Domain, master_id: UUID, changes: Sequence[Mapping[str, Any]], shown: Mapping[str, Any] | None = None
) -> str:
    """Name what owners are asked, by the rules of its attributes alone; `shown` are the values that count beside it."""
    rules = rules_digest(domain, {change["attribute"] for change in changes})
    return digest([str(master_id), rules, changes, *([] if shown is None else [shown])])


def shown_changes(held: Sequence[Held]) -> list[dict[str, Any]]:
    """Return what is asked: per attribute and interval the approved value and the one that waits."""
    return [
        {
            "attribute": h.attribute,
            "valid_from": h.valid_from and h.valid_from.isoformat(),
            "valid_to": h.valid_to and h.valid_to.isoformat(),
            "current": h.approved,
            "proposed": h.proposed,
        }
        for h in held
    ]


def _by_owner(domain: Domain, held: Sequence[Held]) -> Mapping[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for h in held:
        if h.state == PENDING:
            found[domain.owner_of(h.attribute)].append(h)
    return found


def _request(
    domain: Domain, asked: Asked, owner: str, held: Sequence[Held], standing: Row | None
) -> dict[str, Any] | None:
    """Return the row of a request that is new or asks something else than before, None for one that stands."""
    changes = shown_changes(held)
    content = asked_digest(domain, asked.master_id, changes)
    if standing is not None and standing.digest == content:
        return None
    return {
        "id": standing.id if standing is not None else new_id(),
        "master_id": asked.master_id,
        "kind": SOURCE,
        "authors": sorted({*(standing.authors if standing is not None else ()), *_authors(asked.cause)}),
        "reason": asked.cause.reason,
        "changes": changes,
        "digest": content,
        **_trace(asked.cause, standing.deliveries if standing is not None else ()),
        "owners": [owner],
    }


def _trace(cause: Cause, known: Sequence[int]) -> dict[str, Any]:
    """Return what the approval of a request hands on: of what brought it about, and of what renewed it since."""
    return {
        "correlation_id": cause.correlation_id,
        "deliveries": sorted({*known, *cause.deliveries}),
        "traceparent": cause.traceparent,
        "tracestate": cause.tracestate,
    }


def _authors(cause: Cause) -> Sequence[str]:
    """Return who brought about what is asked; who approved of something else did not."""
    return () if cause.kind == "approval" else cause.actors


def _add_authors(
    work: Work,
    domain: Domain,
    rows: Sequence[dict[str, Any]],
    wanted: Mapping[tuple[UUID, str], tuple[Asked, Sequence[Held]]],
) -> None:
    """Count among the authors who once delivered or pinned what comes up now: it is theirs, whatever brought it up."""
    behind = {row["id"]: _behind(wanted[row["master_id"], row["owners"][0]][1]) for row in rows}
    said = {voice for voices, _ in behind.values() for voice in voices}
    pins = {pin for _, pinned in behind.values() for pin in pinned}
    if not said and not pins:
        return
    given = [{"source": source, "key": key, "said_at": at} for source, key, at in sorted(said)]
    found = stewardship.authors(work.session, domain.name, said=given, pins=pins)
    for row in rows:
        voices, pinned = behind[row["id"]]
        theirs = {f.author for f in found if f.pin in pinned or (f.source, f.key, f.said_at) in voices}
        row["authors"] = sorted({*row["authors"], *theirs})


def _behind(held: Sequence[Held]) -> tuple[set[tuple[str, str, datetime]], set[UUID]]:
    """Return what records said and stewards pinned so that values are kept back now."""
    claims = [c for h in held for c in h.claims]
    voices = {(c.source, c.record.removeprefix(f"{c.source}/"), c.asserted_at) for c in claims}
    return voices, {UUID(h.pin) for h in held if h.pin is not None}


def _renew_tasks(work: Work, domain: Domain, rows: Sequence[dict[str, Any]], gone: Sequence[UUID]) -> None:
    """Give every owner a task for each request, and close those of requests that nobody need answer."""
    tasks.open_or_renew(work, domain, APPROVAL, [_question(row, owner) for row in rows for owner in row["owners"]])
    close_approvals(work, gone, outcome=OBSOLETE)


def _question(row: Mapping[str, Any], owner: str) -> Question:
    return Question(
        master_id=row["master_id"],
        reason=f"Waits for approval: {', '.join(sorted({change['attribute'] for change in row['changes']}))}.",
        topic=f"{row['id']}/{owner}",
        evidence={"request": str(row["id"]), "authors": row["authors"]},
        owner=owner,
        touched={change["attribute"] for change in row["changes"]},
    )


def ask_again(
    work: Work, domain: Domain, request: ChangeRequest, *, answered: Sequence[str], again: Sequence[str], by: str
) -> None:
    """Close the tasks of owners who have answered while others have not, and ask again whose answer is outdated."""
    waiting = stewardship.approval_tasks(work.session, [request.id], owners=answered)
    tasks.close(work, waiting, outcome=APPROVED, by=by)
    asked = {"id": request.id, "master_id": request.master_id, "changes": request.changes, "authors": request.authors}
    tasks.open_or_renew(work, domain, APPROVAL, [_question(asked, owner) for owner in again])


def close_approvals(
    work: Work, requests: Sequence[UUID], *, outcome: str, by: str | None = None, note: str | None = None
) -> None:
    """Close the tasks of change requests."""
    waiting = stewardship.approval_tasks(work.session, requests)
    tasks.close(work, waiting, outcome=outcome, by=by, note=note)

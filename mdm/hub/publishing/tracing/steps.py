"""The steps of a trace: each with its time, what it is about, and how long it took since the one it follows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from mdm.hub.announce import subject
from mdm.store.rows import Row
from mdm.store.tables import Action, Task

SAID, ACCEPTED, ENDED = "said", "accepted", "ended"
VERSION, PUBLISHED, WAITING = "version", "published", "waiting"
ASKED, DECIDED, CLOSED = "asked", "decided", "closed"
TASK_OPENED, TASK_CLOSED, ACTION = "task_opened", "task_closed", "action"
ORDER = {
    kind: place
    for place, kind in enumerate((
        SAID, ACCEPTED, ACTION, DECIDED, CLOSED, ASKED, VERSION, TASK_OPENED, TASK_CLOSED, ENDED, WAITING, PUBLISHED,
    ))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened in a trace; `after` and `took` are seconds: since its beginning, and of this stage alone.

    `took` is None where nothing came before it, and below nothing where two clocks differ.
    """

    at: datetime
    kind: str
    about: str
    domain: str | None = None
    actor: str | None = None
    took: float | None = None
    after: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)


def of_delivery(row: Row) -> Iterator[Step]:
    """Yield when a delivery was said, accepted and ended."""
    about = f"delivery-{row.id}"
    said = {"source": row.source, "key": row.source_key, "message_id": row.message_id}
    if row.source_time is not None:
        yield Step(row.source_time, SAID, about, row.domain, details=said)
    took = _seconds(row.source_time, row.received_at)
    yield Step(row.received_at, ACCEPTED, about, row.domain, row.delivered_by, took, details=said)
    if row.ended_at is not None:
        took = _seconds(row.received_at, row.ended_at)
        yield Step(row.ended_at, ENDED, about, row.domain, took=took, details={"state": row.state})


def of_version(row: Row, *, since: datetime | None) -> Iterator[Step]:
    """Yield when a version was recorded, and when its event was in the stream, or what it waits for.

    `since` is when that was accepted, or asked, which set it off.
    """
    about = f"{row.domain}/{row.master_id}"
    kept = ("kind", "deliveries", "causation_id")
    cause = {name: row.cause[name] for name in kept if name in row.cause}
    version = {"version": row.version, "status": row.status, "release": row.release, **cause}
    yield Step(row.recorded_at, VERSION, about, row.domain, took=_seconds(since, row.recorded_at), details=version)
    event = {"event": str(row.event_id), "type": row.event_type, "version": row.version}
    if row.published_at is not None:
        took = _seconds(row.announced_at, row.published_at)
        where = {"subject": subject(row.domain, row.master_id), "stream_sequence": row.stream_sequence}
        yield Step(row.published_at, PUBLISHED, about, row.domain, took=took, details={**event, **where})
    elif row.waits:
        waits = {"attempts": row.attempts, "reason": row.last_error}
        yield Step(row.announced_at, WAITING, about, row.domain, details={**event, **waits})


def of_requests(rows: Sequence[Row]) -> Iterator[Step]:
    """Yield when owners were asked about a change, what each said, and when it was closed."""
    for _, group in groupby(rows, key=lambda row: row.id):
        asked = list(group)
        yield from _of_request(asked[0], asked)


def _of_request(request: Row, owners: Iterable[Row]) -> Iterator[Step]:
    about = f"request/{request.id}"
    asked = {
        "master": str(request.master_id),
        "attributes": sorted({change["attribute"] for change in request.changes}),
        "owners": [row.owner for row in owners],
    }
    yield Step(request.created_at, ASKED, about, request.domain, details=asked)
    for row in owners:
        if row.decided_at is not None:
            took = _seconds(request.renewed_at, row.decided_at)
            said = {"owner": row.owner, "state": row.said}
            yield Step(row.decided_at, DECIDED, about, request.domain, row.decided_by, took, details=said)
    if request.closed_at is not None:
        took = _seconds(request.created_at, request.closed_at)
        yield Step(request.closed_at, CLOSED, about, request.domain, took=took, details={"state": request.state})


def of_task(task: Task) -> Iterator[Step]:
    """Yield when a task was opened and closed."""
    about = f"task/{task.id}"
    asked = {"kind": task.kind, "owner": task.owner, "reason": task.reason}
    yield Step(task.created_at, TASK_OPENED, about, task.domain, details=asked)
    if task.closed_at is not None:
        took = _seconds(task.created_at, task.closed_at)
        said = {"outcome": task.outcome}
        yield Step(task.closed_at, TASK_CLOSED, about, task.domain, task.closed_by, took, details=said)


def of_action(action: Action) -> Step:
    """Return when an action was done."""
    done = {"id": str(action.id), "action": action.action, "reason": action.reason}
    return Step(action.at, ACTION, action.subject, action.domain, action.actor, details=done)


def _seconds(since: datetime | None, until: datetime) -> float | None:
    return None if since is None else (until - since).total_seconds()

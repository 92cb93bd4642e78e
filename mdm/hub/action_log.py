"""What people and administrators did, logged in the transaction of their change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog

from mdm.core.chain import action_hash
from mdm.core.ids import canonical_json, digest, new_id
from mdm.core.security import Permission
from mdm.core.trace import Trace
from mdm.store import action_log
from mdm.store.tables import Action
from mdm.store.work import Work


def log_action(
    work: Work,
    *,
    action: str,
    subject: str,
    domain: str | None = None,
    reason: str | None = None,
    before: Any = None,
    after: Any = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Log what the actor of a Work does: kept if the Work is committed, and only then.

    Of `before` and `after` (JSON, None: there is none) only digests are kept. `details` are kept as they are: never
    put a masked value there. The correlation id is that of the request, or a new one outside of any.
    """
    action_id, work.action_id = work.action_id or new_id(), None
    entry = {
        "id": action_id,
        "at": work.now,
        "actor": work.actor.name,
        "action": action,
        "domain": domain,
        "subject": subject,
        "reason": reason,
        "before_digest": None if before is None else digest(before),
        "after_digest": None if after is None else digest(after),
        "correlation_id": correlation_id(),
        "details": orjson.loads(canonical_json(details or {})),
    }
    action_log.add(work.session, Action(**entry, hash=action_hash(**entry)))


def correlation_id() -> str:
    """Return the correlation id of the request or command that is being answered, or a new one outside of any."""
    return current_trace().correlation_id


def current_trace() -> Trace:
    """Return the trace of the request or command that is being answered, or a new one outside of any."""
    known = structlog.contextvars.get_contextvars()
    return Trace(known.get("correlation_id") or str(new_id()), known.get("traceparent"), known.get("tracestate"))


def page(
    work: Work,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> Sequence[Action]:
    """Return actions in the domains the actor may audit, newest first, below the id `before`; since <= at < until.

    What belongs to no domain is for those who may audit all.
    """
    work.actor.require(Permission.AUDIT)
    return action_log.page(
        work.session,
        actor=actor,
        action=action,
        subject=subject,
        since=since,
        until=until,
        scope=work.actor.scope(Permission.AUDIT),
        before=before,
        limit=limit,
    )

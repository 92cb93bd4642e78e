"""What of refused input is told to whom: the values in it are for who sees everything of its domain."""

from typing import Any

from mdm.core.security import Permission
from mdm.errors import Forbidden
from mdm.hub.action_log import log_action
from mdm.hub.golden.sight import sees_whole
from mdm.store.tables import Quarantine
from mdm.store.work import Work

VALUE = "value"  # the detail that quotes a value, as its message does
HIDDEN = "…"


def told(work: Work, domain: str | None, message: str, details: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return message and details of a refusal, without the value in them if the actor might not see it."""
    if VALUE not in details or sees_all_of(work, domain):
        return message, details
    kept = {name: content for name, content in details.items() if name != VALUE}
    return message.replace(str(details[VALUE]), HIDDEN), kept


def told_of(work: Work, found: Quarantine) -> Quarantine:
    """Return quarantined input as the actor may see it, without its bytes."""
    message, details = told(work, found.domain, found.message, found.details)
    return Quarantine(**found.model_dump(exclude={"raw", "message", "details"}), message=message, details=details)


def reveal_bytes(work: Work, found: Quarantine, *, reason: str | None) -> None:
    """Log that somebody looks at the bytes of refused input; raises Forbidden for who may not."""
    if sees_all_of(work, found.domain):
        return
    may_reveal = (
        work.actor.may_everywhere(Permission.REVEAL)
        if found.domain is None
        else work.actor.may(Permission.REVEAL, domain=found.domain)
    )
    if not may_reveal:
        hint = "They may hold masked values: owners of all of these see them, and who has the permission to reveal."
        raise Forbidden(f"{work.actor.name} may not look at the bytes.", hint=hint)
    subject = f"quarantine/{found.id}"
    log_action(work, action="quarantine.revealed", subject=subject, domain=found.domain, reason=reason)


def sees_all_of(work: Work, domain: str | None) -> bool:
    """Tell whether nothing of a domain is hidden from the actor; of input of no known domain, nothing of any."""
    domains = work.catalog.domains
    known = domains.get(domain) if domain is not None else None
    concerned = [known] if known is not None else list(domains.values())
    return all(work.actor.may(Permission.READ, domain=one.name) and sees_whole(work.actor, one) for one in concerned)

"""Input that cannot be used: kept with its bytes and the reason, until someone replays or discards it."""

from collections.abc import Iterable, Sequence

from mdm.core.ids import digest
from mdm.core.security import Permission
from mdm.errors import AlreadyDecided, MdmError, NotFound
from mdm.hub.action_log import log_action
from mdm.hub.ingest.interpret import Refused
from mdm.hub.ingest.telling import reveal_bytes, told_of
from mdm.store.ingest import quarantine
from mdm.store.tables import Quarantine
from mdm.store.work import Work


def set_aside(work: Work, refused: Iterable[Refused]) -> None:
    """Quarantine deliveries that were accepted but cannot be processed."""
    quarantine.add(
        work.session,
        [
            _row(
                work,
                r.error,
                source=r.delivery.source,
                message_id=r.delivery.message_id,
                delivery_id=r.delivery.id,
                domain=r.name and r.name.domain,
                source_key=r.name and r.name.key,
            )
            for r in refused
        ],
    )


def set_aside_unaccepted(work: Work, error: MdmError, *, source: str, message_id: str, raw: bytes) -> None:
    """Quarantine a message that was not accepted, with its own bytes, once however often it comes."""
    if quarantine.holds(work.session, source=source, message_id=message_id, raw=raw):
        return
    quarantine.add(work.session, [_row(work, error, source=source, message_id=message_id, raw=raw)])


def _row(
    work: Work,
    error: MdmError,
    *,
    source: str,
    message_id: str,
    delivery_id: int | None = None,
    domain: str | None = None,
    source_key: str | None = None,
    raw: bytes | None = None,
) -> Quarantine:
    details = {name: _printable(str(value))[:1000] for name, value in error.details.items()}
    place = details.get("path") or details.get("column") or ""
    return Quarantine(
        delivery_id=delivery_id,
        source=source,
        message_id=message_id,
        domain=domain,
        source_key=source_key,
        code=error.code,
        message=_printable(str(error))[:2000],
        details=details,
        fingerprint=digest([error.code, source, domain, place])[:16],
        severity="high" if error.status >= 500 else "medium",
        raw=raw,
        created_at=work.now,
        state="open",
    )


def _printable(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def page(
    work: Work,
    *,
    state: str | None = "open",
    domain: str | None = None,
    source: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[Quarantine]:
    """Return quarantined input of the actor's domains, newest first, below the id `before`."""
    work.actor.require(Permission.QUARANTINE, domain=domain)
    scope = work.actor.scope(Permission.QUARANTINE)
    found = quarantine.page(
        work.session, state=state, domain=domain, source=source, scope=scope, before=before, limit=limit
    )
    return [told_of(work, one) for one in found]


def show(work: Work, quarantine_id: int) -> Quarantine:
    """Return one quarantined input, without its bytes."""
    return told_of(work, _get(work, quarantine_id))


def raw_bytes(work: Work, quarantine_id: int, *, reason: str | None = None) -> bytes:
    """Return the bytes of one quarantined input; who may see masked values in them only by revealing is logged."""
    found = _get(work, quarantine_id)
    reveal_bytes(work, found, reason=reason)
    return quarantine.raw_bytes(work.session, found)


def replay(work: Work, quarantine_id: int, *, note: str | None = None) -> Quarantine:
    """Let a quarantined delivery be processed again, because a mapping, declaration or earlier message changed."""
    found = _open(work, quarantine_id)
    if found.delivery_id is None:
        raise AlreadyDecided(
            "This message was never accepted, so it cannot be replayed.",
            hint="Deliver it again under a message id of its own, then discard this one.",
        )
    quarantine.reopen_delivery(work.session, found.delivery_id)
    return _decide(work, found, "replayed", note)


def discard(work: Work, quarantine_id: int, *, note: str | None = None) -> Quarantine:
    """End a quarantined delivery for good; its bytes stay."""
    found = _open(work, quarantine_id)
    if found.delivery_id is not None:
        quarantine.discard_delivery(work.session, found.delivery_id, now=work.now)
    return _decide(work, found, "discarded", note)


def _get(work: Work, quarantine_id: int, *, lock: bool = False) -> Quarantine:
    work.actor.require(Permission.QUARANTINE)
    found = quarantine.get(work.session, quarantine_id, lock=lock)
    if found is None or not _in_scope(work, found.domain):
        raise NotFound(f"There is no quarantined input {quarantine_id}.")
    return found


def _in_scope(work: Work, domain: str | None) -> bool:
    scope = work.actor.scope(Permission.QUARANTINE)
    return scope is None or domain in scope


def _open(work: Work, quarantine_id: int) -> Quarantine:
    found = _get(work, quarantine_id, lock=True)
    if found.state != "open":
        raise AlreadyDecided(f"Quarantined input {quarantine_id} was {found.state} by {found.decided_by} before.")
    return found


def _decide(work: Work, found: Quarantine, state: str, note: str | None) -> Quarantine:
    found.state, found.note = state, note
    found.decided_by, found.decided_at = work.actor.name, work.now
    work.session.flush()
    subject = f"quarantine/{found.id}"
    log_action(work, action=f"quarantine.{state}", subject=subject, domain=found.domain, reason=note)
    return told_of(work, found)

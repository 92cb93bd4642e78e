"""Values that may break a rule all the same: accepted by a person, until they change."""

from mdm.core.ids import new_id
from mdm.errors import AlreadyDecided, Forbidden, InvalidInput
from mdm.hub.action_log import correlation_id, log_action
from mdm.hub.quality.findings import FindingView, find, may_decide, view
from mdm.hub.settling import QUALITY
from mdm.hub.tasks import QUALITY_EXCEPTION, check_reason
from mdm.store.records import findings, redo
from mdm.store.rows import Row
from mdm.store.tables import QualityException
from mdm.store.work import Work


def accept(work: Work, finding_id: int, *, reason_code: str, note: str | None = None) -> FindingView:
    """Let the values of a finding count although they break its rule, until they change; the record is judged again."""
    row = _decidable(work, finding_id)
    check_reason(QUALITY_EXCEPTION, reason_code)
    made = QualityException(
        record_id=row.record_id,
        rule=row.rule,
        key=row.key,
        reason_code=reason_code,
        note=note,
        made_by=work.actor.name,
        made_at=work.now,
    )
    findings.accept(work.session, made)
    _log(work, "finding.accepted", row, note or reason_code)
    return view(work, row)


def withdraw(work: Work, finding_id: int, *, note: str | None = None) -> FindingView:
    """Take back that the values of a finding are accepted; the record is judged again."""
    row = _decidable(work, finding_id)
    if not findings.withdraw(work.session, row.record_id, row.rule, row.key):
        raise AlreadyDecided("Nobody has accepted this finding.", hint="It counts as it is.")
    _log(work, "finding.reopened", row, note)
    return view(work, row)


def _decidable(work: Work, finding_id: int) -> Row:
    row = find(work, finding_id)
    if not may_decide(work, row):
        hint = f"A steward of {row.domain} or the role {row.owner} may."
        raise Forbidden(f"{work.actor.name} may not decide on this finding.", hint=hint)
    if row.rule not in work.catalog.domain(row.domain).quality.by_name:
        raise InvalidInput(
            f"{row.rule} was found while standardizing; there is no exception from that.",
            hint="Correct it at the source, or pin a value.",
        )
    return row


def _log(work: Work, action: str, row: Row, reason: str | None) -> None:
    work.action_id = work.action_id or new_id()
    cause = {"correlation_id": correlation_id(), "causation_id": f"action-{work.action_id}"}
    again = {"record_id": row.record_id, "reason": QUALITY, "due_at": work.now, "origin": cause}
    redo.add(work.session, [again], now=work.now)
    log_action(
        work,
        action=action,
        subject=f"record/{row.domain}/{row.source}/{row.source_key}",
        domain=row.domain,
        reason=reason,
        details={"rule": row.rule, "attributes": list(row.attributes)},
    )

"""Answers to many tasks at once: each in its own Work, so that one that fails keeps none of the others back."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mdm.errors import MdmError, Moved, OutdatedPreview
from mdm.hub.stewardship.approvals import Effective
from mdm.hub.stewardship.decisions import Decided, Decision, decide
from mdm.store.work import Work

TRIES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one task; `digest` names what was looked at: the preview's, and of an approval the request's."""

    task_id: UUID
    decision: Decision
    reason_code: str | None = None
    note: str | None = None
    digest: str | None = None
    effective: Effective = "as_dated"
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one answer, or would: decided, or the problem that stood in its way."""

    answer: Answer
    decided: Decided | None = None
    problem: MdmError | None = None


def decide_many(
    begin: Callable[[], AbstractContextManager[Work]], answers: Sequence[Answer], *, preview: bool
) -> list[Row]:
    """Carry out answers in their order, or tell what each would do alone; nothing of a preview is kept.

    Whoever may not answer one of the tasks, or has made the change it is about, is refused that row alone.
    """
    return [_row(begin, answer, preview=preview) for answer in answers]


def _row(begin: Callable[[], AbstractContextManager[Work]], answer: Answer, *, preview: bool) -> Row:
    for tried in range(1, TRIES + 1):
        try:
            with begin() as work:
                return Row(answer, _previewed(work, answer) if preview else _carried_out(work, answer))
        except Moved as moved:
            if tried == TRIES:
                return Row(answer, problem=moved)
        except MdmError as error:
            return Row(answer, problem=error)
    raise AssertionError("every try returns or is counted")


def _previewed(work: Work, answer: Answer) -> Decided:
    trial = work.session.begin_nested()
    try:
        return _decide(work, answer)
    finally:
        trial.rollback()


def _carried_out(work: Work, answer: Answer) -> Decided:
    decided = _decide(work, answer)
    if answer.digest is not None and decided.effects is not None and decided.effects.digest != answer.digest:
        raise OutdatedPreview(hint="Look at a new preview and decide again.")
    return decided


def _decide(work: Work, answer: Answer) -> Decided:
    return decide(
        work,
        answer.task_id,
        answer.decision,
        reason_code=answer.reason_code,
        note=answer.note,
        digest=answer.digest,
        effective=answer.effective,
        review_at=answer.review_at,
    )

"""`/v1/tasks/{task_id}/decide` and `/v1/tasks/decide-many`: answers, first shown, then carried out, row by row."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.problems import title_of, type_of
from mdm.entrypoints.api.resources.access.bodies import Body, Instant, Line, Reason
from mdm.entrypoints.api.resources.stewardship.carrying_out import Preview
from mdm.hub.stewardship.bulk import Answer, Row, decide_many
from mdm.hub.stewardship.decisions import Decision
from mdm.hub.stewardship.effects import Effects

MOST_ROWS = 200


class Decided(Body):
    """An answer to a task that is named otherwise."""

    decision: Decision
    reason_code: Line | None = None
    note: Reason | None = None
    digest: Line | None = Field(
        default=None, description="Of the preview this carries out; of an approval: of the change request looked at."
    )
    effective: Literal["as_dated", "from_approval"] = "as_dated"
    review_at: Instant | None = Field(
        default=None,
        description="When to ask again about a pinned value that is kept; null: as the domain has it, else in a year.",
    )


class TaskAnswer(Decided):
    """An answer to one task."""

    task: UUID


class ManyAnswers(Body):
    """Answers to be shown or carried out, in this order."""

    answers: Annotated[list[TaskAnswer], Field(min_length=1, max_length=MOST_ROWS)]


class RowProblem(Body):
    """What stood in the way of an answer."""

    type: str
    title: str
    status: int
    detail: str
    hint: str | None


class MasterOutcome(Body):
    """What happens to one master."""

    master_id: UUID | None = Field(description="null: it does not exist before.")
    version_before: int
    version: int
    status: str
    merged_into: UUID | None
    changed: list[str] = Field(description="The attributes whose values change.")


class AnswerRow(Body):
    """What one answer did, or would do."""

    task: UUID
    decision: str
    outcome: Literal["done", "would_do", "refused"]
    digest: str | None = Field(description="Send it when carrying out, so that nothing else is done than was shown.")
    masters: list[MasterOutcome]
    tasks_closed: list[UUID] = Field(description="This one, and those that need no answer any more.")
    request: UUID | None = Field(description="The change request that was decided, or that came of the answer.")
    problem: RowProblem | None


class ManyAnswered(Body):
    """One row per answer, in the order in which they were given."""

    preview: bool
    done: int
    refused: int
    rows: list[AnswerRow]


class Answers(Controller):
    """Answers to tasks; of many each counts alone, and four eyes are asked for in each."""

    path = "/v1/tasks"
    tags = ("Tasks",)
    opt = allow(Permission.STEWARD, Permission.APPROVE)

    @post("/{task_id:uuid}/decide", sync_to_thread=True, status_code=HTTP_200_OK, summary="Answer a task")
    def decide(
        self, request: ApiRequest, task_id: FromPath[UUID], data: JSONBody[Decided], *, preview: Preview = False
    ) -> AnswerRow:
        """Show what an answer would do, or carry it out."""
        (row,) = decide_many(begin_of(request), [_answer(task_id, data)], preview=preview)
        if row.problem is not None:
            raise row.problem
        return _answered(row, preview=preview)

    @post("/decide-many", sync_to_thread=True, status_code=HTTP_200_OK, summary="Answer many tasks")
    def decide_many(
        self, request: ApiRequest, data: JSONBody[ManyAnswers], *, preview: Preview = False
    ) -> ManyAnswered:
        """Show what answers would do, or carry them out, each in its own transaction."""
        found = decide_many(begin_of(request), [_answer(a.task, a) for a in data.answers], preview=preview)
        rows = [_answered(row, preview=preview) for row in found]
        refused = sum(row.outcome == "refused" for row in rows)
        return ManyAnswered(preview=preview, done=len(rows) - refused, refused=refused, rows=rows)


def _answer(task_id: UUID, said: Decided) -> Answer:
    return Answer(task_id, said.decision, said.reason_code, said.note, said.digest, said.effective, said.review_at)


def _answered(row: Row, *, preview: bool) -> AnswerRow:
    effects = row.decided.effects if row.decided is not None else None
    request = row.decided.request if row.decided is not None else None
    return AnswerRow(
        task=row.answer.task_id,
        decision=row.answer.decision,
        outcome="refused" if row.problem is not None else "would_do" if preview else "done",
        digest=effects.digest if effects is not None else request.digest if request is not None else None,
        masters=_masters(effects),
        tasks_closed=_closed(row),
        request=request.id if request is not None else effects.request_id if effects is not None else None,
        problem=_problem(row),
    )


def _closed(row: Row) -> list[UUID]:
    if row.decided is None:
        return []
    others = row.decided.effects.tasks_closed if row.decided.effects is not None else ()
    return list(dict.fromkeys([row.answer.task_id, *others]))


def _masters(effects: Effects | None) -> list[MasterOutcome]:
    return [
        MasterOutcome(
            master_id=m.master_id,
            version_before=m.version_before,
            version=m.version,
            status=m.status,
            merged_into=m.merged_into,
            changed=sorted({change.attribute for change in m.changes}),
        )
        for m in (effects.masters if effects is not None else ())
    ]


def _problem(row: Row) -> RowProblem | None:
    error = row.problem
    if error is None:
        return None
    kind: dict[str, Any] = {"type": type_of(error.code), "title": title_of(type(error)), "status": error.status}
    return RowProblem(**kind, detail=error.message, hint=error.hint)

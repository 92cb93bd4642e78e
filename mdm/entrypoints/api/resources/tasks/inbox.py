"""`/v1/tasks`: what there is to do, the greatest consequence first, and one task with all that speaks for an answer."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, FromQuery, QueryParameter
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.entrypoints.api.resources.golden.records import GoldenRecord
from mdm.entrypoints.api.resources.tasks.bodies import Kind, Name, Severity, State, TaskItem, item
from mdm.entrypoints.api.resources.tasks.pairs import ExplainedPair
from mdm.hub.explanation import explain_pair
from mdm.hub.golden import read as golden
from mdm.hub.tasks import REASONS, inbox
from mdm.hub.tasks.inbox import Chosen, Shown

Assignee = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=200, description="A name; `me`: the caller's; `none`: nobody's."),
]
Text = Annotated[
    str | None, QueryParameter(min_length=2, max_length=200, description="What the reason of the task contains.")
]
InState = Annotated[
    State, QueryParameter(name="state", description="open: to be done now, leased ones included; or one of the others.")
]


class TaskCount(Body):
    """How many tasks there are of one domain, kind and severity."""

    domain: str
    kind: str
    severity: str
    tasks: int
    overdue: int = Field(description="Of these, how many are past their due date.")


class TaskDetail(Body):
    """A task with the golden records it is about and, of a pair, the explanation of its strongest records."""

    task: TaskItem
    masters: list[GoldenRecord]
    pair: ExplainedPair | None


class Tasks(Controller):
    """Work for stewards and owners."""

    path = "/v1/tasks"
    tags = ("Tasks",)
    opt = allow(Permission.READ)

    @get(sync_to_thread=True, summary="List tasks")
    def list_all(
        self,
        request: ApiRequest,
        domain: Name = None,
        kind: FromQuery[Kind | None] = None,
        owner: Name = None,
        severity: FromQuery[Severity | None] = None,
        assignee: Assignee = None,
        master: FromQuery[UUID | None] = None,
        q: Text = None,
        in_state: InState = "open",
        cursor: Cursor = None,
        limit: Limit = 50,
        *,
        overdue: FromQuery[bool] = False,
    ) -> Page[TaskItem]:
        """Return tasks of the caller's domains: by consequence, then age; closed ones with the last closed first."""
        whose = _whose(request, assignee)
        chosen = Chosen(
            state=in_state, kind=kind, owner=owner, severity=severity, assignee=whose, master=master, text=q,
            overdue=overdue,
        )  # fmt: skip
        with begin_of(request)() as work:
            if in_state == "closed":
                ended = begins_at(cursor, _closed_at)
                found = inbox.closed(work, chosen, domain=domain, after=ended, limit=limit + 1)
            else:
                found = inbox.page(work, chosen, domain=domain, after=begins_at(cursor, _weight), limit=limit + 1)
            items = [item(shown) for shown in found[:limit]]
        return Page[TaskItem](items=items, next=next_link(request, found, limit, _position))

    @get("/counts", sync_to_thread=True, summary="Count tasks")
    def count(
        self,
        request: ApiRequest,
        domain: Name = None,
        kind: FromQuery[Kind | None] = None,
        owner: Name = None,
        severity: FromQuery[Severity | None] = None,
        assignee: Assignee = None,
        in_state: InState = "open",
    ) -> list[TaskCount]:
        """Return how many tasks there are per domain, kind and severity, and how many of them are overdue."""
        whose = _whose(request, assignee)
        chosen = Chosen(state=in_state, kind=kind, owner=owner, severity=severity, assignee=whose)
        with begin_of(request)() as work:
            return [TaskCount.model_validate(count) for count in inbox.counts(work, chosen, domain=domain)]

    @get("/reasons", sync_to_thread=False, summary="List the reason codes")
    def reasons(self) -> dict[str, dict[str, str]]:
        """Return for each kind of task the codes of the reasons one may give, and what they mean."""
        return {kind: dict(codes) for kind, codes in REASONS.items()}

    @get("/{task_id:uuid}", sync_to_thread=True, summary="Show a task")
    def read(self, request: ApiRequest, task_id: FromPath[UUID]) -> TaskDetail:
        """Return a task with the golden records it is about and the explanation of its strongest pair of records."""
        with begin_of(request)() as work:
            shown = inbox.show(work, task_id)
            task = shown.task
            about = [task.master_id, *([task.other_id] if task.other_id is not None else [])]
            views = [golden.read(work, task.domain, master) for master in about]
            pair = None
            if "left" in task.evidence:
                domain = work.catalog.domain(task.domain)
                pair = explain_pair(work, domain, task.evidence["left"], task.evidence["right"])
            return TaskDetail(
                task=item(shown),
                masters=[GoldenRecord.model_validate(view) for view in views],
                pair=None if pair is None else ExplainedPair.model_validate(pair),
            )


def _whose(request: ApiRequest, assignee: str | None) -> str | None:
    return {"me": request.user.name, "none": ""}.get(assignee or "", assignee)


def _position(shown: Shown) -> str:
    task = shown.task
    return f"{task.consequence if task.closed_at is None else task.closed_at.isoformat()}|{task.id}"


def _weight(text: str) -> tuple[float, UUID]:
    consequence, _, number = text.partition("|")
    return float(consequence), UUID(number)


def _closed_at(text: str) -> tuple[datetime, UUID]:
    closed, _, number = text.partition("|")
    return datetime.fromisoformat(closed).astimezone(UTC), UUID(number)

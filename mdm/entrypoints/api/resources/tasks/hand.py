"""`/v1/tasks/…`: taking tasks in hand, giving them back, and leaving them to others or to later."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.resources.access.bodies import Body, Instant, Line, Reason
from mdm.entrypoints.api.resources.tasks.bodies import Kind, Severity, TaskItem, item
from mdm.hub.tasks import hand
from mdm.hub.tasks.inbox import Chosen

NOTHING = ResponseSpec(data_container=None, generate_examples=False, description="There is nothing to do.")
DONE: dict[str, Any] = {"sync_to_thread": True, "status_code": HTTP_200_OK}


class Wanted(Body):
    """Which tasks the caller wants to work on."""

    domain: Line | None = None
    kind: Kind | None = None
    severity: Severity | None = None


class Assignment(Body):
    """Who is to answer a task."""

    assignee: Line | None = Field(description="A name; null: everybody who may.")
    note: Reason | None = None


class Deferral(Body):
    """Until when a task is put aside, and why."""

    until: Instant = Field(description="When it is open again by itself; at most a year ahead.")
    reason_code: Line | None = None
    note: Reason | None = None


class Remark(Body):
    """A note for whoever meets the task next."""

    note: Reason | None


class TasksInHand(Controller):
    """Who has which task in hand; an approval takes its owner's role, every other task a steward's."""

    path = "/v1/tasks"
    tags = ("Tasks",)
    opt = allow(Permission.STEWARD, Permission.APPROVE)

    @post("/next", responses={HTTP_204_NO_CONTENT: NOTHING}, summary="Take the next task", **DONE)
    def take_next(self, request: ApiRequest, data: JSONBody[Wanted | None] = None) -> Response[TaskItem | None]:
        """Lease the task with the greatest consequence that the caller may answer and nobody has in hand."""
        wanted = data or Wanted()
        chosen = Chosen(kind=wanted.kind, severity=wanted.severity)
        with begin_of(request)() as work:
            task = hand.take_next(work, chosen, domain=wanted.domain, lease=_lease(request))
            if task is None:
                return Response(None, status_code=HTTP_204_NO_CONTENT)
            return Response(item(task))

    @post("/{task_id:uuid}/lease", summary="Take a task, or keep it longer", **DONE)
    def take(self, request: ApiRequest, task_id: FromPath[UUID]) -> TaskItem:
        """Lease this task, or extend the caller's lease."""
        with begin_of(request)() as work:
            return item(hand.take(work, task_id, lease=_lease(request)))

    @post("/{task_id:uuid}/release", summary="Give a task back", **DONE)
    def give_back(self, request: ApiRequest, task_id: FromPath[UUID]) -> TaskItem:
        """End the caller's lease, so that others may take the task."""
        with begin_of(request)() as work:
            return item(hand.give_back(work, task_id))

    @post("/{task_id:uuid}/skip", summary="Skip a task", **DONE)
    def skip(self, request: ApiRequest, task_id: FromPath[UUID]) -> TaskItem:
        """Give the task back and have others next; it returns to the caller when something about it changes."""
        with begin_of(request)() as work:
            return item(hand.give_back(work, task_id, skip=True))

    @post("/{task_id:uuid}/assign", summary="Assign a task", **DONE)
    def assign(self, request: ApiRequest, task_id: FromPath[UUID], data: JSONBody[Assignment]) -> TaskItem:
        """Leave the task to somebody who may answer it, or to everybody."""
        with begin_of(request)() as work:
            return item(hand.assign(work, task_id, data.assignee, note=data.note))

    @post("/{task_id:uuid}/defer", summary="Defer a task", **DONE)
    def defer(self, request: ApiRequest, task_id: FromPath[UUID], data: JSONBody[Deferral]) -> TaskItem:
        """Put the task aside until a date, when it is open again by itself."""
        with begin_of(request)() as work:
            return item(hand.defer(work, task_id, until=data.until, reason_code=data.reason_code, note=data.note))

    @post("/{task_id:uuid}/note", summary="Write a note on a task", **DONE)
    def annotate(self, request: ApiRequest, task_id: FromPath[UUID], data: JSONBody[Remark]) -> TaskItem:
        """Write or erase the note on the task."""
        with begin_of(request)() as work:
            return item(hand.annotate(work, task_id, data.note))


def _lease(request: ApiRequest) -> timedelta:
    return timedelta(minutes=request.app.state.settings.task_lease_minutes)

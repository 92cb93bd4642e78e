"""What requests and answers about tasks have in common."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from litestar.params import QueryParameter
from pydantic import Field

from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.hub.tasks.inbox import Shown

Kind: TypeAlias = Literal[
    "match_review", "doubtful_link", "approval", "quality_exception", "orphaned", "cycle", "pin_review"
]
Severity: TypeAlias = Literal["low", "medium", "high", "critical"]
State: TypeAlias = Literal["open", "leased", "deferred", "closed"]


Name: TypeAlias = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]


class TaskItem(Body):
    """A task as the caller sees it."""

    id: UUID
    domain: str
    kind: str
    state: str = Field(description="open, leased (somebody has it in hand), deferred or closed.")
    owner: str = Field(description="The role that answers it.")
    may_decide: bool = Field(description="Whether the caller may answer it.")
    severity: str
    consequence: float = Field(description="How much depends on the answer; lists have the greatest first.")
    master_id: UUID
    other_id: UUID | None = Field(description="The master that may be the same thing.")
    topic: str
    reason: str = Field(description="Why it is asked.")
    evidence: dict[str, Any]
    what_changed: dict[str, Any] | None = Field(description="Since a steward decided about the same question.")
    created_at: datetime
    due_at: datetime | None
    assignee: str | None
    leased_by: str | None
    leased_until: datetime | None
    deferred_until: datetime | None
    closed_at: datetime | None
    closed_by: str | None = Field(description="Who answered; null: nobody had to.")
    outcome: str | None
    reason_code: str | None
    note: str | None
    correlation_id: str | None = Field(description="Of the delivery or decision it came of: /v1/traces/… shows that.")


def item(shown: Shown) -> TaskItem:
    """Return a task as an answer shows it."""
    seen = {"state": shown.state, "may_decide": shown.may_decide}
    return TaskItem.model_validate(shown.task.model_dump(exclude={"skipped_by"}) | seen)

"""`/v1/action-log`: what people and administrators did."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Controller, get
from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import FORMAT, instant
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.hub import action_log

From: TypeAlias = Annotated[str | None, QueryParameter(name="from", schema_extra=FORMAT, description="From then on.")]
To: TypeAlias = Annotated[str | None, QueryParameter(name="to", schema_extra=FORMAT, description="Before that.")]


class LoggedAction(BaseModel):
    """Something a person or service did."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    id: UUID
    at: datetime
    actor: str
    action: str = Field(examples=["master.merged"])
    domain: str | None
    subject: str = Field(examples=["supplier/01890000-0000-7000-8000-000000000001"])
    reason: str | None
    before_digest: str | None = Field(description="SHA-256 of what was there before, as canonical JSON.")
    after_digest: str | None = Field(description="SHA-256 of what was there afterwards, as canonical JSON.")
    correlation_id: str
    details: dict[str, Any]
    hash: str = Field(description="SHA-256 of all of the above, as canonical JSON.")
    position: int | None = Field(description="Its place in the sealed chain; null: it awaits its seal.")


class ActionLog(Controller):
    """Actions, newest first."""

    path = "/v1/action-log"
    tags = ("Action log",)
    opt = allow(Permission.AUDIT)

    @get(sync_to_thread=True, summary="List what people and administrators did")
    def list_all(
        self,
        request: ApiRequest,
        actor: Annotated[str | None, QueryParameter(description="The name of a person or service.")] = None,
        action: Annotated[str | None, QueryParameter(description="For example `master.merged`.")] = None,
        subject: Annotated[str | None, QueryParameter(description="For example `task/<id>`.")] = None,
        since: From = None,
        until: To = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[LoggedAction]:
        """Return actions in the domains of the key's roles, newest first."""
        with begin_of(request)() as work:
            found = action_log.page(
                work,
                actor=actor,
                action=action,
                subject=subject,
                since=instant("from", since),
                until=instant("to", until),
                before=begins_at(cursor, UUID),
                limit=limit + 1,
            )
        return Page[LoggedAction](
            items=[LoggedAction.model_validate(entry) for entry in found[:limit]],
            next=next_link(request, found, limit, lambda entry: entry.id),
        )

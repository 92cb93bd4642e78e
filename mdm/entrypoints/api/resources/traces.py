"""`/v1/traces` and `/v1/propagation`: what came of a delivery, and how long the stages of events take."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from litestar import Controller, get
from litestar.params import FromPath, QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.instants import FORMAT, instant
from mdm.hub.publishing import tracing

Since: TypeAlias = Annotated[
    str | None,
    QueryParameter(schema_extra=FORMAT, description="Published from then on; default: a day before the end."),
]
Until: TypeAlias = Annotated[
    str | None, QueryParameter(schema_extra=FORMAT, description="Published before that; default: now.")
]


class TraceStep(BaseModel):
    """Something that happened in a trace."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    at: datetime
    kind: str = Field(
        description="said, accepted, ended, version, published, waiting, asked, decided, closed, task_opened, "
        "task_closed or action."
    )
    about: str = Field(examples=["delivery-17", "supplier/01890000-0000-7000-8000-000000000001"])
    domain: str | None
    actor: str | None
    after: float = Field(description="Seconds since the trace began.")
    took: float | None = Field(description="Seconds since what this step follows; below 0 where two clocks differ.")
    details: dict[str, Any]


class TraceFound(BaseModel):
    """What came of a delivery or decision, in order of time."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    correlation_id: str
    delivery_id: int | None = Field(description="The one delivery that was asked about; null: all of the trace.")
    trace_ids: list[str] = Field(description="Of the W3C trace contexts that came with it.")
    began_at: datetime
    ended_at: datetime
    cut: bool = Field(description="There is more of some kind than is shown.")
    steps: list[TraceStep]


class StageFound(BaseModel):
    """How long one stage took, in seconds."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    stage: str = Field(description="source, resolve, approve, publish or total.")
    events: int
    skewed: int = Field(description="Events of which the clocks said less than nothing; they count as nothing.")
    p50: float | None
    p95: float | None
    p99: float | None
    longest: float | None
    waiting: int = Field(description="What has not come through this stage yet.")
    oldest: float | None = Field(description="For how many seconds the first of that has waited.")


class PropagationFound(BaseModel):
    """How long the stages of events took that were published in a time."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    since: datetime
    until: datetime
    stages: list[StageFound]


class Traces(Controller):
    """What came of what."""

    path = "/v1/traces"
    tags = ("Traces",)
    opt = allow(Permission.READ, Permission.OPERATE, Permission.DELIVER)

    @get("/{reference:str}", sync_to_thread=True, summary="What came of a delivery or decision")
    def read(self, request: ApiRequest, reference: FromPath[str]) -> TraceFound:
        """Return the steps of a trace, by its correlation id, a delivery (`delivery-17`) or the id of an event.

        Deliveries are shown to who made them and to operators, versions and what is asked about them to readers,
        logged actions to auditors.
        """
        with begin_of(request)() as work:
            return TraceFound.model_validate(tracing.follow(work, reference))


@get(
    "/v1/propagation",
    sync_to_thread=True,
    opt=allow(Permission.OPERATE),
    tags=["Traces"],
    summary="How long the stages of events take",
)
def propagation(
    request: ApiRequest,
    domain: Annotated[str | None, QueryParameter(description="Events of this domain alone.")] = None,
    source: Annotated[str | None, QueryParameter(description="Events that deliveries of this source set off.")] = None,
    since: Since = None,
    until: Until = None,
) -> PropagationFound:
    """Return median, 95th and 99th percentile per stage of the events published in a time, and what still waits."""
    with begin_of(request)() as work:
        found = tracing.propagation(
            work, domain=domain, source=source, since=instant("since", since), until=instant("until", until)
        )
    return PropagationFound.model_validate(found)

"""`/v1/deliveries`: facts come in here, one or many, and what became of them can be asked."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath, HeaderParameter, QueryParameter, RawBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_207_MULTI_STATUS
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.security import Permission
from mdm.entrypoints.api import batch, problems, strictness
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of, hub_of
from mdm.entrypoints.api.paging import LARGEST_SERIAL
from mdm.entrypoints.api.problems import Problem
from mdm.entrypoints.api.tracing import trace_of
from mdm.entrypoints.api.waiting import applied, preferred_wait, settle
from mdm.errors import InvalidInput, MdmError, NotFound
from mdm.hub.ingest.conduct import Begin
from mdm.hub.ingest.deliver import Acknowledgement
from mdm.hub.ingest.outcome import PENDING, Outcome, Refusal, read_outcomes, show
from mdm.hub.ingest.receive import Received, receive_many, receive_one
from mdm.settings import Settings

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", description="The message id, under which the same bytes may be sent again."
    ),
]
Prefer = Annotated[
    str | None,
    HeaderParameter(name="Prefer", description="`wait=n`: process at once, and answer when done or after n seconds."),
]
SourceName = Annotated[str | None, QueryParameter(description="The source system that sends the batch; required.")]


class MasterReference(BaseModel):
    """The master a delivery went into, and its newest version."""

    model_config = ConfigDict(extra="forbid")

    domain: str
    id: UUID
    version: int


class Delivery(BaseModel):
    """The acknowledgement of a delivery, and what became of it so far."""

    model_config = ConfigDict(extra="forbid")

    delivery: int
    source: str
    message_id: str
    correlation_id: str
    state: str = Field(description="pending, or ended as applied, unchanged, late, held, quarantined or discarded.")
    received_at: datetime
    ended_at: datetime | None = None
    domain: str | None = None
    key: str | None = None
    master: MasterReference | None = None
    problem: Problem | None = Field(default=None, description="Why it is in quarantine.")
    links: dict[str, str]


class BatchRow(BaseModel):
    """What happened to one row of a batch."""

    model_config = ConfigDict(extra="forbid")

    row: int = Field(description="Place in the array, or number of the line, from 1.")
    status: int
    message_id: str
    delivery: Delivery | None = Field(default=None, description="None: nothing of this row was accepted.")
    problem: Problem | None = None


class BatchAnswer(BaseModel):
    """What happened to every row of a batch."""

    model_config = ConfigDict(extra="forbid")

    accepted: int
    refused: int
    rows: list[BatchRow]


class Deliveries(Controller):
    """Facts from source systems."""

    path = "/v1/deliveries"
    tags = ("Deliveries",)

    @post(status_code=HTTP_202_ACCEPTED, opt=allow(Permission.DELIVER), summary="Deliver one fact")
    async def deliver(
        self, request: ApiRequest, body: RawBody, idempotency_key: IdempotencyKey = None, prefer: Prefer = None
    ) -> Response[Delivery]:
        """Accept one fact: committed before it is acknowledged, processed afterwards.

        The bytes are kept exactly as sent. The same Idempotency-Key with the same bytes gets the same acknowledgement,
        with other bytes 409. What is wrong with the fact is answered at once, and then nothing is kept.
        """
        strictness.check_media_type(request, strictness.JSON)
        try:
            acknowledged = await sync_to_thread(partial(_receive_one, request, body, idempotency_key))
        except NotFound as error:  # a domain or source that the body names, not the address
            return _refused(request, error)
        if acknowledged.error is not None or acknowledged.delivery_id is None:
            raise acknowledged.error or MdmError
        seconds = _wait(request, prefer)
        if seconds is not None:
            await settle(hub_of(request), [acknowledged.delivery_id], seconds=seconds)
        [outcome] = await sync_to_thread(_outcomes, begin_of(request), [acknowledged.delivery_id])
        ended = seconds is not None and outcome.state != PENDING
        return Response(
            content=_delivery(outcome),
            status_code=HTTP_200_OK if ended else HTTP_202_ACCEPTED,
            headers={"Location": _path(outcome), **applied(seconds)},
        )

    @post("/batch", status_code=HTTP_202_ACCEPTED, opt=allow(Permission.DELIVER), summary="Deliver many facts")
    async def deliver_batch(
        self,
        request: ApiRequest,
        body: RawBody,
        source: SourceName = None,
        idempotency_key: IdempotencyKey = None,
        prefer: Prefer = None,
    ) -> Response[BatchAnswer]:
        """Accept facts of one source, each for itself: a JSON array, or JSON lines.

        A row that is no fact is set aside with its bytes, and the others go on. A row may name its own `message_id`;
        one that does not gets `<Idempotency-Key>:<row>`. A body that is no array and no lines is refused as a whole.
        """
        media_type = strictness.check_media_type(request, batch.JSON_ARRAY, *batch.JSON_LINES)
        if source is None:
            raise InvalidInput("The query parameter `source` is missing.", path="source")
        settings: Settings = request.app.state.settings
        receive = partial(_receive_many, request, body, media_type, source, idempotency_key, most=settings.max_batch)
        received = await sync_to_thread(receive)
        ids = sorted({row.delivery_id for row in received if row.delivery_id is not None})
        seconds = _wait(request, prefer)
        if seconds is not None:
            await settle(hub_of(request), ids, seconds=seconds)
        outcomes = {o.delivery_id: o for o in await sync_to_thread(_outcomes, begin_of(request), ids)}
        answer = _batch_answer(received, outcomes)
        ended = seconds is not None and all(o.state != PENDING for o in outcomes.values())
        good = HTTP_200_OK if ended else HTTP_202_ACCEPTED
        status = HTTP_207_MULTI_STATUS if answer.refused else good
        return Response(content=answer, status_code=status, headers=applied(seconds))

    @get(
        "/{delivery_id:int}",
        sync_to_thread=True,
        opt=allow(Permission.DELIVER, Permission.OPERATE),
        summary="What became of a delivery",
    )
    def read(self, request: ApiRequest, delivery_id: FromPath[int]) -> Delivery:
        """Show what became of a delivery; without the permission to operate, of one's own alone."""
        if not 0 < delivery_id <= LARGEST_SERIAL:
            raise NotFound(f"There is no delivery {delivery_id}.")
        with begin_of(request)() as work:
            return _delivery(show(work, delivery_id))


def _receive_one(request: ApiRequest, body: bytes, message_id: str | None) -> Acknowledgement:
    with begin_of(request)() as work:
        return receive_one(
            work, body, message_id=message_id, trace=trace_of(request.scope), registry=hub_of(request).registry
        )


def _receive_many(
    request: ApiRequest, body: bytes, media_type: str, source: str, message_id: str | None, *, most: int
) -> list[Received]:
    rows = batch.split(body, media_type, most=most)
    with begin_of(request)() as work:
        return receive_many(
            work,
            rows,
            source=source,
            message_id=message_id,
            trace=trace_of(request.scope),
            registry=hub_of(request).registry,
        )


def _outcomes(begin: Begin, ids: list[int]) -> list[Outcome]:
    with begin() as work:
        return list(read_outcomes(work, ids).values())


def _wait(request: ApiRequest, prefer: str | None) -> float | None:
    settings: Settings = request.app.state.settings
    headers = [] if prefer is None else request.headers.getall("prefer")
    return preferred_wait(headers, longest=settings.max_wait_seconds)


def _refused(request: ApiRequest, error: NotFound) -> Response[Delivery]:
    problem = problems.problem_of(error, status=problems.BODY_ERROR)
    return problems.respond(request, problem)  # type: ignore[return-value]


def _path(outcome: Outcome) -> str:
    return f"{Deliveries.path}/{outcome.delivery_id}"


def _delivery(outcome: Outcome) -> Delivery:
    links = {"self": _path(outcome)}
    master = None
    if outcome.master_id is not None and outcome.version is not None and outcome.domain is not None:
        master = MasterReference(domain=outcome.domain, id=outcome.master_id, version=outcome.version)
        links["master"] = f"/v1/{outcome.domain}/{outcome.master_id}"
    if outcome.refusal is not None:
        links["quarantine"] = f"/v1/quarantine/{outcome.refusal.quarantine_id}"
    return Delivery(
        delivery=outcome.delivery_id,
        source=outcome.source,
        message_id=outcome.message_id,
        correlation_id=outcome.correlation_id,
        state=outcome.state,
        received_at=outcome.received_at,
        ended_at=outcome.ended_at,
        domain=outcome.domain,
        key=outcome.key,
        master=master,
        problem=outcome.refusal and _refusal(outcome.refusal),
        links=links,
    )


def _refusal(refusal: Refusal) -> Problem:
    return problems.describe(refusal.code, refusal.message, refusal.details)


def _batch_answer(received: list[Received], outcomes: dict[int, Outcome]) -> BatchAnswer:
    rows = [_batch_row(r, None if r.delivery_id is None else outcomes.get(r.delivery_id)) for r in received]
    refused = sum(row.problem is not None for row in rows)
    return BatchAnswer(accepted=len(rows) - refused, refused=refused, rows=rows)


def _batch_row(received: Received, outcome: Outcome | None) -> BatchRow:
    delivery = None if outcome is None else _delivery(outcome)
    problem = delivery.problem if delivery is not None else None
    if received.error is not None:
        problem = problems.problem_of(received.error, status=_status(received.error))
    ended = outcome is not None and outcome.state != PENDING
    good = HTTP_200_OK if ended else HTTP_202_ACCEPTED
    return BatchRow(
        row=received.row,
        status=problem.status if problem is not None else good,
        message_id=received.message_id,
        delivery=delivery,
        problem=problem,
    )


def _status(error: MdmError) -> int:
    return problems.BODY_ERROR if isinstance(error, NotFound) else error.status

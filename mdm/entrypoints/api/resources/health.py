"""`/health`: whether the process lives, and whether the hub can do its work; the only open paths."""

import asyncio
import time
from typing import Literal

from litestar import Controller, Response, get
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from pydantic import BaseModel, ConfigDict, Field

from mdm.entrypoints.api.authentication import OPEN
from mdm.entrypoints.api.broker import Broker
from mdm.hub import Hub
from mdm.hub.standing.health import Part, examine

FRESH = 1.0  # seconds an examination holds, so that an open path costs little


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["alive"] = "alive"


class PartStatus(BaseModel):
    """A part of the hub, and why it is not ready."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name: str
    ready: bool
    reason: str | None = Field(description="Why it is not ready.")
    detail: str | None = Field(description="What one may want to know of it: who publishes, since when.")


class Readiness(BaseModel):
    """Whether the hub can do its work."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ready", "not ready"]
    parts: list[PartStatus]


NOT_READY = ResponseSpec(Readiness, generate_examples=False, description="A part is not ready.")


class Examination:
    """Examines the hub and remembers the finding for a moment."""

    def __init__(self, hub: Hub, *, revision: str | None, broker: Broker) -> None:
        """Know the hub, the schema it needs and the broker."""
        self._hub = hub
        self._revision = revision
        self._broker = broker
        self._lock = asyncio.Lock()
        self._found: tuple[Part, ...] = ()
        self._found_at = 0.0

    async def parts(self) -> tuple[Part, ...]:
        """Return how every part stands, as of this moment or just before."""
        async with self._lock:
            if not self._found or time.monotonic() - self._found_at > FRESH:
                self._found = await self._look()
                self._found_at = time.monotonic()
            return self._found

    async def _look(self) -> tuple[Part, ...]:
        hub, revision = self._hub, self._revision
        database = sync_to_thread(examine, hub.begin, revision=revision)
        parts, problems = await asyncio.gather(database, self._broker.problems())
        return (*parts, Part("nats", " ".join(problems) or None))


class Health(Controller):
    """For those who watch over the process."""

    path = "/health"
    tags = ("Health",)
    opt = OPEN

    @get("/live", sync_to_thread=False, summary="Does the process answer?")
    def live(self) -> Alive:
        """Answer, and nothing else."""
        return Alive()

    @get("/ready", summary="Can the hub do its work?", responses={HTTP_503_SERVICE_UNAVAILABLE: NOT_READY})
    async def ready(self, state: State) -> Response[Readiness]:
        """Say which part is not ready and why; 503 if any is not."""
        parts = await state.examination.parts()
        ready = all(part.ready for part in parts)
        return Response(
            content=Readiness(
                status="ready" if ready else "not ready", parts=[PartStatus.model_validate(p) for p in parts]
            ),
            status_code=HTTP_200_OK if ready else HTTP_503_SERVICE_UNAVAILABLE,
        )

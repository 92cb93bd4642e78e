"""The HTTP API, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send
from prometheus_client import CollectorRegistry, ProcessCollector

from mdm.entrypoints.api.authentication import Authentication, permit
from mdm.entrypoints.api.broker import Broker
from mdm.entrypoints.api.oidc import reader_of
from mdm.entrypoints.api.problems import HANDLERS
from mdm.entrypoints.api.resources.access import Delegations, Groups, Keys, People, me
from mdm.entrypoints.api.resources.action_log import ActionLog
from mdm.entrypoints.api.resources.dead_letters import DeadLetters
from mdm.entrypoints.api.resources.documentation import documented, openapi_document
from mdm.entrypoints.api.resources.explanations import Explanations
from mdm.entrypoints.api.resources.golden import GoldenRecords, Hierarchy, LookingBack, Reveals
from mdm.entrypoints.api.resources.health import Examination, Health
from mdm.entrypoints.api.resources.ingest import Check, Deliveries, Loads, Quarantine, SourceHolds
from mdm.entrypoints.api.resources.metrics import metrics
from mdm.entrypoints.api.resources.publishing import Contracts, Events, PublishedEvents, Replays
from mdm.entrypoints.api.resources.quality import Findings, Quality
from mdm.entrypoints.api.resources.rules import Domains, Releases, Rollouts, Simulations
from mdm.entrypoints.api.resources.stewardship import ChangeRequests, Identities, Values, Verdicts
from mdm.entrypoints.api.resources.tasks import Answers, Pairs, Tasks, TasksInHand
from mdm.entrypoints.api.resources.traces import Traces, propagation
from mdm.entrypoints.api.strictness import StrictRequest, check_parameters
from mdm.entrypoints.api.tracing import Tracing, finish_headers
from mdm.entrypoints.api.verbs import routed
from mdm.errors import DeclarationError
from mdm.hub import Hub
from mdm.settings import Settings

RESOURCES = (
    Deliveries,
    Domains,
    Releases,
    Rollouts,
    Simulations,
    Findings,
    Quality,
    Loads,
    SourceHolds,
    Quarantine,
    DeadLetters,
    Tasks,
    TasksInHand,
    Answers,
    Pairs,
    Check,
    GoldenRecords,
    Hierarchy,
    LookingBack,
    Events,
    PublishedEvents,
    Replays,
    Health,
    Explanations,
    People,
    Groups,
    Delegations,
    Keys,
    ActionLog,
    Reveals,
    Identities,
    Values,
    Verdicts,
    ChangeRequests,
    Contracts,
    Traces,
)

OpenHub = Callable[[], AbstractContextManager[Hub]]
OpenBroker = Callable[[], AbstractAsyncContextManager[Broker]]


class Api(Litestar):
    """The application, which knows addresses with a verb."""

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        """Answer a request, or take part in starting and stopping."""
        if scope["type"] != "lifespan":
            scope["path"] = routed(scope["path"])
        await super().__call__(scope, receive, send)


def create_app(
    settings: Settings, open_hub: OpenHub, open_broker: OpenBroker, *, revision: str | None = None
) -> Litestar:
    """Return the API of a hub that is open as long as the app runs.

    `open_broker` gives what the broker is asked by; `revision` is the schema the database must have.
    """
    measurements = CollectorRegistry()
    ProcessCollector(registry=measurements)
    return Api(
        route_handlers=[*RESOURCES, me, metrics, propagation, openapi_document],
        middleware=[Tracing(measurements), Authentication()],
        guards=[permit, check_parameters],
        exception_handlers=HANDLERS,
        before_send=[finish_headers],
        lifespan=[partial(_running, settings=settings, open_hub=open_hub, open_broker=open_broker, revision=revision)],
        state=State({"settings": settings, "measurements": measurements, "tokens": reader_of(settings)}),
        openapi_config=documented(),
        request_class=StrictRequest,
        request_max_body_size=settings.max_body_bytes,
        logging_config=None,
        debug=False,
    )


@asynccontextmanager
async def _running(
    app: Litestar, *, settings: Settings, open_hub: OpenHub, open_broker: OpenBroker, revision: str | None
) -> AsyncIterator[None]:
    """Hold the hub open, with no more threads than it has database connections."""
    async with AsyncExitStack() as closing:
        hub = closing.enter_context(open_hub())
        _check_names(app, hub)
        app.state.broker = await closing.enter_async_context(open_broker())
        threads = closing.enter_context(ThreadPoolExecutor(settings.pool_size, thread_name_prefix="api"))
        asyncio.get_running_loop().set_default_executor(threads)
        app.state.hub = hub
        if app.state.tokens is not None:
            app.state.tokens.keys.renew_in_background()
        app.state.examination = Examination(hub, revision=revision, broker=app.state.broker)
        yield


def _check_names(app: Litestar, hub: Hub) -> None:
    for name in _taken(app).intersection(hub.catalog.domains):
        raise DeclarationError(f"A domain cannot be called {name}: /v1/{name} is taken.", hint="Rename it.")


def _taken(app: Litestar) -> set[str]:
    """Return the names under /v1 that no domain can have."""
    return {route.path.split("/")[2] for route in app.routes if route.path.startswith("/v1/")}

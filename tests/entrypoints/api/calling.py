"""Calling the API of a prepared hub in a role."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from httpx import Response
from litestar.testing import TestClient

from mdm import bootstrap
from mdm.entrypoints.api import create_app
from mdm.hub import Hub
from mdm.settings import Settings
from publishers.jetstream import Readers
from tests.support.servers import ForgetfulPostgres

LIMITED = "limited"  # a key of every role, for customers alone
COMPANIES = (
    "Aurora Foundry", "Birkenhof Molkerei", "Castello Marmi", "Dunvegan Distillery", "Elbe Schiffbau", "Fjordlaks",
    "Granada Textil", "Helvetia Uhren", "Iberica Corcho", "Jutland Windkraft", "Karpaty Meble", "Loire Ceramique",
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A database with first releases and keys, to be cloned."""

    name: str
    keys: Mapping[str, str]


@dataclass
class Api:
    """A client of the API that calls in a role."""

    client: TestClient[Any]
    hub: Hub
    keys: Mapping[str, str]
    nats_problems: list[str]
    _numbers: Iterator[int] = field(default_factory=count)

    def call(
        self,
        method: str,
        path: str,
        *,
        role: str | None = "admin",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Response:
        authorization = {} if role is None else {"Authorization": f"Bearer {self.keys[role]}"}
        return self.client.request(method, path, headers={**authorization, **(headers or {})}, **more)

    def get(self, path: str, **more: Any) -> Response:
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> Response:
        return self.call("POST", path, **more)

    def deliver(self, fact: Mapping[str, Any], *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
        return self.post("/v1/deliveries", json=fact, headers={"Prefer": "wait=10", **(headers or {})}, **more)

    def batch(self, content: bytes, *, source: str = "crm", lines: bool = False, **more: Any) -> Response:
        kind = "application/x-ndjson" if lines else "application/json"
        headers = {"Content-Type": kind, **more.pop("headers", {})}
        return self.post("/v1/deliveries/batch", params={"source": source}, content=content, headers=headers, **more)

    def master(self, **more: Any) -> str:
        """Deliver a fact, wait, and return the id of its master."""
        return self.deliver(self.fact(**more)).json()["master"]["id"]

    def fact(self, **more: Any) -> dict[str, Any]:
        """Return a fact about a company that no fact before was about."""
        number = next(self._numbers)
        attributes = {"name": COMPANIES[number], "country": "DE"} | more.pop("attributes", {})
        return {"domain": "customer", "source": "crm", "key": f"K{number}", "attributes": attributes} | more


OpenApi = Callable[..., Api]


@contextmanager
def opened(server: ForgetfulPostgres, template: Template, **given: Any) -> Iterator[Api]:
    dsn = server.create(template=template.name)
    settings = Settings(**given)
    problems: list[str] = []
    with bootstrap.open_hub(settings, dsn) as hub:
        app = create_app(settings, lambda: nullcontext(hub), lambda: answering(problems))
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Api(client, hub, template.keys, problems)
    server.drop(dsn)


@dataclass
class AnsweringBroker:
    """A broker that says what a test wants, and has no reader."""

    said: Sequence[str]

    async def problems(self) -> Sequence[str]:
        return self.said

    async def readers(self) -> Readers:
        return Readers((), kept=None)


@asynccontextmanager
async def answering(problems: Sequence[str]) -> AsyncIterator[AnsweringBroker]:
    yield AnsweringBroker(problems)

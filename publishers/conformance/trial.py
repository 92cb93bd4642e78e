"""A trial: one rule after the other, each with masters of its own."""

import asyncio
import contextlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from publishers.conformance.bodies import BodyServer
from publishers.conformance.consumer import CannotTry, Consumer
from publishers.conformance.report import Finding, Report
from publishers.conformance.rules import RULES, Rule
from publishers.conformance.scene import Scene
from publishers.conformance.server import OwnServer
from publishers.conformance.stage import Stage
from publishers.errors import PublishError
from publishers.jetstream import JetStreamBroker

PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trial is held; stream and root of the subjects are made up unless the consumer knows only its own."""

    url: str | None = None  # of a server with JetStream
    program: Path | None = None  # a nats-server, which is then started and also killed
    stream: str | None = None
    root: str | None = None
    credentials: Path | None = None


async def try_consumer(
    consumer: Consumer, place: Place, *, patience: float = PATIENCE, only: Collection[str] = ()
) -> Report:
    """Try a consumer and return what was found; raise CannotTry if the trial cannot be held.

    `patience` is how many seconds it may take to know what was published, `only` names rules.
    """
    if unknown := set(only) - {rule.name for rule in RULES}:
        raise CannotTry(f"There is no rule {', '.join(sorted(unknown))}.")
    mark = secrets.token_hex(4)
    stream, root = place.stream or f"CONFORMANCE_{mark}", place.root or f"conformance.{mark}"
    async with contextlib.AsyncExitStack() as closing:
        server = None
        if place.program is not None:
            server = closing.enter_context(OwnServer(place.program).running())
        if (url := server.url if server else place.url) is None:
            raise CannotTry("A trial needs the URL of a NATS server, or a nats-server to start.")
        bodies = BodyServer()
        closing.enter_context(bodies.running())
        broker = JetStreamBroker(url, stream, name="conformance", credentials=place.credentials)
        await closing.enter_async_context(broker)
        stage = Stage(broker, stream, root)
        consumer.place(nats=url, stream=stream, subjects=stage.subjects, bodies=bodies.url)
        closing.push_async_callback(consumer.close)
        await _build(stage)
        closing.push_async_callback(stage.delete)
        scene = Scene(consumer, stage, bodies, server, patience)
        return Report(tuple([await _tried(rule, scene) for rule in RULES if not only or rule.name in only]))


async def _build(stage: Stage) -> None:
    try:
        await stage.build()
    except PublishError as error:
        raise CannotTry(str(error)) from error


async def _tried(rule: Rule, scene: Scene) -> Finding:
    if (reason := rule.hindrance(scene)) is not None:
        return Finding(rule.name, rule.sentence, "not tried", (reason,))
    try:
        async with asyncio.timeout(rule.longest(scene)):
            wrong = await rule.run(scene)
    except TimeoutError:
        wrong = ["it took too long"]
    return Finding(rule.name, rule.sentence, "broken" if wrong else "kept", tuple(wrong[:5]))

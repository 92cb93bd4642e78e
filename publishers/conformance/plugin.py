"""A pytest plugin: `pytest_plugins = ["publishers.conformance.plugin"]`, then ask for the fixture `conformance`."""

import asyncio
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pytest

from publishers.conformance.consumer import Consumer
from publishers.conformance.report import Report
from publishers.conformance.trial import PATIENCE, Place, try_consumer

Command = str | Sequence[str]
Conformance = Callable[..., Report]


@pytest.fixture
def conformance_place() -> Place:
    """Start the nats-server of the PATH; override it to try consumers on another one."""
    program = shutil.which("nats-server")
    return Place(program=Path(program) if program else None)


@pytest.fixture
def conformance(conformance_place: Place) -> Conformance:
    """Try a consumer and fail with the rules it breaks."""

    def tried(command: Command, query: Command, *, patience: float = PATIENCE, only: Collection[str] = ()) -> Report:
        report = asyncio.run(try_consumer(Consumer(command, query), conformance_place, patience=patience, only=only))
        assert not report.broken, f"\n{report}"  # noqa: S101 (it is what the fixture is for)
        return report

    return tried

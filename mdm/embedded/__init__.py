"""PostgreSQL and NATS for laptop and tests, from wheels, in one folder."""

import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from mdm.embedded import nats, postgres, processes
from mdm.embedded.folder import Folder, State, read_state
from mdm.embedded.nats import Nats
from mdm.embedded.postgres import Postgres

__all__ = ["Nats", "Postgres", "Running", "Servers", "find", "nats", "postgres", "start"]


@dataclass(slots=True)
class Servers:
    """Both servers, running until `stop`."""

    postgres: Postgres
    nats: Nats
    _closing: ExitStack = field(repr=False)

    @property
    def dsn(self) -> str:
        """The URL of the hub's database."""
        return self.postgres.dsn

    @property
    def nats_url(self) -> str:
        """The URL for clients of NATS."""
        return self.nats.url

    @property
    def nats_monitor_url(self) -> str:
        """The URL of the monitoring endpoints of NATS."""
        return self.nats.monitor_url

    def ended(self) -> str | None:
        """Say which server has ended by itself and where its log is, None while both run."""
        for name, server in (("PostgreSQL", self.postgres), ("nats-server", self.nats)):
            if (code := server.process.poll()) is not None:
                return f"{name} has ended by itself (exit code {code}), see {server.log}"
        return None

    def stop(self) -> None:
        """Stop NATS, then PostgreSQL, and give the folder free."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(folder: Path) -> Servers:
    """Start both servers with durable settings on a folder, made at the first start; ports stay if they are free.

    Raises AlreadyRunning if another process has the folder, Unavailable if a server cannot start. Call it from the
    main thread: the servers end when the calling thread does.
    """
    with ExitStack() as closing:
        place = Folder(folder)
        closing.callback(place.release)
        state = place.state()
        state.forget_running()
        state.pid = os.getpid()
        place.keep(state)
        database = postgres.start(place.path / "postgres", password=state.postgres_password, port=state.postgres_port)
        closing.callback(database.stop)
        broker = nats.start(place.path / "nats", port=state.nats_port, monitor_port=state.nats_monitor_port)
        closing.callback(broker.stop)
        closing.callback(_forget, place, state)
        state.postgres_port, state.nats_port, state.nats_monitor_port = database.port, broker.port, broker.monitor_port
        state.dsn, state.nats_url, state.nats_monitor_url = database.dsn, broker.url, broker.monitor_url
        place.keep(state)
        return Servers(database, broker, closing.pop_all())


@dataclass(frozen=True, slots=True)
class Running:
    """Where the servers are that another process has started."""

    pid: int
    dsn: str = field(repr=False)
    nats_url: str
    nats_monitor_url: str


def find(folder: Path) -> Running | None:
    """Return where the servers running on a folder are, None if none run."""
    state = read_state(folder)
    if not (state and state.pid and state.dsn and state.nats_url and state.nats_monitor_url):
        return None
    if not processes.command_line(state.pid):
        return None
    return Running(state.pid, state.dsn, state.nats_url, state.nats_monitor_url)


def _forget(place: Folder, state: State) -> None:
    state.forget_running()
    place.keep(state)

"""Processes that work on one simulation beside each other, all looking at the same state of the database."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from mdm.hub.releases.simulation.bench import Bench, Brief
from mdm.store.releases import simulation
from mdm.store.work import Work

Task = tuple[Any, ...]  # the name of what a bench does, and what it is given
PATIENCE = 1.0  # seconds between signs of life
GOODBYE = 5.0  # seconds for a process to end by itself


class Opened(Protocol):
    """An opened hub, as far as a simulation needs one."""

    def begin(self) -> AbstractContextManager[Work]:
        """Begin a Work."""


OpenHub = Callable[[], AbstractContextManager[Opened]]  # can be sent to another process


class Broken(Exception):
    """A simulation cannot go on."""


class Crew(Protocol):
    """Those who work on a simulation."""

    def results(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """Yield the results of tasks as they come in, in any order; None from time to time: nothing new."""

    def tell(self, task: Task) -> None:
        """Have everyone do a task."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Does everything here, one task after the other."""

    bench: Bench

    def results(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """Do tasks in their order."""
        for task in tasks:
            yield self.bench.do(*task)

    def tell(self, task: Task) -> None:
        """Do a task."""
        self.bench.do(*task)


@dataclass(frozen=True, slots=True)
class Together:
    """Hands tasks to processes, one at a time to each."""

    members: dict[Connection, BaseProcess]

    def results(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """Hand out tasks as soon as somebody is free."""
        waiting, free, busy = iter(tasks), list(self.members), set[Connection]()
        while True:
            for member in free:
                task = next(waiting, None)
                if task is not None:
                    self._send(member, task)
                    busy.add(member)
            if not busy:
                return
            free = [connection for connection in wait(busy, PATIENCE) if isinstance(connection, Connection)]
            busy.difference_update(free)
            yield from ([self._receive(member) for member in free] if free else [None])

    def tell(self, task: Task) -> None:
        """Have every process do a task."""
        for member in self.members:
            self._send(member, task)
        for member in self.members:
            self._receive(member)

    def _send(self, member: Connection, task: Task) -> None:
        try:
            member.send(task)
        except OSError as error:
            raise self._lost(member) from error

    def _receive(self, member: Connection) -> Any:
        try:
            result, failure = member.recv()
        except (EOFError, OSError) as error:
            raise self._lost(member) from error
        if failure is not None:
            raise Broken(f"The new rules fail on live data: {failure}")
        return result

    def _lost(self, member: Connection) -> Broken:
        self.members[member].join(GOODBYE)
        return Broken(f"A process of the simulation ended (exit code {self.members[member].exitcode}).")


@contextmanager
def alone(work: Work, brief: Brief) -> Iterator[Alone]:
    """Work on a simulation in this process, by a transaction that only reads."""
    yield Alone(Bench(work, brief.rules()))


@contextmanager
def together(brief: Brief, snapshot: str, *, open_hub: OpenHub, processes: int) -> Iterator[Together]:
    """Have processes work on a simulation; they end with this block, or when this process does."""
    context = get_context("spawn")
    members: dict[Connection, BaseProcess] = {}
    try:
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process: BaseProcess = context.Process(target=_serve, args=(theirs, open_hub, brief, snapshot), daemon=True)
            process.start()
            theirs.close()
            members[ours] = process
        crew = Together(members)
        crew.tell(("learn", ()))  # by then everyone looks at the snapshot
        yield crew
    finally:
        for connection, process in members.items():
            connection.close()
            process.terminate()
            process.join(GOODBYE)


def _serve(connection: Connection, open_hub: OpenHub, brief: Brief, snapshot: str) -> None:
    """Do one task after the other until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open_hub() as hub, hub.begin() as work:
        simulation.import_snapshot(work.session, snapshot)
        bench = Bench(work, brief.rules())
        while True:
            try:
                task = connection.recv()
            except EOFError:
                return
            try:
                connection.send((bench.do(*task), None))
            except Exception as error:  # noqa: BLE001  whatever it is, the other end tells of it
                connection.send((None, f"{type(error).__name__}: {error}"))

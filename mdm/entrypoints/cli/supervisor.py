"""Keeps the processes of a hub running: starts them again when they end, stops them in order."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Self

from mdm.embedded import processes

POLL = 0.1  # seconds
DELAYS = (0.5, 1, 2, 4, 8, 15, 30)  # seconds before a process is started again, longer after every early end
STEADY = 60  # seconds after which an end counts as the first again
WRONG_INPUT = 2  # exit code that starting again cannot mend


@dataclass(slots=True)
class Child:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    stdout: int | None = None  # file descriptor, if not where the hub writes
    process: processes.Process | None = field(default=None, repr=False)
    started_at: float = 0
    ends: int = 0
    start_at: float = 0

    def start(self) -> processes.Process:
        """Start the process and return it."""
        self.process = processes.spawn(self.command, stdout=self.stdout, environment=self.environment)
        self.started_at = time.monotonic()
        return self.process


class Supervisor:
    """Runs children until it is told to stop by SIGTERM, SIGINT, a child that cannot run, or `failing`.

    Use it as a context manager in the main thread: it takes the signals, and nothing is left running after it.
    """

    def __init__(
        self,
        *,
        say: Callable[[str], None],
        stop_seconds: float,
        failing: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`failing` says why the hub cannot go on (a server it started has ended), None as long as it can."""
        self.children: list[Child] = []
        self.stopping = False
        self.failure: str | None = None
        self._say = say
        self._stop_seconds = stop_seconds
        self._failing = failing
        self._previous: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping = True
        self._stop(self.children)
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def add(self, child: Child) -> None:
        """Start a child and keep it running."""
        self.children.append(child)
        child.start()

    def run_once(self, child: Child) -> bool:
        """Run a child to its end, looking after the others; return whether it did its work."""
        process = child.start()
        try:
            while process.poll() is None and not self.stopping:
                self._look()
                time.sleep(POLL)
        finally:
            self._stop([child])
        return not self.stopping and process.returncode == 0

    def wait(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Look after the children until `until` holds; return False if it was told to stop before."""
        while not self.stopping:
            if until():
                return True
            self._look()
            time.sleep(POLL)
        return False

    def _look(self) -> None:
        if reason := self._failing():
            self._fail(reason)
            return
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.start_at:
                    child.start()
            elif (code := child.process.poll()) is not None:
                self._on_end(child, code)

    def _on_end(self, child: Child, code: int) -> None:
        if code == WRONG_INPUT:
            self._fail(f"{child.name} cannot run (see above)")
            return
        now = time.monotonic()
        child.ends = 1 if now - child.started_at > STEADY else child.ends + 1
        delay = DELAYS[min(child.ends, len(DELAYS)) - 1]
        child.process, child.start_at = None, now + delay
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self._say(f"{child.name} {how}, starting it again in {delay:g} s")

    def _fail(self, reason: str) -> None:
        self.failure, self.stopping = reason, True

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.stopping and number == signal.SIGINT:
            self._stop_seconds = 0  # a second Ctrl-C: do not wait
        self.stopping = True

    def _stop(self, children: Sequence[Child]) -> None:
        """Ask all children to finish, wait, and kill what is left."""
        alive = [(child.name, child.process) for child in children if child.process and child.process.poll() is None]
        for _, process in alive:
            process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        while time.monotonic() - began < self._stop_seconds and any(process.poll() is None for _, process in alive):
            time.sleep(POLL / 2)
        for name, process in alive:
            if process.poll() is None:
                self._say(f"{name} did not stop in time, killing it")
                processes.kill(process)

"""The consumer on trial: a command that runs it, and one that prints what it knows."""

import asyncio
import contextlib
import json
import os
import shlex
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

QUERY_SECONDS = 30.0
STOP_SECONDS = 20.0
TAIL = 400  # characters of its output that are shown


class CannotTry(Exception):
    """The trial itself cannot be held; the message says why."""


class Consumer:
    """Starts, ends and asks a consumer; `{nats}`, `{stream}`, `{subjects}` and `{bodies}` in its words are filled."""

    def __init__(self, command: str | Sequence[str], query: str | Sequence[str]) -> None:
        """`command` runs until it is told to stop, `query` prints JSON and ends."""
        self._command = shlex.split(command) if isinstance(command, str) else list(command)
        self._query = shlex.split(query) if isinstance(query, str) else list(query)
        self._places: Mapping[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._output = Path(tempfile.mkstemp(prefix="conformance-", suffix=".log")[1])
        self.deaths = 0  # how often it ended by itself

    def place(self, **places: str) -> None:
        """Say what the names in braces stand for; as CONFORMANCE_<NAME> they are in the environment too."""
        self._places = places

    @property
    def takes_bodies(self) -> bool:
        """Return whether the command says where large bodies are fetched from."""
        return any("{bodies}" in word for word in self._command)

    @property
    def exit_code(self) -> int | None:
        """Return how the process ended, None while it runs or if it was never started."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Start it, unless it runs."""
        if self._process is not None and self._process.returncode is None:
            return
        with self._output.open("ab") as output:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._filled(self._command),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=self._environment(),
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotTry(f"The consumer cannot be started: {error}.") from error

    async def revive(self) -> None:
        """Start it again if it has died, as a supervisor would."""
        if self._process is not None and self._process.returncode is not None:
            self.deaths += 1
            await self.start()

    async def kill(self) -> None:
        """End it with SIGKILL, and its children."""
        await self._end(signal.SIGKILL, STOP_SECONDS)

    async def stop(self) -> bool:
        """Ask it to end with SIGTERM, and return whether it did."""
        ended = await self._end(signal.SIGTERM, STOP_SECONDS)
        if not ended:
            await self.kill()
        return ended

    async def state(self) -> dict[str, Any]:
        """Return what it knows; raise CannotTry if the query does not print a JSON object."""
        asked = await asyncio.create_subprocess_exec(
            *self._filled(self._query),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
        )
        try:
            out, complaint = await asyncio.wait_for(asked.communicate(), QUERY_SECONDS)
        except TimeoutError as error:
            asked.kill()
            await asked.wait()
            raise CannotTry(f"The query took more than {QUERY_SECONDS:.0f} s.") from error
        try:
            found = json.loads(out) if asked.returncode == 0 else None
        except ValueError:
            found = None
        if not isinstance(found, dict) or not found.keys() & {"masters", "records"}:
            said = (complaint or out)[-TAIL:].decode(errors="replace").strip()
            ended = f"It ended with exit code {asked.returncode}: {said or 'it said nothing'}"
            raise CannotTry(f"The query must print an object with `masters` or `records`. {ended}")
        return found

    def last_words(self) -> str:
        """Return the end of what the process has printed."""
        lines = self._output.read_text(errors="replace")[-TAIL:].split("\n")
        return " ".join(line.strip() for line in lines[-3:] if line.strip()) or "it said nothing"

    async def close(self) -> None:
        """End it and remove its output."""
        await self.kill()
        self._output.unlink(missing_ok=True)

    async def _end(self, number: signal.Signals, seconds: float) -> bool:
        process = self._process
        if process is None or process.returncode is not None:
            return True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            return False
        self._process = None if number == signal.SIGKILL else process
        return True

    def _filled(self, words: Sequence[str]) -> list[str]:
        for name, value in self._places.items():
            words = [word.replace(f"{{{name}}}", value) for word in words]
        return list(words)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **{f"CONFORMANCE_{name.upper()}": value for name, value in self._places.items()}}

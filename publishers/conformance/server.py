"""A nats-server of the trial's own, which it may kill."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from publishers.conformance.consumer import CannotTry

START_SECONDS = 20.0


class OwnServer:
    """One nats-server on the loopback address."""

    def __init__(self, program: Path) -> None:
        """Know the program; nothing runs yet."""
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self._folder = Path()

    @property
    def url(self) -> str:
        """Return the URL for clients."""
        return f"nats://127.0.0.1:{self._port}"

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run for as long as the block lasts, on a folder that goes with it."""
        with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder:
            self._folder = Path(folder)
            self.start()
            try:
                yield self
            finally:
                self.kill()

    def start(self) -> None:
        """Start on the same folder and port as before."""
        words = [str(self._program), "-js", "-a", "127.0.0.1", "-p", str(self._port), "-sd", str(self._folder)]
        try:
            self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        except OSError as error:
            raise CannotTry(f"{self._program} cannot be started: {error}.") from error
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CannotTry(f"{self._program} does not answer.")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
            return connection.recv(4) == b"INFO"
        return False

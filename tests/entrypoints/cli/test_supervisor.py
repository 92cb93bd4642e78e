import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mdm.embedded.processes import command_line
from mdm.entrypoints.cli.supervisor import Child, Supervisor

OBEDIENT = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); open({file!r}, 'w').close(); time.sleep(60)"
FORKING = (
    "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {code!r}]); "
    "open({file!r}, 'w').write(str(p.pid)); import signal; signal.signal(15, signal.SIG_IGN); p.wait()"
)


def python(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


def pid_of(child: Child) -> int:
    assert child.process
    return child.process.pid


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    with Supervisor(say=said.append, stop_seconds=5) as made:
        yield made


def test_killed_child_is_started_again_and_it_is_said(supervisor: Supervisor, said: list[str]) -> None:
    child = python("relay", OBEDIENT)
    supervisor.add(child)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait(lambda: child.process is not None and child.process.pid != first)
    assert said == ["relay was ended by signal 9, starting it again in 0.5 s"]


def test_child_that_keeps_ending_is_started_later_and_later(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.add(python("worker 1", "raise SystemExit(1)"))
    assert supervisor.wait(lambda: len(said) == 2)
    assert [line.rpartition(" in ")[2] for line in said] == ["0.5 s", "1 s"]


def test_wrong_input_is_not_tried_again(supervisor: Supervisor) -> None:
    supervisor.add(python("API", "raise SystemExit(2)"))
    assert not supervisor.wait()
    assert supervisor.failure == "API cannot run (see above)"


def test_one_failing_server_stops_all() -> None:
    with Supervisor(say=print, stop_seconds=5, failing=lambda: "nats-server has ended") as supervisor:
        supervisor.add(child := python("API", OBEDIENT))
        assert not supervisor.wait()
    assert supervisor.failure == "nats-server has ended"
    assert command_line(pid_of(child)) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_the_children_and_is_no_failure(number: signal.Signals) -> None:
    children = [python("API", OBEDIENT), python("relay", OBEDIENT)]
    with Supervisor(say=print, stop_seconds=5) as supervisor:
        for child in children:
            supervisor.add(child)
        os.kill(os.getpid(), number)
        assert not supervisor.wait()
    assert supervisor.failure is None
    assert [child.process and child.process.returncode for child in children] == [-signal.SIGTERM] * 2


def test_signals_mean_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Supervisor(say=print, stop_seconds=5):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_child_that_does_not_stop_in_time_is_killed_with_its_own_children(said: list[str], tmp_path: Path) -> None:
    file = tmp_path / "grandchild"
    with Supervisor(say=said.append, stop_seconds=0.3) as supervisor:
        supervisor.add(python("worker 1", FORKING.format(code=OBEDIENT, file=str(file))))
        assert supervisor.wait(lambda: file.exists() and file.read_text() != "")
        grandchild = int(file.read_text())
        assert command_line(grandchild)
    assert said == ["worker 1 did not stop in time, killing it"]
    assert gone(grandchild)


def test_second_interrupt_does_not_wait(tmp_path: Path) -> None:
    file = tmp_path / "deaf"
    with Supervisor(say=print, stop_seconds=60) as supervisor:
        supervisor.add(python("worker 1", STUBBORN.format(file=str(file))))
        assert supervisor.wait(file.exists)
        os.kill(os.getpid(), signal.SIGINT)
        supervisor.wait()
        began = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)
    assert time.monotonic() - began < 5


def test_run_once_tells_whether_the_work_was_done(supervisor: Supervisor) -> None:
    assert supervisor.run_once(python("migration", "pass"))
    assert not supervisor.run_once(python("migration", "raise SystemExit(1)"))
    assert not supervisor.stopping


def test_run_once_is_cut_short_by_a_signal(supervisor: Supervisor) -> None:
    child = python("load", f"import os, time; os.kill({os.getpid()}, 15); time.sleep(60)")
    assert not supervisor.run_once(child)
    assert supervisor.stopping
    assert child.process
    assert child.process.returncode == -signal.SIGTERM


SUPERVISE = """
import sys, time
from mdm.entrypoints.cli.supervisor import Child, Supervisor
with Supervisor(say=print, stop_seconds=5) as supervisor:
    child = Child("API", [sys.executable, "-c", "import time; time.sleep(60)"])
    supervisor.add(child)
    print(child.process.pid, flush=True)
    supervisor.wait()
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux tells a child that its parent has died")
def test_children_of_a_killed_supervisor_end() -> None:
    supervising = subprocess.Popen([sys.executable, "-c", SUPERVISE], stdout=subprocess.PIPE, text=True)
    assert supervising.stdout
    child = int(supervising.stdout.readline())
    supervising.kill()
    supervising.wait()
    supervising.stdout.close()
    assert gone(child)


def gone(pid: int) -> bool:
    """Wait until a process is no more."""
    deadline = time.monotonic() + 5
    while command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return command_line(pid) == ""

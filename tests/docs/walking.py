"""Doing what a page says: its commands in a shell, a hub beside it, and its outputs compared with what is printed."""

import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.pages import Block

BESIDE = "# in a terminal of its own\n"
BORDER = "---- next block ----"
ANY_LINES = "(?:.*\n)*?"

needs_a_shell = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("sh")), reason="needs curl and a shell")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def beside(command: str, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run a command as in another terminal, and stop it as Ctrl-C does."""
    process = subprocess.Popen(["/bin/sh", "-c", f"exec env {command}"], cwd=folder, env=environment)
    try:
        yield
    finally:
        process.terminate()
        code = process.wait(timeout=40)
    assert code == 0


def answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own URL)
                return True
        except (urllib.error.URLError, OSError):
            return False

    return ready


def printed(script: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    """Run blocks one after the other in one shell and return what each has printed."""
    joined = f"\necho '{BORDER}'\n".join(script)
    done = subprocess.run(
        ["/bin/sh", "-eu"], input=joined, cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-2_000:]}\n{done.stderr}"
    return done.stdout.split(f"{BORDER}\n")


def replaced(text: str, places: dict[str, str]) -> str:
    for old, new in places.items():
        text = text.replace(old, new)
    return text


def shows(expected: str) -> re.Pattern[str]:
    """What a block of output stands for: … is anything, on a line of its own any lines."""
    lines = [
        ".*?".join(map(re.escape, line.split("…"))) + "\n" if line != "…" else ANY_LINES
        for line in expected.splitlines()
    ]
    return re.compile("".join(lines))


def steps(page: list[Block]) -> Iterator[tuple[str, str | None]]:
    """The commands of this terminal, each with the output that the page shows for it."""
    for block, following in zip(page, [*page[1:], Block("", "")], strict=True):
        if block.language == "sh" and not block.text.startswith(BESIDE):
            yield block.text, following.text if following.language == "text" else None


def check(page: list[Block], folder: Path, environment: dict[str, str]) -> None:
    """Do what stands in the blocks for this terminal, and compare what is printed with what the page shows."""
    todo = list(steps(page))
    outputs = printed([text for text, _ in todo], folder, environment)
    for (text, expected), output in zip(todo, outputs, strict=True):
        assert expected is None or shows(expected).search(output), f"{text}\nprinted\n{output}\nnot\n{expected}"

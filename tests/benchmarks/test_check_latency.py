"""How long callers wait for a check and for a search, over HTTP, of a hub with a hundred thousand suppliers."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from httpx import Client, ConnectError, Response

from mdm.embedded import processes
from mdm.hub.access import create_key
from mdm.settings import Settings
from tests.benchmarks.filling import Known, fill
from tests.support.hubs import HubUnderTest
from tests.support.running import wait_until

MASTERS = 100_000
ASKED = 200  # times per kind of question
LONGEST_P95 = 0.050  # seconds
COMMON = ("gmbh", "metallbau", "hamburg", "s.r.l", "gmbh hamburg", "de", "GmbH & Co. KG")
NOBODY = ("xyzzyq", "gmbh xyzzyq", "zq", "gmbh milano bratislava", "4711-0815")


@contextmanager
def served(hub: HubUnderTest) -> Iterator[Client]:
    """Serve the hub from a process of its own, to a client with the key of a reader."""
    (port,) = processes.free_ports(None)
    with hub.hub.begin() as work:
        _, key = create_key(work, name="benchmark", roles=["reader"])
    command = [sys.executable, "-m", "uvicorn", "--factory", "mdm.asgi:create_app", "--port", str(port)]
    settings = Settings(postgres_dsn=hub.dsn)
    process = subprocess.Popen([*command, "--log-level", "error"], env=settings.environment())
    with Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}) as client:

        def answers() -> bool:
            try:
                return client.get("/health/live").status_code == 200
            except ConnectError:
                return False

        try:
            wait_until(answers)
            yield client
        finally:
            process.terminate()
            process.wait(timeout=20)


def p95(kind: str, questions: list[Any], ask: Callable[[Any], Response]) -> float:
    """Ask everything once, print how long it took, and return how long all but the slowest twentieth did."""
    seconds = []
    for question in questions:
        began = time.perf_counter()
        answer = ask(question)
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    seconds.sort()
    middle, slow = seconds[len(seconds) // 2], seconds[len(seconds) * 95 // 100]
    print(f"  {kind:<28} p50 {middle * 1000:5.1f} ms  p95 {slow * 1000:5.1f} ms  max {seconds[-1] * 1000:5.1f} ms")
    return slow


def checks(known: list[Known]) -> dict[str, list[dict[str, Any]]]:
    """Return what is typed: known suppliers whole and in part, their names as they grow or misspelt, and new ones."""
    rng = Random(5)
    some = [one.attributes for one in rng.sample(known, ASKED)]
    names = [attributes["name"] for attributes in some]
    letters = [rng.randrange(3, 13) for _ in some]
    lost = [rng.randrange(1, max(2, len(name) - 1)) for name in names]
    parts = ("name", "country", "address")
    return {
        "whole record": some,
        "name, country and address": [{name: one[name] for name in parts if name in one} for one in some],
        "name": [{"name": name} for name in names],
        "3 to 12 letters of a name": [{"name": name[:n]} for name, n in zip(names, letters, strict=True)],
        "name without one letter": [{"name": name[:n] + name[n + 1 :]} for name, n in zip(names, lost, strict=True)],
        "name of nobody": [{"name": f"{a.split()[0]} {b.split()[-1]}ex"} for a, b in pairwise(names)],
    }


@pytest.mark.benchmark
def test_check_and_search_answer_while_somebody_types(hub: HubUnderTest, tmp_path: Path) -> None:
    known = fill(hub, tmp_path, domain="supplier", masters=MASTERS)
    words = [one.attributes["name"].split()[0] for one in Random(6).sample(known, ASKED)]
    searches = {
        "common words": [*COMMON * (ASKED // len(COMMON))],
        "words of names": [word for word in words if len(word) > 1],
        "words of nobody": [*NOBODY * (ASKED // len(NOBODY))],
    }
    slowest = []
    with served(hub) as client:

        def check(attributes: dict[str, Any]) -> Response:
            return client.post("/v1/supplier:check", json={"attributes": attributes})

        def search(text: str) -> Response:
            return client.get("/v1/supplier", params={"q": text})

        print(f"\n{len(known)} records of {len({one.master_id for one in known})} suppliers\nPOST /v1/supplier:check")
        slowest += [p95(kind, typed, check) for kind, typed in checks(known).items()]
        print("GET /v1/supplier?q=")
        slowest += [p95(kind, texts, search) for kind, texts in searches.items()]
        links = pages(client, f"/v1/supplier?q={COMMON[0]}", most=ASKED)
        slowest.append(p95("pages of a common word", links, client.get))
    assert max(slowest) < LONGEST_P95


def pages(client: Client, first: str, *, most: int) -> list[str]:
    """Return the links to the pages of a list."""
    links = [first]
    while len(links) < most and (following := client.get(links[-1]).json()["next"]):
        links.append(following)
    return links

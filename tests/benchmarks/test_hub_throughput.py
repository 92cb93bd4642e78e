"""How fast one resolver is, and where its time goes: shares of one run, so that they hold on any machine."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from mdm.demo import generate
from mdm.hub.ingest import conduct, loads
from mdm.hub.ingest.holding.comparing import compare_next
from tests.support.hubs import opened_hub
from tests.support.servers import KillablePostgres, migrate

RESOLVE = "mdm.hub.resolution.resolve"
STAGES = {
    "parse and standardize": ("mdm.hub.ingest.process", "interpret"),
    "fold facts, take locks": ("mdm.hub.ingest.process", "fold_records"),
    "write records, facts, keys": ("mdm.hub.ingest.process", "_write"),
    "find candidates, score, keep edges": (RESOLVE, "compare"),
    "read and lock the component": (RESOLVE, "_locked_component"),
    "cluster": (RESOLVE, "_cluster"),
    "write links": (RESOLVE, "_write_links"),
    "rebuild, versions, slices, events": ("mdm.hub.ingest.process", "rebuild"),
    "renew tasks": ("mdm.hub.tasks", "renew_match_reviews"),
}
PROCESSED_A_SECOND = 100  # far below what is measured: only a collapse fails


@pytest.mark.benchmark
def test_one_resolver_processes_the_small_demo(
    durable_postgres: Callable[[], KillablePostgres], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = durable_postgres().dsn
    migrate(dsn)
    manifest = generate(tmp_path, size="small", seed=5)
    seconds: dict[str, float] = defaultdict(float)

    def timed(stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*arguments: Any, **more: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*arguments, **more)
            finally:
                seconds[stage] += time.perf_counter() - began

        return measured

    with opened_hub(dsn) as hub:
        for source, path in manifest.files:
            for _ in loads.load_file(hub.hub.begin, manifest.folder / path, source=source, registry=hub.hub.registry):
                pass
        while compare_next(hub.hub.begin, registry=hub.hub.registry):
            pass
        for stage, (place, name) in STAGES.items():
            module = sys.modules[place]
            monkeypatch.setattr(module, name, timed(stage, getattr(module, name)))
        monkeypatch.setattr(Session, "commit", timed("commit", Session.commit))
        began, taken = time.perf_counter(), 0
        while done := conduct.process_next(hub.hub.begin, registry=hub.hub.registry):
            taken += done
        whole = time.perf_counter() - began
        assert hub.broken() == []
    print(f"\n{taken} deliveries, {taken / whole:.0f} a second with one resolver and durable commits")
    for stage, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {spent / whole:5.1%}  {stage}")
    print(f"  {1 - sum(seconds.values()) / whole:5.1%}  the rest")
    assert taken / whole > PROCESSED_A_SECOND

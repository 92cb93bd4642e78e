"""Whatever rules change, a simulation foretells what happens; by several processes, and when one of them is killed."""

from collections.abc import Iterator
from itertools import combinations
from multiprocessing import active_children
from random import Random
from threading import Thread
from typing import Any

import pytest

from mdm.hub.releases.simulation import conduct
from tests.support.foretelling import OpenCopy, Standing, companies, figures, foretold, switched_on, tried
from tests.support.rules_machine import CHANGES, document_in_force, keep_draft
from tests.support.running import wait_until
from tests.support.servers import ForgetfulPostgres

PAIRS = Random(1).sample(list(combinations(sorted(CHANGES), 2)), 12)


@pytest.fixture(scope="module")
def company(
    postgres_server: ForgetfulPostgres, prepared_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenCopy]:
    yield from companies(postgres_server, prepared_template, tmp_path_factory.mktemp("files"))


def changed(document: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        CHANGES[name](document)
    return document


@pytest.mark.chaos
@pytest.mark.parametrize("names", [*((name,) for name in sorted(CHANGES)), *PAIRS], ids=" and ".join)
def test_any_change_of_rules_does_what_was_foretold(company: OpenCopy, names: tuple[str, ...]) -> None:
    with company() as hub:
        number = keep_draft(hub, changed(document_in_force(hub), *names))
        before = Standing.of(hub, "supplier")
        view = tried(hub, "supplier", number)
        switched_on(hub, "supplier", number)
        assert foretold(view) == figures(before, Standing.of(hub, "supplier"))


@pytest.mark.chaos
def test_several_processes_find_what_one_does(company: OpenCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    with company() as hub:
        number = keep_draft(hub, changed(document_in_force(hub), "ask early", "phone as it is written"))
        alone = tried(hub, "supplier", number)
        monkeypatch.setattr(conduct, "PORTION", 10)
        together = tried(hub, "supplier", number)
        assert (together.outcome, together.figures) == (None, alone.figures)
        assert together.samples == alone.samples


@pytest.mark.chaos
def test_simulation_whose_process_is_killed_fails_and_leaves_none_behind(
    company: OpenCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company() as hub:
        number = keep_draft(hub, changed(document_in_force(hub), "ask early"))
        monkeypatch.setattr(conduct, "PORTION", 1)
        found: list[Any] = []
        thread = Thread(target=lambda: found.append(tried(hub, "supplier", number)))
        thread.start()
        wait_until(active_children)
        active_children()[0].kill()
        thread.join()
        assert (found[0].state, found[0].figures) == ("failed", None)
        assert found[0].outcome.startswith("A process of the simulation ended")
        assert active_children() == []

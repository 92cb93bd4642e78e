"""What a simulation foretells is what happens when the release is switched on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mdm.hub.releases import simulation as asked
from mdm.hub.releases.simulation.bench import Bench
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.tally import Tally
from mdm.store.releases import rollouts, simulation
from tests.support.foretelling import OpenCopy, Standing, companies, figures, foretold, switched_on, tried
from tests.support.rules_machine import document_in_force, keep_draft
from tests.support.servers import ForgetfulPostgres


@pytest.fixture(scope="module")
def company(
    postgres_server: ForgetfulPostgres, prepared_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenCopy]:
    yield from companies(postgres_server, prepared_template, tmp_path_factory.mktemp("files"))


def _everything(document: dict[str, Any]) -> None:
    document["declaration"]["sources"]["portal"]["trust"] = 0.95
    document["declaration"]["attributes"]["phone"]["survivorship"] = {"rule": "source_priority"}
    document["declaration"]["attributes"]["email"]["survivorship"] = {"rule": "most_trusted"}
    document["declaration"]["attributes"]["payment_terms"]["critical"] = True
    document["declaration"]["attributes"]["payment_terms"]["survivorship"] = {"rule": "most_recent"}
    document["match"]["thresholds"]["match"] += 12


def _read(document: dict[str, Any]) -> None:
    document["declaration"]["attributes"]["phone"]["standardizer"] = "text"
    document["declaration"]["attributes"]["vat_id"].update(type="text", scheme=None)
    document["declaration"]["attributes"]["currency"]["critical"] = True


def _threshold(document: dict[str, Any]) -> None:
    document["match"]["thresholds"] = {"review": -12.0, "match": -3.0}


@pytest.mark.parametrize("change", [_everything, pytest.param(_read, marks=pytest.mark.chaos), _threshold])
def test_simulation_foretells_what_switching_on_does(
    company: OpenCopy, change: Callable[[dict[str, Any]], None]
) -> None:
    with company() as hub:
        document = document_in_force(hub)
        change(document)
        number = keep_draft(hub, document)
        before = Standing.of(hub, "supplier")
        view = tried(hub, "supplier", number)
        assert Standing.of(hub, "supplier") == before
        switched_on(hub, "supplier", number)
        assert foretold(view) == figures(before, Standing.of(hub, "supplier"))
        with hub.hub.begin() as work:
            expected = asked.foretold(work, "supplier", number, against=1)
            assert expected == rollouts.counted(work.session, "supplier", number)


def test_portions_add_up_to_the_whole_however_they_are_cut(company: OpenCopy) -> None:
    with company() as hub, hub.hub.begin() as work:
        before = document_in_force(hub)
        after = document_in_force(hub)
        _threshold(after)
        _read(after)
        after["declaration"]["attributes"]["payment_terms"]["survivorship"] = {"rule": "max"}
        bench = Bench(work, Rules.of(before, after, numbers=(1, 2), now=work.now))
        tallies = []
        for size in (1_000, 7):
            begins, whole = simulation.ranges(work.session, "supplier", size=size), Tally()
            for span in zip(begins, [*begins, None][1:], strict=True):
                whole.add(bench.portion(span))
            tallies.append((whole.counts, list(whole.shown())))
        assert tallies[0][0]["masters", "looked_at"] > 30
        assert tallies[0] == tallies[1]

"""What a simulation foretells is what happens when the release is switched on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from mdm.hub import redo
from mdm.hub.releases import switching
from tests.support.foretelling import Standing, figures, fill, foretold, tried
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.rules_machine import document_in_force, keep_draft
from tests.support.servers import ForgetfulPostgres

OpenCopy = Callable[[], AbstractContextManager[HubUnderTest]]


@pytest.fixture(scope="module")
def company(
    postgres_server: ForgetfulPostgres, prepared_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenCopy]:
    """Opens a hub with some sixty suppliers, always the same."""
    original = postgres_server.create(template=prepared_template)
    with opened_hub(original, prepared=True) as hub:
        fill(hub, tmp_path_factory.mktemp("files"))

    @contextmanager
    def copied() -> Iterator[HubUnderTest]:
        dsn = postgres_server.create(template=original.rpartition("/")[2])
        with opened_hub(dsn, prepared=True) as hub:
            yield hub
        postgres_server.drop(dsn)

    yield copied
    postgres_server.drop(original)


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


@pytest.mark.parametrize("change", [_everything, _read, _threshold])
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
        with hub.hub.begin() as work:
            switching.switch_on(work, "supplier", number, rate=1e9)
        while redo.process_due(hub.hub.begin, size=1_000):  # at once: in portions, masters may change in several steps
            pass
        assert foretold(view) == figures(before, Standing.of(hub, "supplier"))

"""Plants, lines and machines of two systems, delivered in any order to several workers and clocks at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from mdm.hub import redo
from mdm.hub.ingest import conduct
from mdm.hub.relations import hierarchy
from tests.support.hubs import HubUnderTest

PLANTS, LINES, MACHINES = 6, 3, 3


def said() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """What ERP and MES say of the same things, by keys of their own: domain, source, key, attributes."""
    for p in range(PLANTS):
        plant = {"name": f"Werk {p}{p}{p}", "location_type": "plant", "country": "DE", "gln": gln(p)}
        yield "location", "erp", f"{p}000", plant
        yield "location", "mes", f"W{p}", plant
        for place in range(LINES * (1 + MACHINES)):
            line, machine = divmod(place, 1 + MACHINES)
            code = f"L{line}" if machine == 0 else f"L{line}-M{machine}"
            for source, prefix, plant_key in (("erp", f"{p}/", f"{p}000"), ("mes", f"m{p}-", f"W{p}")):
                parent = {} if machine == 0 else {"parent": f"{prefix}L{line}"}
                yield "work_center", source, prefix + code, {"code": code, "plant": plant_key, **parent}


def gln(number: int) -> str:
    """Return a location number with its check digit."""
    digits = f"40123450000{number}"
    return digits + str(-sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.chaos) for seed in range(2, 6))])
def test_everything_stands_where_it_belongs_in_the_end(hub: HubUnderTest, seed: int) -> None:
    facts = list(said())
    for domain, source, key, attributes in Random(seed).sample(facts, len(facts)):
        hub.send(source, key, domain=domain, attributes=attributes)

    def work(number: int) -> None:
        for _ in range(200):
            if number % 2:
                redo.process_due(hub.hub.begin, size=10)
            elif not conduct.process_next(hub.hub.begin, registry=hub.hub.registry, size=5):
                return

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    hub.process()

    assert hub.broken() == []
    alive = "SELECT domain, count(*) FROM master WHERE status = 'active' GROUP BY 1 ORDER BY 1"
    assert hub.rows(alive) == [("location", PLANTS), ("work_center", PLANTS * LINES * (1 + MACHINES))]
    with hub.hub.begin() as work_:
        tree = hierarchy.tree(work_, "location", hub.master("erp", "0000", domain="location"))
    assert [node.depth for node in tree.below].count(1) == LINES
    assert len(tree.below) == LINES * (1 + MACHINES)

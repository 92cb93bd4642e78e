"""A user's folder declares carriers and their trailers, keyed by carrier and number; the hub does the rest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdm.hub.ingest.loads import load_file
from mdm.hub.relations import hierarchy
from tests.docs.pages import blocks
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.running import RunningParts

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "declare-a-domain.md"
MAPPING = """
source: tms
feeds:
  trailers:
    domain: trailer
    files: ["trailers*.csv"]
    format: {type: csv, delimiter: ";"}
    key: Id
    attributes: {carrier: Carrier, number: Number, inspected_until: Inspected}
"""
EXPORT = """Id;Carrier;Number;Inspected
T1;C-7;nf 100;2027-03-31
T2;C-7;NF 200;
T3;C-8;NF 100;
"""
NORDIC = {"name": "Nordic Freight AB", "scac": "NOFR", "country": "SE"}


@pytest.fixture
def hub(database: str, tmp_path: Path) -> Iterator[HubUnderTest]:
    carrier, match, trailer = (b.text for b in blocks(PAGE) if b.language == "yaml")
    for folder in ("domains", "mappings"):
        (tmp_path / folder).mkdir()
    trailers = {"domains/carrier.yaml": carrier, "domains/carrier.match.yaml": match, "domains/trailer.yaml": trailer}
    for name, text in (trailers | {"mappings/tms.yaml": MAPPING, "trailers.csv": EXPORT}).items():
        (tmp_path / name).write_text(text)
    with opened_hub(database, domains_dir=tmp_path / "domains", mappings_dir=tmp_path / "mappings") as opened:
        yield opened


def yard(hub: HubUnderTest, key: str, **attributes: Any) -> None:
    hub.send("yard", key, domain="trailer", attributes=attributes)


def test_trailers_find_their_carriers_and_each_other(hub: HubUnderTest, nats_url: str, tmp_path: Path) -> None:
    list(load_file(hub.hub.begin, tmp_path / "trailers.csv", source="tms", registry=hub.hub.registry))
    yard(hub, "y1", carrier={"source": "erp", "key": "88"}, number="NF 100", inspected_until="2026-12-31")
    hub.process()
    assert hub.master("yard", "y1", domain="trailer") != hub.master("tms", "T1", domain="trailer")

    hub.send("tms", "C-7", domain="carrier", attributes=NORDIC)
    hub.send("erp", "88", domain="carrier", attributes=NORDIC | {"name": "NORDIC FREIGHT AB"})
    hub.process()
    carrier = hub.master("tms", "C-7", domain="carrier")
    golden = hub.golden("yard", "y1", domain="trailer")
    assert golden.master_id == hub.master("tms", "T1", domain="trailer")
    assert golden.attributes["carrier"] == {"source": "tms", "key": "C-7", "master": str(carrier)}
    assert hub.golden("tms", "T3", domain="trailer").attributes["carrier"]["master"] is None

    with hub.hub.begin() as work:
        tree = hierarchy.tree(work, "carrier", carrier)
    assert [node.attributes["number"].upper() for node in tree.below] == ["NF 100", "NF 200"]
    parts = RunningParts(hub, nats_url)
    with parts.running("relay"):
        parts.wait_until_settled()
    assert parts.broken() == []

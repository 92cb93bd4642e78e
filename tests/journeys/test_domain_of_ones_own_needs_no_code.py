"""A user's folder declares carriers and how their source exports them; the hub does the rest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mdm.errors import DeclarationError
from mdm.hub.ingest.loads import load_file
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.running import RunningParts

DECLARATION = """
domain: carrier
title: Carrier
owner: logistics_data_owner
steward: carrier_steward
survivorship: {rule: source_priority}
sources:
  tms: {title: Transport management, trust: 0.9}
  rates: {title: Rate portal, trust: 0.5}
search: [name, scac]
attributes:
  name: {type: text, standardizer: organisation_name, required: true, classification: public}
  scac: {type: text, title: Standard carrier alpha code, classification: public}
  country: {type: code, standardizer: country, classification: public}
  insured_until: {type: date, survivorship: {rule: most_recent}}
  rate_agreement: {type: text, classification: confidential}
"""
MATCH = """
prior: 0.001
thresholds: {review: 0, match: 7}
columns:
  names: {kind: names, of: [name]}
  scac: {kind: values, of: [scac]}
comparisons:
  - name: name
    column: names
    by: names
    frequencies: {table: words, reference: 10, least: -4, most: 4, levels: [identical, similar]}
    levels:
      - {level: identical, m: 0.7, u: 0.001}
      - {level: similar, m: 0.2, u: 0.004}
      - {level: different, m: 0.1, u: 0.995}
  - name: scac
    column: scac
    by: identifiers
    levels:
      - {level: same, m: 0.95, u: 0.0001}
      - {level: different, m: 0.05, u: 0.9999}
keys:
  - {name: scac, parts: [scac]}
  - {name: name, parts: [names.whole]}
frequencies:
  words: {unlisted: 0.0005, shares: [{share: 0.05, words: "freight spedition logistics transport"}]}
clusters: {size_limit: 50, strong: {scac: {}}, bridge: {weight: 12, share: 0.3}}
"""
MAPPING = """
source: tms
feeds:
  carriers:
    domain: carrier
    files: ["carriers*.csv"]
    format: {type: csv, delimiter: ";"}
    key: Number
    attributes: {name: Name, scac: SCAC, country: Country, rate_agreement: Rate}
"""
EXPORT = """Number;Name;SCAC;Country;Rate
1;Nordic Freight AB;NOFR;Sweden;A-7
2;Alpen Spedition GmbH;ALSP;AT;B-1
3;
"""


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    domains, mappings = tmp_path / "domains", tmp_path / "mappings"
    domains.mkdir()
    mappings.mkdir()
    (domains / "carrier.yaml").write_text(DECLARATION)
    (domains / "carrier.match.yaml").write_text(MATCH)
    (mappings / "tms.yaml").write_text(MAPPING)
    return {"domains_dir": domains, "mappings_dir": mappings}


@pytest.fixture
def hub(database: str, folders: dict[str, Path]) -> Iterator[HubUnderTest]:
    with opened_hub(database, **folders) as opened:
        yield opened


def test_carriers_are_loaded_matched_and_published(hub: HubUnderTest, nats_url: str, tmp_path: Path) -> None:
    (tmp_path / "carriers.csv").write_text(EXPORT)
    list(load_file(hub.hub.begin, tmp_path / "carriers.csv", source="tms", registry=hub.hub.registry))
    hub.send("rates", "n-1", domain="carrier", attributes={
        "name": "NORDIC FREIGHT Aktiebolag", "scac": "nofr", "insured_until": "2027-01-31",
    })  # fmt: skip
    parts = RunningParts(hub, nats_url)
    hub.process()
    with parts.running("relay"):
        parts.wait_until_settled()

    golden = hub.golden("rates", "n-1", domain="carrier")
    assert golden.master_id == hub.master("tms", "1", domain="carrier")
    assert golden.attributes == {
        "name": "Nordic Freight AB", "scac": "NOFR", "country": "SE", "insured_until": "2027-01-31",
    }  # fmt: skip
    assert golden.masked == ["rate_agreement"]
    assert golden.provenance["insured_until"]["record"] == "rates/n-1"
    assert hub.rows("SELECT code FROM quarantine") == [("unreadable_row",)]
    assert hub.rows("SELECT split_part(subject, '.', 4), count(*) FROM publishers.head GROUP BY 1") == [("carrier", 2)]
    assert parts.broken() == []


def test_shipped_domains_go_on_beside_it(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    assert hub.golden("erp", "1").attributes["name"] == "Acme GmbH"
    assert {"carrier", "customer", "supplier"} < hub.hub.catalog.domains.keys()


def test_domain_stays_when_its_folder_is_gone(hub: HubUnderTest) -> None:
    with opened_hub(hub.dsn) as again:
        again.send("rates", "1", domain="carrier", attributes={"name": "Alpen Spedition"})
        again.process()
        assert again.golden("rates", "1", domain="carrier").attributes == {"name": "Alpen Spedition"}


def test_mistake_in_the_folder_names_file_path_and_reason(database: str, folders: dict[str, Path]) -> None:
    wrong = DECLARATION.replace("search: [name, scac]", "search: [name, sacc]")
    (folders["domains_dir"] / "carrier.yaml").write_text(wrong)
    with pytest.raises(DeclarationError, match=r"carrier\.yaml: search: .*sacc"), opened_hub(database, **folders):
        pass

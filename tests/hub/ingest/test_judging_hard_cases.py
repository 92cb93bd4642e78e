"""Rules of quality never stop a record, whatever they are about, and withhold nothing that nobody can let through."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core import domains
from mdm.hub.quality import findings
from mdm.hub.quality.findings import FindingView, Wanted
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.servers import ForgetfulPostgres

RULES = """
quality:
  certificate_written: {attributes: [certificates.number, certificates.standard], format: digits}
  terms_known: {attributes: [payment_terms], values: [N30, N60], effect: hold}
  one_industry: {attributes: [industry], unique: source, effect: note}
"""
ACME: dict[str, Any] = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}


@pytest.fixture(scope="module")
def strict(
    postgres_server: ForgetfulPostgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubUnderTest]:
    folder, dsn = tmp_path_factory.mktemp("strict"), postgres_server.create(template=migrated_template)
    declared = (Path(domains.__file__).parent / "supplier.yaml").read_text()
    declared = declared[: declared.index("\nquality:")] + declared[declared.index("\nattributes:") :]
    before, _, after = declared.partition("\nsources:")
    (folder / "supplier.yaml").write_text(f"{before}\n{RULES}\nsources:{after}")
    settings = Settings(domains_dir=folder)
    bootstrap.prepare(settings, dsn)
    with bootstrap.open_hub(settings, dsn) as opened:
        hub = HubUnderTest(opened, dsn)
        yield hub
        assert hub.broken() == []
    postgres_server.drop(dsn)


def found(hub: HubUnderTest, record: str) -> list[FindingView]:
    source, key = record.split("/")
    with hub.hub.begin() as work:
        page = findings.page(work, Wanted(source=source), domain="supplier")
    return [finding for finding in page if finding.key == key]


def test_rule_about_two_parts_of_one_attribute_finds_it_once(strict: HubUnderTest) -> None:
    odd = [{"number": "A", "standard": "B"}]
    delivery = strict.send("erp", "1", attributes=ACME | {"certificates": odd})
    strict.process()
    assert strict.state(delivery) == "applied"
    assert [f.rule for f in found(strict, "erp/1")] == ["certificate_written"]


def test_value_of_a_record_that_ends_some_day_is_withheld_with_a_finding_to_accept(strict: HubUnderTest) -> None:
    day = datetime.now(UTC) + timedelta(days=90)
    strict.send("erp", "2", version=1, attributes=ACME | {"vat_id": "DE129273398", "payment_terms": "N99"})
    strict.send("erp", "2", version=2, operation="delete", effective_from=day.isoformat())
    strict.process()
    assert "payment_terms" not in strict.golden("erp", "2").attributes
    assert [f.rule for f in found(strict, "erp/2")] == ["terms_known"]
    assert strict.rows("SELECT count(*) FROM redo d WHERE due_at BETWEEN %s AND %s", day, day) == [(1,)]


def test_value_that_everybody_says_is_found_everywhere_with_a_few_others_named(strict: HubUnderTest) -> None:
    for n in range(30):
        strict.send(
            "portal",
            f"{n:02}",
            attributes={"name": f"Company {n} {'abcdefghij'[n % 10] * 4}", "country": "DE", "industry": "n/k"},
        )
    strict.process()
    told = [f.evidence for n in range(30) for f in found(strict, f"portal/{n:02}") if f.rule == "one_industry"]
    assert len(told) == 30
    assert {(len(one["others"]), one["more"]) for one in told} == {(10, True)}

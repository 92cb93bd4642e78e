"""Rules of quality in the hub: what breaks one is downgraded or withheld, found, and let through by a person's word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core import domains
from mdm.core.security import Actor
from mdm.errors import Forbidden, InvalidInput
from mdm.hub.quality import exceptions, findings
from mdm.hub.quality.findings import FindingView, Wanted
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest

RULES = """
quality:
  vat_of_its_country: {attributes: [vat_id], check: "vat_id.startsWith(country)", severity: critical}
  terms_known: {attributes: [payment_terms], values: [N30, N60], effect: hold, owner: finance_data_owner}
  one_duns: {attributes: [duns], unique: source, effect: note}
  one_gln: {attributes: [gln], unique: master, effect: note}
  parent_alive: {attributes: [parent], reference: live}
  certified: {attributes: [certificates.valid_until], range: {at_least: today}, dimension: timeliness, effect: note}
  email_of_website: {attributes: [email, website], check: "double(email) > 1.0"}
"""
ACME: dict[str, Any] = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
ENDURA: dict[str, Any] = {"name": "Endura AG", "country": "CH"}


@pytest.fixture
def judged(database: str, tmp_path: Path) -> Iterator[HubUnderTest]:
    """A hub whose suppliers are judged."""
    declared = (Path(domains.__file__).parent / "supplier.yaml").read_text()
    before, _, after = declared.partition("\nsources:")
    (tmp_path / "supplier.yaml").write_text(f"{before}\n{RULES}\nsources:{after}")
    settings = Settings(domains_dir=tmp_path)
    bootstrap.prepare(settings, database)
    with bootstrap.open_hub(settings, database) as opened:
        yield HubUnderTest(opened, database)


def say(hub: HubUnderTest, record: str, **attributes: Any) -> None:
    source, key = record.split("/")
    hub.send(source, key, attributes=attributes)
    hub.process()


def found(hub: HubUnderTest, **wanted: Any) -> list[FindingView]:
    with hub.hub.begin() as work:
        return findings.page(work, Wanted(**wanted), domain="supplier")


def rules(hub: HubUnderTest, record: str, state: str = "failed") -> set[str]:
    source, key = record.split("/")
    return {f.rule for f in found(hub, source=source, state=state) if f.key == key}


def values(hub: HubUnderTest, record: str) -> dict[str, Any]:
    return hub.golden(*record.split("/")).attributes


def test_a_value_that_breaks_a_rule_loses_to_one_that_keeps_it_and_wins_again_when_the_rule_is_kept(
    judged: HubUnderTest,
) -> None:
    say(judged, "erp/1", **ACME | {"country": "FR"})
    say(judged, "portal/1", **ACME)
    assert values(judged, "erp/1")["vat_id"] == "DE136695976"
    assert rules(judged, "erp/1") == {"vat_of_its_country"} and rules(judged, "portal/1") == set()
    assert values(judged, "erp/1")["country"] == "FR"  # the rule is about the VAT id alone
    say(judged, "erp/1", **ACME)
    assert rules(judged, "erp/1") == set()
    assert judged.broken() == []


def test_a_withheld_value_waits_behind_the_one_before_until_its_owner_accepts_it(judged: HubUnderTest) -> None:
    say(judged, "erp/1", **ACME, payment_terms="N30")
    say(judged, "erp/1", **ACME, payment_terms="N99", industry="Steel")
    assert values(judged, "erp/1")["payment_terms"] == "N30"
    assert values(judged, "erp/1")["industry"] == "Steel"
    (held,) = found(judged, rule="terms_known")
    task = "SELECT owner, closed_at IS NULL FROM task WHERE kind = 'quality_exception'"
    assert judged.rows(task) == [("finance_data_owner", True)]
    with judged.hub.begin_as(Actor("fay", frozenset({"finance_data_owner"}))) as work:
        exceptions.accept(work, held.id, reason_code="accepted", note="agreed with the supplier")
    judged.process()
    assert values(judged, "erp/1")["payment_terms"] == "N99"
    assert rules(judged, "erp/1", "accepted") == {"terms_known"}
    assert judged.rows(task) == [("finance_data_owner", False)]
    with judged.hub.begin() as work:
        exceptions.withdraw(work, held.id)
    judged.process()
    assert values(judged, "erp/1")["payment_terms"] == "N30"
    assert judged.broken() == []


def test_only_who_owns_a_rule_or_is_a_steward_accepts_and_only_what_a_rule_found(judged: HubUnderTest) -> None:
    say(judged, "erp/1", **ACME, payment_terms="N99", email="nobody")
    assert "payment_terms" not in values(judged, "erp/1")
    (held,) = found(judged, rule="terms_known")
    (odd,) = found(judged, rule="invalid_format")
    with (
        pytest.raises(Forbidden),
        judged.hub.begin_as(Actor("ann", frozenset({"tax_data_owner"}))) as work,
    ):
        exceptions.accept(work, held.id, reason_code="accepted")
    with pytest.raises(InvalidInput), judged.hub.begin() as work:
        exceptions.accept(work, odd.id, reason_code="accepted")


def test_what_is_required_is_a_finding_and_never_a_rejection(judged: HubUnderTest) -> None:
    say(judged, "erp/1", country="DE", vat_id="DE136695976")
    assert rules(judged, "erp/1") == {"required_name"}
    say(judged, "erp/1", **ACME)
    assert rules(judged, "erp/1") == set()


def test_a_value_said_twice_in_a_source_or_of_two_masters_is_found_on_both_sides_until_it_is_not(
    judged: HubUnderTest,
) -> None:
    duns, gln = "123456789", "4006381333931"
    say(judged, "erp/1", **ACME, duns=duns)
    say(judged, "erp/2", **ENDURA, duns=duns)
    say(judged, "portal/3", **ENDURA, gln=gln)
    say(judged, "portal/4", name="Zeta BV", country="NL", gln=gln)
    assert "one_duns" in rules(judged, "erp/1") and "one_duns" in rules(judged, "erp/2")
    (two,) = (f for f in found(judged, rule="one_duns") if f.key == "2")
    assert two.evidence == {"others": ["erp/1"]}
    apart = judged.master("portal", "3") != judged.master("portal", "4")
    assert ("one_gln" in rules(judged, "portal/3")) == apart == ("one_gln" in rules(judged, "portal/4"))
    say(judged, "erp/2", **ENDURA)
    assert "one_duns" not in rules(judged, "erp/1") | rules(judged, "erp/2")
    assert judged.broken() == []


def test_what_cannot_be_judged_stops_nothing_and_days_and_references_are_judged(judged: HubUnderTest) -> None:
    old = [{"number": "1", "valid_until": "2020-01-01"}, {"number": "2", "valid_until": "2999-12-31"}]
    say(judged, "erp/1", **ACME, email="a@acme.de", website="acme.de", certificates=old)
    assert values(judged, "erp/1")["email"] == "a@acme.de"
    assert rules(judged, "erp/1", "unjudged") == {"email_of_website"}
    assert rules(judged, "erp/1") == {"certified"}
    with judged.hub.begin() as work:
        counts = {(c.rule, c.source): (c.judged, c.failed, c.share) for c in findings.report(work, "supplier")}
    assert counts["certified", "erp"] == (1, 1, 1.0)
    assert counts["required_name", "erp"] == (1, 0, 0.0)
    judged.send("erp", "1", operation="delete")
    judged.process()
    assert rules(judged, "erp/1") == set()

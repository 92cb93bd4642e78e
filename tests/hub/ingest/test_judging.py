"""Rules of quality in the hub: what breaks one is downgraded or withheld, found, and let through by a person's word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdm import bootstrap
from mdm.core import domains
from mdm.core.security import Actor
from mdm.errors import Forbidden, InvalidInput
from mdm.hub.explanation.verdicts import verdicts
from mdm.hub.quality import exceptions, findings
from mdm.hub.quality.findings import FindingView, Wanted
from mdm.hub.stewardship.values import reinstate, retire
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest
from tests.support.servers import ForgetfulPostgres

RULES = """
quality:
  vat_of_its_country: {attributes: [vat_id], check: "vat_id.startsWith(country)", severity: critical}
  terms_known: {attributes: [payment_terms], values: [N30, N60], effect: hold, owner: finance_data_owner}
  incoterms_known: {attributes: [incoterms], values: [EXW, FCA]}
  one_per_source: {attributes: [industry], unique: source, effect: note}
  one_master: {attributes: [account_group], unique: master, effect: note}
  parent_alive: {attributes: [parent], reference: live}
  certified: {attributes: [certificates.valid_until], range: {at_least: today}, dimension: timeliness, effect: note}
  email_of_website: {attributes: [email, website], check: "double(email) > 1.0"}
"""
ACME: dict[str, Any] = {"name": "Acme GmbH", "country": "DE", "vat_id": "DE136695976"}
BASTA: dict[str, Any] = {"name": "Basta Formenbau", "country": "DE"}
OWNER = Actor("fay", frozenset({"approver", "finance_data_owner"}))
STRANGER = Actor("ann", frozenset({"approver", "tax_data_owner"}))


@pytest.fixture(scope="module")
def judged(
    postgres_server: ForgetfulPostgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubUnderTest]:
    """A hub whose suppliers are judged, for all tests of this file: each has records of its own."""
    folder, dsn = tmp_path_factory.mktemp("judged"), postgres_server.create(template=migrated_template)
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


def say(hub: HubUnderTest, record: str, **attributes: Any) -> None:
    source, key = record.split("/")
    hub.send(source, key, attributes=attributes)
    hub.process()


def found(hub: HubUnderTest, record: str, **wanted: Any) -> list[FindingView]:
    source, key = record.split("/")
    with hub.hub.begin() as work:
        page = findings.page(work, Wanted(source=source, **wanted), domain="supplier")
    return [finding for finding in page if finding.key == key]


def rules(hub: HubUnderTest, record: str, state: str = "failed") -> set[str]:
    return {f.rule for f in found(hub, record, state=state)}


def values(hub: HubUnderTest, record: str) -> dict[str, Any]:
    return hub.golden(*record.split("/")).attributes


def test_a_value_that_breaks_a_rule_loses_to_one_that_keeps_it(judged: HubUnderTest) -> None:
    say(judged, "erp/1", **ACME | {"country": "FR"}, incoterms="XYZ")
    assert values(judged, "erp/1")["incoterms"] == "XYZ"  # better than nothing
    say(judged, "portal/1", **ACME, incoterms="EXW")
    assert values(judged, "erp/1")["incoterms"] == "EXW"
    assert rules(judged, "erp/1") == {"vat_of_its_country", "incoterms_known"}
    assert rules(judged, "portal/1") == set()
    say(judged, "erp/1", **ACME, incoterms="FCA")
    assert values(judged, "erp/1")["incoterms"] == "FCA"
    assert rules(judged, "erp/1") == set()


def test_a_withheld_value_waits_behind_the_one_before_until_its_owner_accepts_it(judged: HubUnderTest) -> None:
    say(judged, "erp/2", **BASTA, payment_terms="N30")
    say(judged, "erp/2", **BASTA, payment_terms="N99", industry="Steel")
    assert (values(judged, "erp/2")["payment_terms"], values(judged, "erp/2")["industry"]) == ("N30", "Steel")
    (held,) = found(judged, "erp/2", rule="terms_known")
    task = "SELECT owner, closed_at IS NULL FROM task WHERE kind = 'quality_exception'"
    assert judged.rows(task) == [("finance_data_owner", True)]
    with judged.hub.begin_as(OWNER) as work:
        exceptions.accept(work, held.id, reason_code="accepted", note="agreed with the supplier")
    judged.process()
    assert values(judged, "erp/2")["payment_terms"] == "N99"
    assert rules(judged, "erp/2", "accepted") == {"terms_known"}
    assert judged.rows(task) == [("finance_data_owner", False)]
    with judged.hub.begin() as work:
        exceptions.withdraw(work, held.id)
    judged.process()
    assert values(judged, "erp/2")["payment_terms"] == "N30"


def test_only_who_owns_a_rule_or_is_a_steward_accepts_and_only_what_a_rule_found(judged: HubUnderTest) -> None:
    say(judged, "erp/3", name="Calor Heizungen", country="DE", payment_terms="N99", email="nobody")
    assert "payment_terms" not in values(judged, "erp/3")
    (held,), (odd,) = (found(judged, "erp/3", rule=rule) for rule in ("terms_known", "invalid_format"))
    with pytest.raises(Forbidden), judged.hub.begin_as(STRANGER) as work:
        exceptions.accept(work, held.id, reason_code="accepted")
    with pytest.raises(InvalidInput), judged.hub.begin() as work:
        exceptions.accept(work, odd.id, reason_code="accepted")


def test_what_is_required_is_a_finding_and_never_a_rejection(judged: HubUnderTest) -> None:
    say(judged, "erp/4", country="DE")
    assert rules(judged, "erp/4") == {"required_name"}
    say(judged, "erp/4", name="Delfin Pumpen", country="DE")
    assert rules(judged, "erp/4") == set()


def test_a_value_said_twice_is_found_on_both_sides_until_it_is_not(judged: HubUnderTest) -> None:
    known = {"industry": "Bells", "account_group": "K7"}
    one = {"name": "Endura SE", "country": "DE", "vat_id": "DE129273398"}
    other = {"name": "Zeta SA", "country": "FR", "vat_id": "FR40303265045"}
    say(judged, "erp/5", **one, **known)
    say(judged, "erp/6", **other, **known)
    assert rules(judged, "erp/5") == rules(judged, "erp/6") == {"one_per_source", "one_master"}
    assert [f.evidence for f in found(judged, "erp/6", rule="one_per_source")] == [{"others": ["erp/5"]}]
    say(judged, "erp/6", **other, account_group="K7")
    assert rules(judged, "erp/5") == rules(judged, "erp/6") == {"one_master"}
    say(judged, "erp/6", **other)
    assert rules(judged, "erp/5") | rules(judged, "erp/6") == set()
    for key, one_of_both in (("5", one), ("6", other)):
        judged.send("erp", key, attributes=one_of_both | {"industry": "Organs"})
    judged.process()  # in one chunk
    assert rules(judged, "erp/5") == rules(judged, "erp/6") == {"one_per_source"}


def test_a_reference_to_a_retired_master_is_found_until_that_is_taken_back_into_use(judged: HubUnderTest) -> None:
    say(judged, "erp/8", name="Gamma Holding", country="AT")
    say(judged, "erp/9", name="Helios Glas", country="CZ", parent="8")
    parent = judged.master("erp", "8")
    for act, wrong in ((retire, {"parent_alive"}), (reinstate, set())):
        with judged.hub.begin() as work:
            act(work, "supplier", parent, reason="closed")
        judged.process()
        assert rules(judged, "erp/9") == wrong


def test_what_cannot_be_judged_stops_nothing_and_a_deleted_record_has_no_findings(judged: HubUnderTest) -> None:
    old = [{"number": "1", "valid_until": "2020-01-01"}, {"number": "2", "valid_until": "2999-12-31"}]
    say(judged, "procurement/7", name="Fides Stahl", country="DE", email="a@b.de", website="b.de", certificates=old)
    assert values(judged, "procurement/7")["email"] == "a@b.de"
    assert rules(judged, "procurement/7", "unjudged") == {"email_of_website"}
    assert rules(judged, "procurement/7") == {"certified"}
    with judged.hub.begin() as work:
        counts = {(c.rule, c.source): (c.judged, c.failed, c.share) for c in findings.report(work, "supplier")}
    assert counts["certified", "procurement"] == (1, 1, 1.0)
    assert counts["required_name", "procurement"] == (1, 0, 0.0)
    judged.send("procurement", "7", operation="delete")
    judged.process()
    assert rules(judged, "procurement/7") == set()


def test_an_explanation_of_then_judges_as_it_was_before_anybody_accepted(judged: HubUnderTest) -> None:
    say(judged, "erp/30", **BASTA | {"name": "Dornier Federn"}, payment_terms="N30")
    say(judged, "erp/30", **BASTA | {"name": "Dornier Federn GmbH"}, payment_terms="N99")
    before = judged.golden("erp", "30").recorded_at
    (held,) = found(judged, "erp/30", rule="terms_known")
    with judged.hub.begin_as(OWNER) as work:
        exceptions.accept(work, held.id, reason_code="accepted")
    judged.process()
    with judged.hub.begin() as work:
        master = judged.master("erp", "30")
        now = verdicts(work, "supplier", master, attribute="payment_terms")
        then = verdicts(work, "supplier", master, attribute="payment_terms", known_at=before)
    assert [(one.reproduced, one.verdicts[0].value) for one in (now, then)] == [(True, "N99"), (True, "N30")]

"""Keyed domains and references: what a file may say, and how records are told apart by their key alone."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mdm.core.domains import Domain, block_keys_of, comparable_of, load_documents, parse, standardize_record
from mdm.core.matching import Outcome, score
from mdm.core.standardize.references import resolved
from mdm.errors import DeclarationError, InvalidAttributes

DOMAIN: dict[str, Any] = {
    "domain": "bin",
    "title": "Storage bin",
    "identity": "keyed",
    "key": ["warehouse", "code"],
    "owner": "logistics_data_owner",
    "steward": "bin_steward",
    "hierarchy": ["parent", "warehouse"],
    "survivorship": {"rule": "source_priority"},
    "sources": {"wms": {"trust": 0.9}, "erp": {}},
    "attributes": {
        "warehouse": {"type": "reference", "to": "location"},
        "code": {"type": "code"},
        "parent": {"type": "reference", "to": "bin"},
        "height": {"type": "quantity"},
    },
}
MASTER = UUID("0190a6f0-0000-7000-8000-000000000001")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return parse({"declaration": DOMAIN})


def wrong(**changes: Any) -> DeclarationError:
    with pytest.raises(DeclarationError) as raised:
        parse({"declaration": DOMAIN | changes})
    return raised.value


def comparable(domain: Domain, **std: Any) -> dict[str, Any]:
    return comparable_of(domain, std)


def test_records_match_if_every_part_of_the_key_is_the_same_and_none_is_missing(domain: Domain) -> None:
    one = comparable(domain, warehouse="w", code="A1", height="2")
    assert score(domain.match, one, comparable(domain, warehouse="w", code="A1")).outcome == Outcome.MATCH
    assert score(domain.match, one, comparable(domain, warehouse="w", code="A2")).outcome == Outcome.DISTINCT
    assert score(domain.match, one, comparable(domain, code="A1")).outcome == Outcome.DISTINCT


def test_record_without_a_part_of_its_key_is_compared_with_none(domain: Domain) -> None:
    assert block_keys_of(domain, comparable(domain, warehouse="w", code="A1")) == ("key:w|A1",)
    assert block_keys_of(domain, comparable(domain, code="A1")) == ()


def test_one_part_that_differs_outweighs_many_that_do_not() -> None:
    names = [f"part_{n}" for n in range(8)]
    attributes = {name: {"type": "text"} for name in names}
    many = parse({"declaration": DOMAIN | {"key": names, "hierarchy": [], "attributes": attributes}})
    same = dict.fromkeys(names, "x")
    assert score(many.match, same, same).outcome == Outcome.MATCH
    assert score(many.match, same, same | {"part_7": "y"}).outcome == Outcome.DISTINCT


def test_shipped_domains_refer_to_each_other_and_have_hierarchies() -> None:
    shipped = {name: parse(document) for name, document in load_documents().items()}
    assert shipped["work_center"].hierarchy == ("parent", "plant")
    assert shipped["item_plant"].references == {"item": "item", "plant": "location"}
    assert shipped["item_plant"].critical == {"standard_cost"}
    assert {name for name, d in shipped.items() if d.key} == {"item_family", "item_plant", "work_center"}


def test_mistakes_about_keys_and_references_are_named() -> None:
    assert "`key` goes with" in str(wrong(key=[]))
    assert "there is no attribute `cod`" in str(wrong(key=["cod"]))
    assert "of type quantity" in str(wrong(key=["height"]))
    assert "is no reference" in str(wrong(hierarchy=["code"]))
    assert "references to masters use this name" in str(wrong(sources={"hub": {}}))
    lost = {**DOMAIN["attributes"], "parent": {"type": "reference"}}
    assert "`to` goes with" in str(wrong(attributes=lost))
    grouped = {"place": {"attributes": ["parent", "code"]}}
    assert "must stand alone" in str(wrong(groups=grouped))


def test_keyed_domain_has_no_match_model(domain: Domain) -> None:
    with pytest.raises(DeclarationError, match="a keyed domain has none"):
        parse({"declaration": DOMAIN, "match": domain.match.document})


def test_reference_to_a_domain_that_nobody_declares_is_refused_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "bin.yaml").write_text(
        "domain: bin\ntitle: Bin\nidentity: keyed\nkey: [code]\nowner: o\nsteward: s\n"
        "survivorship: {rule: source_priority}\nsources: {wms: {}}\n"
        "attributes: {code: {type: code}, shelf: {type: reference, to: shelf}}\n"
    )
    with pytest.raises(DeclarationError, match=r"bin\.yaml: attributes\.shelf\.to: there is no domain `shelf`"):
        load_documents(tmp_path)


@pytest.mark.parametrize(
    ("raw", "value", "std"),
    [
        (" 1000 ", {"key": "1000"}, "1000"),
        (1000, {"key": "1000"}, "1000"),
        ({"source": "erp", "key": 7}, {"source": "erp", "key": "7"}, "erp/7"),
        ({"source": "erp", "key": "7", "master": str(MASTER)}, {"source": "erp", "key": "7"}, "erp/7"),
        ({"master": str(MASTER).upper()}, {"source": "hub", "key": str(MASTER)}, f"hub/{MASTER}"),
        ("", None, None),
        ({"source": None}, None, None),
    ],
)
def test_reference_is_read_from_what_sources_send(domain: Domain, raw: Any, value: Any, std: Any) -> None:
    read = standardize_record(domain, {"warehouse": raw})["warehouse"]
    assert (read.value, read.std) == (value, std)


@pytest.mark.parametrize("raw", [True, ["1000"], {"id": "1"}, {"source": "erp"}, {"master": "acme"}, {"key": {}}])
def test_what_is_no_reference_is_refused(domain: Domain, raw: Any) -> None:
    with pytest.raises(InvalidAttributes, match="warehouse"):
        standardize_record(domain, {"warehouse": raw})


def test_references_to_one_master_are_equal_whoever_makes_them() -> None:
    one = resolved({"key": "1000"}, sender="erp", master=MASTER)
    other = resolved({"source": "mes", "key": "W1"}, sender="wms", master=MASTER)
    assert one.value == {"source": "erp", "key": "1000", "master": str(MASTER)}
    assert one.std == other.std == str(MASTER)


def test_reference_that_leads_nowhere_yet_has_a_finding() -> None:
    found = resolved({"key": "1000"}, sender="erp", master=None)
    assert found.value == {"source": "erp", "key": "1000", "master": None}
    assert (found.std, [finding.code for finding in found.findings]) == ("erp/1000", ["unresolved_reference"])

from pathlib import Path

import pytest

from mdm.errors import DeclarationError, UnknownFile, UnknownSource, UnreadableRow
from mdm.sources import load_mappings

GOOD = """
source: plant
title: Plant system
feeds:
  partners:
    domain: customer
    files: ["partners*.csv"]
    format: {type: csv}
    key: id
    attributes: {name: name}
"""


def declare(folder: Path, text: str, name: str = "plant.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


def test_the_sources_of_the_demo_are_mapped() -> None:
    assert " ".join(load_mappings().sources) == "crm erp mes plm portal procurement shop tms wms"


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("title", "titel", "titel", "not known here Did you mean `title`?"),
        ("key: id", "keys: id", "feeds.partners.keys", "Did you mean `key`?"),
        ("{type: csv}", "{type: csv, delimeter: ;}", "feeds.partners.format.delimeter", "Did you mean `delimiter`?"),
        ("{type: csv}", "{type: xml}", "feeds.partners.format.type", "'csv', 'jsonl' or 'canonical'"),
        ("{type: csv}", "{type: csv, times: '%y'}", "feeds.partners.format.times", "%y is not one of"),
        ("{type: csv}", "{type: jsonl, encoding: cp1252}", "feeds.partners.format", "JSON is always UTF-8"),
        ("{name: name}", "{name: {colum: x}}", "feeds.partners.attributes.name.colum", "Did you mean `column`?"),
        ("{name: name}", "{name: {column: x, join: [y]}}", "feeds.partners.attributes.name", "found column, join"),
        ("{name: name}", "{name: {}}", "feeds.partners.attributes.name", "found none"),
        ("{name: name}", "{name: {each: x}}", "feeds.partners.attributes.name", "`each` needs `fields`"),
        ("{name: name}", "{name: {column: x, map: {NO: y}}}", "feeds.partners.attributes.name.map.0", "in quotes"),
        ("{name: name}", "{name: {each: x, fields: {a: b}}}", "feeds.partners", "in CSV use `elements`"),
        ("key: id", "key: {fields: {a: b}}", "feeds.partners", "`key` is a single value"),
        ("    key: id\n", "", "feeds.partners", "`key` is missing"),
        ("feeds:", "timezone: Mars/Olympus\nfeeds:", "timezone", "not a time zone"),
        ("source: plant", "source: Plant System", "source", "pattern"),
        ("title:", "source: again\ntitle:", "", "`source` is given twice"),
        ("feeds:", "feeds: [", "", "not readable as YAML"),
    ],
)
def test_a_mistake_is_named_by_file_path_and_reason(tmp_path: Path, old: str, new: str, path: str, reason: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_mappings(declare(tmp_path, GOOD.replace(old, new)))
    assert caught.value.details["file"] == str(tmp_path / "plant.yaml")
    assert caught.value.details["path"] == path
    assert reason in str(caught.value).replace(". Did", " Did")


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="not a mapping of names"):
        load_mappings(declare(tmp_path, "- a\n- b\n"))


def test_one_source_in_two_files_of_a_folder_is_refused(tmp_path: Path) -> None:
    declare(tmp_path, GOOD, "a.yaml")
    with pytest.raises(DeclarationError, match=r'"plant" is declared in a\.yaml already'):
        load_mappings(declare(tmp_path, GOOD, "b.yaml"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="is not a folder"):
        load_mappings(tmp_path / "missing")


def test_an_own_folder_adds_sources_and_replaces_feeds(tmp_path: Path) -> None:
    own = GOOD.replace("source: plant", "source: erp").replace("partners", "suppliers")
    registry = load_mappings(declare(tmp_path / "one", GOOD), declare(tmp_path / "two", own))
    assert "plant" in registry.sources
    assert registry.feed("erp", "suppliers").domain == "customer"
    assert registry.feed("erp", "customers").domain == "customer"


def test_the_most_specific_pattern_finds_the_feed(tmp_path: Path) -> None:
    second = GOOD + GOOD.split("feeds:\n")[1].replace("  partners:", "  blocked:").replace(
        "partners*", "partners_blocked*"
    )
    registry = load_mappings(declare(tmp_path, second))
    assert registry.feed_for("plant", "data/Partners_blocked_2026.CSV").name == "blocked"
    assert registry.feed_for("plant", "partners.csv").name == "partners"


def test_an_unknown_file_or_source_is_named_with_what_is_known(tmp_path: Path) -> None:
    registry = load_mappings(declare(tmp_path, GOOD))
    with pytest.raises(UnknownFile, match=r"It reads partners: partners\*\.csv"):
        registry.feed_for("plant", "orders.csv")
    with pytest.raises(UnknownSource, match='Did you mean "plant"'):
        registry.feed_for("plants", "partners.csv")
    with pytest.raises(UnknownFile, match="has no feed"):
        registry.feed("plant", "orders")


def test_a_source_without_mapping_sends_canonical_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text('{"domain":"customer","key":"1","attributes":{"name":"Acme"}}\n{"key":2}\n')
    registry = load_mappings()
    feed = registry.feed_for("robot", path.name)
    assert feed is registry.feed("robot", "canonical")
    rows = feed.open(path)
    good, bad = rows
    assert feed.interpret(good.raw, rows.context).source == "robot"
    with pytest.raises(UnreadableRow, match="`domain` is missing"):
        feed.interpret(bad.raw, rows.context)


def test_a_canonical_feed_may_be_bound_to_a_domain(tmp_path: Path) -> None:
    text = 'source: robot\nfeeds:\n  facts: {files: ["*.jsonl"], domain: supplier, format: {type: canonical}}\n'
    feed = load_mappings(declare(tmp_path, text)).feed_for("robot", "facts.jsonl")
    with pytest.raises(UnreadableRow, match='this feed holds "supplier"'):
        feed.interpret(b'{"domain":"customer","key":"1","attributes":{}}', {})


def test_mappings_are_checked_against_the_attributes_of_the_domains(tmp_path: Path) -> None:
    registry = load_mappings(declare(tmp_path, GOOD.replace("{name: name}", "{nme: name}")))
    feeds = [feed for source in registry.sources for feed in registry.feeds(source)]
    everything = {name for feed in feeds for name in feed.declared.attributes} - {"nme"}
    with pytest.raises(DeclarationError, match=r"customer has no such attribute\. Did you mean `name`"):
        registry.check({feed.domain or "": everything for feed in feeds})
    with pytest.raises(DeclarationError, match=r'"[a-z_]+" is no domain'):
        registry.check({"customer": everything | {"nme"}})

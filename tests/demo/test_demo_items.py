import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from anyascii import anyascii
from careful_steward import Key, read
from rapidfuzz import fuzz
from stdnum import ean

from mdm.demo import Manifest, generate

Records = dict[Key, dict[str, Any]]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return generate(tmp_path_factory.mktemp("demo"), size="small", seed=22)


@pytest.fixture(scope="module")
def everything(manifest: Manifest) -> Records:
    return read(manifest).records()


@pytest.fixture(scope="module")
def items(everything: Records) -> Records:
    return {key: record for key, record in everything.items() if key[0] == "item"}


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def figures(record: dict[str, Any]) -> set[str]:
    """Return the numbers in the text about an item, which every language writes alike."""
    text = re.sub(r"(?<=\d)\s*[xX*]\s*(?=\d)", "x", anyascii(record["name"]).upper().replace("O", "0"))
    return set(re.findall(r"\d+(?:\.\d+)?", text.replace(",", ".")))


def number(record: dict[str, Any], name: str) -> str:
    return re.sub("[^A-Z0-9]", "", record.get(name, "").upper().replace("O", "0")).lstrip("0")


def recognised(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Tell what a clerk with both records before him would say."""
    for name in ("gtin", "manufacturer_part_number", "drawing_number", "supplier_part_number"):
        if number(left, name) and number(left, name) == number(right, name):
            return True
    mine, theirs = figures(left), figures(right)
    return len(mine & theirs) >= 0.6 * min(len(mine), len(theirs))


def test_a_clerk_recognises_nearly_every_true_pair_of_items(manifest: Manifest, items: Records) -> None:
    pairs = [(items["item", *left], items["item", *right]) for left, right in sorted(manifest.true_pairs("item"))]
    assert share([recognised(*pair) for pair in pairs]) >= 0.95
    assert share([left["name"] == right["name"] for left, right in pairs]) < 0.4


def test_other_sizes_of_an_item_are_called_nearly_the_same(manifest: Manifest, items: Records) -> None:
    names = sorted((anyascii(record["name"]).upper(), manifest.truth[key]) for key, record in items.items())
    alike = [left[1] != right[1] for left, right in pairwise(names) if fuzz.ratio(left[0], right[0]) >= 90]
    assert sum(alike) >= 50


def test_one_part_number_can_be_of_two_makers_and_one_drawing_of_many_sizes(tmp_path: Path) -> None:
    manifest = generate(tmp_path, size="medium", seed=22)
    records = read(manifest).records()
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, record in records.items():
        for name in ("manufacturer_part_number", "drawing_number"):
            if key[0] == "item" and record.get(name):
                holders[name, record[name]].add(manifest.truth[key])
    shared = Counter(name for (name, _), entities in holders.items() if len(entities) > 1)
    assert shared["manufacturer_part_number"] >= 10
    assert shared["drawing_number"] >= 10


def test_nearly_all_gtins_have_check_digits_and_cartons_have_their_own(items: Records) -> None:
    gtins = [record["gtin"] for record in items.values() if record.get("gtin", "x").isdigit()]
    assert share([ean.is_valid(gtin.zfill(14)) for gtin in gtins]) > 0.95
    packs = [pack["gtin"] for r in items.values() for pack in r.get("units", ()) if pack.get("gtin")]
    assert all(ean.is_valid(gtin) and len(gtin) == 14 for gtin in packs)


def test_the_erp_writes_capitals_of_forty_characters(items: Records) -> None:
    names = [record["name"] for key, record in items.items() if key[1] == "erp"]
    assert share([name == name.upper() and len(name) <= 40 for name in names]) > 0.8
    assert sum(len(name) == 40 for name in names) >= 3


def test_one_unit_is_written_in_many_ways(items: Records) -> None:
    units = Counter(record["base_unit"] for record in items.values())
    assert {"ST", "PCE", "EA", "H87"} <= units.keys()
    masses = Counter(record["net_weight"]["unit"] for record in items.values() if "net_weight" in record)
    assert min(masses["g"] + masses["G"], masses["kg"] + masses["KG"]) >= 10


def test_items_lie_in_families_that_lead_to_one_of_two_roots(everything: Records) -> None:
    parents = {key: record.get("parent") for key, record in everything.items() if key[0] == "item_family"}
    for domain, source, key in parents:
        steps = [key]
        while above := parents[domain, source, steps[-1]]:
            steps.append(above)
        assert steps[-1].removeprefix("FAM-") in ("BUY", "OWN")
        assert len(steps) <= 4


def test_every_reference_names_a_key_of_the_source_that_makes_it(manifest: Manifest, everything: Records) -> None:
    leads_to = {
        ("item", "family_key"): "item_family", ("item", "family"): "item_family",
        ("item_family", "parent"): "item_family",
        ("work_center", "plant"): "location", ("work_center", "parent"): "work_center",
        ("item_plant", "item"): "item", ("item_plant", "plant"): "location",
        ("location", "parent_key"): "location", ("location", "parent"): "location",
        ("customer", "parent_key"): "customer", ("customer", "parent"): "customer",
    }  # fmt: skip
    seen: Counter[str] = Counter()
    for (domain, source, _), record in everything.items():
        for (of, name), to in leads_to.items():
            if domain == of and record.get(name):
                seen[domain] += 1
                assert (to, source, record[name]) in manifest.truth
    assert min(seen.values()) >= 3
    assert seen.keys() == {domain for domain, _ in leads_to}


def test_work_centers_stand_in_lines_of_areas_of_plants(everything: Records) -> None:
    centers = {key: record for key, record in everything.items() if key[0] == "work_center"}
    for key, record in centers.items():
        if above := record.get("parent"):
            whole = centers.get((key[0], key[1], above))
            assert whole is None or whole["plant"] == record["plant"]
    assert {"area", "line", "machine"} <= {record["type"] for record in centers.values()}


@pytest.mark.parametrize("domain", ["item", "location"])
def test_things_and_places_change_repeat_and_end_as_partners_do(tmp_path: Path, domain: str) -> None:
    manifest = generate(tmp_path, size="small", seed=24)
    told = [facts for key, facts in read(manifest).facts.items() if key[0] == domain]
    seen = Counter[str]()
    for facts in told:
        versions = [fact.version or 0 for fact in facts]
        seen["repeated"] += len(versions) > len(set(versions))
        seen["late"] += versions != sorted(versions)
        seen["planned"] += any(fact.effective_from for fact in facts)
        seen["deleted"] += any(fact.operation == "delete" for fact in facts)
    assert min(seen.values()) >= 1
    assert len(told) > 0.8 * sum(map(len, told))


def test_no_export_says_which_entity_a_record_is_about(manifest: Manifest) -> None:
    exports = b"".join((manifest.folder / path).read_bytes() for _, path in manifest.files)
    entities = {entity for record, entity in manifest.truth.items() if record[0] in ("item", "location", "item_plant")}
    assert not [entity for entity in entities if re.search(rb"\b" + entity.encode() + rb"\b", exports)]
